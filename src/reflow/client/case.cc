#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace client {
namespace {

using Pairs = std::vector<std::pair<Output, BranchFn>>;

TensorList predicates_of(const Pairs& pairs) {
  TensorList predicates;
  for (const auto& [pred, _] : pairs) predicates.push_back(pred);
  return predicates;
}

Operation assert_at_most_n_true(const Pairs& pairs, int n, const std::string& message) {
  const Output all = stack(predicates_of(pairs), {.name = "preds_c"});
  const Output num_true = reduce_sum(cast(all, int32), {.name = "num_true_conds"});
  const Output condition = less_equal(num_true, constant(n, {.name = "n_true_conds"}));
  std::string names;
  for (const auto& [pred, _] : pairs) names += (names.empty() ? "" : ", ") + pred.name();
  const std::string text = fmt::format("{}: more than {} conditions ({}) evaluated as True:", message, n, names);
  return Assert(condition, {text, all}, {.summarize = static_cast<int>(pairs.size())});
}

// The last function, with the assertion that its predicate alone is true.
BranchFn last_as_default(const Pairs& pairs) {
  const Pairs others(pairs.begin(), pairs.end() - 1);
  return [pairs, others, last = pairs.back()]() -> BranchResult {
    const std::string others_message = fmt::format(
        "Implementation error: selected default action #{} was called, but some of other predicates are True: ",
        others.size());
    const Output all = stack(predicates_of(pairs), {.name = "preds_c"});
    const Operation none = assert_at_most_n_true(others, 0, others_message);
    const Operation it = Assert(last.first, {"Input error: None of conditions evaluated as True:", all});
    const control_dependencies checked({none, it});
    return last.second();
  };
}

BranchFn as_branch(std::vector<Output> outputs) {
  return [outputs = std::move(outputs)] { return BranchResult{TensorList(outputs.begin(), outputs.end()), std::nullopt, true}; };
}

// What the first function whose predicate is true gives, where ops run at once.
std::vector<Output> call_first_true(const Pairs& pairs, const BranchFn& otherwise, const CaseOptions& options) {
  const auto is_true = [](const auto& pair) { return eager_bool(pair.first); };
  if (options.exclusive && std::ranges::count_if(pairs, is_true) > 1) {
    throw errors::InvalidArgumentError("Input error: exclusive=True: more than 1 conditions evaluated as True");
  }
  const auto found = std::ranges::find_if(pairs, is_true);
  if (found == pairs.end() && !otherwise) {
    throw errors::InvalidArgumentError("Input error: None of conditions evaluated as True");
  }
  const BranchResult result = found != pairs.end() ? found->second() : otherwise();
  std::vector<Output> outputs;
  for (const TensorLike& value : result.tensors) outputs.push_back(convert(value, DType::kInvalid, ""));
  if (result.operation) outputs.push_back(convert(true, DType::kInvalid, ""));
  return outputs;
}

}  // namespace

std::vector<Output> case_merges(const Pairs& pred_fn_pairs, const BranchFn& otherwise, const CaseOptions& options) {
  for (const auto& [pred, _] : pred_fn_pairs) {
    if (base_type(pred.dtype()) != bool_) throw TypeError("pred must be Tensor of type bool: " + pred.name());
  }
  if (pred_fn_pairs.empty() && !otherwise) throw ValueError("pred_fn_pairs must have at least one element");
  if (executing_eagerly()) return call_first_true(pred_fn_pairs, otherwise, options);
  const name_scope scope(options.name, "case");
  Pairs pairs = pred_fn_pairs;
  BranchFn fn = otherwise;
  if (!fn) {
    fn = last_as_default(pairs);
    pairs.pop_back();
  }
  // Conditions are looked at in their order: each is that of a cond whose other branch has the rest.
  for (auto it = pairs.rbegin(); it != pairs.rend(); ++it) {
    fn = [pair = *it, rest = fn]() -> BranchResult {
      return as_branch(cond_merges(pair.first, pair.second, rest, "", true))();
    };
  }
  std::optional<control_dependencies> checked;
  if (options.exclusive) checked.emplace(std::vector<GraphElement>{assert_at_most_n_true(pairs, 1, "Input error: exclusive=True")});
  const BranchResult result = fn();
  std::vector<Output> outputs;
  for (const TensorLike& value : result.tensors) outputs.push_back(convert(value, DType::kInvalid, ""));
  if (result.operation) outputs.push_back(result.operation->output(0));
  return outputs;
}

}  // namespace client

std::vector<Output> case_lists(const std::vector<std::pair<Output, CaseListFn>>& pred_fn_pairs,
                               const CaseListFn& otherwise, const CaseOptions& options) {
  const auto branch = [](const CaseListFn& fn) -> client::BranchFn {
    return [fn] {
      const std::vector<Output> values = fn();
      return client::BranchResult{TensorList(values.begin(), values.end()), std::nullopt, true};
    };
  };
  std::vector<std::pair<Output, client::BranchFn>> pairs;
  for (const auto& [pred, fn] : pred_fn_pairs) pairs.emplace_back(pred, branch(fn));
  return client::case_merges(pairs, otherwise ? branch(otherwise) : client::BranchFn(), options);
}

Output case_(const std::vector<std::pair<Output, CaseFn>>& pred_fn_pairs, const CaseFn& otherwise,
             const CaseOptions& options) {
  const auto list = [](const CaseFn& fn) -> CaseListFn {
    return [fn] { return std::vector<Output>{fn()}; };
  };
  std::vector<std::pair<Output, CaseListFn>> pairs;
  for (const auto& [pred, fn] : pred_fn_pairs) pairs.emplace_back(pred, list(fn));
  return case_lists(pairs, otherwise ? list(otherwise) : CaseListFn(), options)[0];
}

}  // namespace reflow
