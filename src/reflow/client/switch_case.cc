#include "reflow/client/switch_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/branch_function.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

std::vector<Output> call_one(const Output& index, const std::vector<SwitchListFn>& branches) {
  for (size_t i = 0; i + 1 < branches.size(); ++i) {
    if (eager_bool(equal(index, constant(static_cast<int>(i), {.dtype = index.dtype()})))) return branches[i]();
  }
  return branches.back()();
}

void check_results(const std::vector<client::BranchFunction*>& branches) {
  for (size_t i = 1; i < branches.size(); ++i) {
    if (branches[i]->result_types() == branches[0]->result_types()) continue;
    throw TypeError(fmt::format("branches[0] and branches[{}] arguments to tf.switch_case must have the same number, type, "
                                "and overall structure of return values.", i));
  }
}

}  // namespace

std::vector<Output> switch_case_lists(const TensorLike& branch_index, const std::vector<SwitchListFn>& branch_fns,
                                      const SwitchListFn& default_fn, const std::string& name) {
  if (branch_fns.empty()) throw ValueError("Must provide at least one item in branch_fns");
  std::vector<SwitchListFn> branches = branch_fns;
  if (default_fn) branches.push_back(default_fn);
  const name_scope outer(name, "case");
  const name_scope scope("indexed_case");
  const Output index = client::convert(branch_index, DType::kInvalid, "branch_index");
  if (!is_integer(index.dtype())) {
    throw TypeError(fmt::format("branch_index must an integer Tensor, got <dtype: '{}'>", dtype_name(index.dtype())));
  }
  if (executing_eagerly()) return call_one(index, branches);
  std::vector<client::BranchFunction> functions;
  std::vector<client::BranchFunction*> pointers;
  std::vector<graph::NameAttrList> called;
  std::vector<std::string> names;
  functions.reserve(branches.size());
  for (size_t i = 0; i < branches.size(); ++i) {
    called.push_back({client::branch_function_name(scope, fmt::format("branch{}", i)), std::make_shared<graph::AttrMap>()});
    names.push_back(fmt::format("branch {}", i));
  }
  for (const SwitchListFn& branch : branches) {
    functions.emplace_back(std::vector<client::BranchFunction::Argument>(), std::vector<Output>(),
                           [&](const std::vector<Output>&) { return branch(); });
    pointers.push_back(&functions.back());
  }
  check_results(pointers);
  const std::vector<Output> captured = client::match_captures(pointers, names);
  for (size_t i = 0; i < branches.size(); ++i) functions[i].define(called[i].name);

  std::vector<GraphElement> waits_for;
  for (const client::BranchFunction& function : functions) {
    waits_for.insert(waits_for.end(), function.control_captured().begin(), function.control_captured().end());
  }
  const control_dependencies after(waits_for);
  std::vector<DType> inputs;
  for (const Output& tensor : captured) inputs.push_back(base_type(tensor.dtype()));
  graph::Node* const node = client::make_op(
      "Case", scope.name(), {index, TensorList(captured.begin(), captured.end())},
      {{"branches", std::move(called)}, {"Tin", std::move(inputs)}, {"Tout", functions[0].result_types()},
       {"output_shapes", client::common_result_shapes(pointers)}, {"_lower_using_switch_merge", true}});
  std::vector<Output> outputs;
  for (const Output& output : client::all_outputs(node)) outputs.push_back(identity(output));
  return outputs;
}

Output switch_case(const TensorLike& branch_index, const std::vector<SwitchFn>& branch_fns, const SwitchFn& default_fn,
                   const std::string& name) {
  const auto list = [](const SwitchFn& fn) -> SwitchListFn {
    return [fn] { return std::vector<Output>{fn()}; };
  };
  std::vector<SwitchListFn> branches;
  for (const SwitchFn& fn : branch_fns) branches.push_back(list(fn));
  return switch_case_lists(branch_index, branches, default_fn ? list(default_fn) : SwitchListFn(), name).at(0);
}

}  // namespace reflow
