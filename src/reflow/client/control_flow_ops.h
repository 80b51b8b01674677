#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// Does nothing; runs after its control inputs.
Operation no_op(const NameOptions& options = {});
inline Operation no_op(const std::string& name) { return no_op(NameOptions{name}); }

// An op that runs when all of `inputs` have run; on several devices, one for each of them first.
Operation group(const std::vector<GraphElement>& inputs, const NameOptions& options = {});

struct TupleOptions {
  std::string name;
  std::vector<GraphElement> control_inputs;
};
// The tensors, available when all of them, and the control inputs, are. An Output that isn't valid() stays so.
std::vector<Output> tuple(const std::vector<Output>& tensors, const TupleOptions& options = {});

// `output_tensor` after `dependencies`.
Output with_dependencies(const std::vector<GraphElement>& dependencies, const TensorLike& output_tensor,
                         const NameOptions& options = {});

namespace client {

// What a branch of cond gives: tensors, or an operation.
struct BranchResult {
  std::vector<TensorLike> tensors;
  std::optional<Operation> operation;
  bool is_list = false;
};
using BranchFn = std::function<BranchResult()>;
std::vector<Output> cond_merges(const TensorLike& pred, const BranchFn& true_fn, const BranchFn& false_fn,
                                const std::string& name, bool strict);

template <typename R>
concept TensorRange = !std::convertible_to<R, TensorLike> || requires(const R& r) { r.begin(); };

template <typename F>
BranchFn branch_fn(F&& fn) {
  return [fn = std::forward<F>(fn)]() -> BranchResult {
    using R = std::remove_cvref_t<std::invoke_result_t<F>>;
    if constexpr (std::same_as<R, Operation>) {
      return {{}, fn(), false};
    } else if constexpr (std::same_as<R, std::vector<Output>> || std::same_as<R, TensorList>) {
      const R values = fn();
      return {TensorList(values.begin(), values.end()), std::nullopt, true};
    } else {
      return {{TensorLike(fn())}, std::nullopt, false};
    }
  };
}

template <typename F>
inline constexpr bool kGivesList = std::same_as<std::remove_cvref_t<std::invoke_result_t<F>>, std::vector<Output>> ||
                                   std::same_as<std::remove_cvref_t<std::invoke_result_t<F>>, TensorList>;

}  // namespace client

// The result of true_fn where `pred` is true, else that of false_fn. Ops that the functions make run only in their
// case; what was made outside runs always. Functions that give a std::vector<Output> make cond give one; one that gives
// an Operation stands for running it.
// ValueError: "Outputs of true_fn and false_fn must have the same type: ...", or different numbers of results.
template <typename T, typename F>
auto cond(const TensorLike& pred, T&& true_fn, F&& false_fn, const NameOptions& options = {}) {
  std::vector<Output> merges = client::cond_merges(pred, client::branch_fn(std::forward<T>(true_fn)),
                                                   client::branch_fn(std::forward<F>(false_fn)), options.name,
                                                   client::kGivesList<T>);
  if constexpr (client::kGivesList<T>) {
    return merges;
  } else {
    return merges.front();
  }
}

struct CaseOptions {
  bool exclusive = false;  // fail the run when more than one predicate is true
  std::string name = "case";
};

namespace client {
std::vector<Output> case_merges(const std::vector<std::pair<Output, BranchFn>>& pred_fn_pairs, const BranchFn& otherwise,
                                const CaseOptions& options);
}  // namespace client

// The result of the first function whose predicate is true; else that of `otherwise`, and where that is left out the run
// fails.
// TypeError: "pred must be Tensor of type bool: {}".
using CaseFn = std::function<Output()>;
Output case_(const std::vector<std::pair<Output, CaseFn>>& pred_fn_pairs, const CaseFn& otherwise = {},
             const CaseOptions& options = {});
// The same of functions that give several tensors.
using CaseListFn = std::function<std::vector<Output>()>;
std::vector<Output> case_lists(const std::vector<std::pair<Output, CaseListFn>>& pred_fn_pairs,
                               const CaseListFn& otherwise = {}, const CaseOptions& options = {});

struct AssertOptions {
  int summarize = 3;
  std::string name;
};
// Fails the run with the values of `data` where `condition` is false.
Operation Assert(const TensorLike& condition, const TensorList& data, const AssertOptions& options = {});

struct PrintOptions {
  std::string message;
  int first_n = -1;  // only so many times; -1: always
  int summarize = 3;
  std::string name;
};
// `input`; when it is computed, `data` is written to standard error.
Output Print(const TensorLike& input, const TensorList& data, const PrintOptions& options = {});

}  // namespace reflow
