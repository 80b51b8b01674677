#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/branch_function.h"
#include "reflow/client/functional_control_flow.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow::client {
namespace {

BranchFunction branch_function(const BranchFn& fn, const Output& pred) {
  return BranchFunction({}, {}, [&](const std::vector<Output>&) {
    const BranchResult result = fn();
    std::vector<Output> outputs;
    if (result.operation) {
      const control_dependencies done({*result.operation});
      outputs.push_back(identity(pred));
    }
    for (const TensorLike& value : result.tensors) outputs.push_back(convert(value, DType::kInvalid, ""));
    return outputs;
  });
}

void check_results(const BranchFunction& true_branch, const BranchFunction& false_branch) {
  const std::vector<DType> a = true_branch.result_types(), b = false_branch.result_types();
  if (a.size() != b.size()) {
    throw ValueError(fmt::format("Lengths of branch outputs of cond must match.\nlen(graphs[0].outputs): {}\n"
                                 "len(graphs[1].outputs): {}\n", a.size(), b.size()));
  }
  if (a.empty()) throw ValueError("true_fn and false_fn must return at least one result.");
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    throw TypeError(fmt::format("true_fn and false_fn arguments to tf.cond must have the same number, type, and overall "
                                "structure of return values.\n\nError details:\n{} and {} have different types",
                                python_tensor(true_branch.result(i)), python_tensor(false_branch.result(i))));
  }
}

}  // namespace

std::vector<Output> functional_cond(const TensorLike& pred, const BranchFn& true_fn, const BranchFn& false_fn,
                                    const std::string& name) {
  const name_scope scope(name, "cond");
  Output condition = convert(pred, DType::kInvalid, "");
  if (condition.shape().rank() != 0) condition = squeeze(condition);
  const std::string true_name = branch_function_name(scope, "true"), false_name = branch_function_name(scope, "false");
  BranchFunction true_branch = branch_function(true_fn, condition);
  BranchFunction false_branch = branch_function(false_fn, condition);
  check_results(true_branch, false_branch);
  const std::vector<BranchFunction*> branches{&true_branch, &false_branch};
  const std::vector<Output> captured = match_captures(branches, {"true_fn", "false_fn"});
  true_branch.define(true_name);
  false_branch.define(false_name);

  std::vector<GraphElement> waits_for = true_branch.control_captured();
  waits_for.insert(waits_for.end(), false_branch.control_captured().begin(), false_branch.control_captured().end());
  const control_dependencies after(waits_for);
  std::vector<DType> inputs;
  for (const Output& tensor : captured) inputs.push_back(base_type(tensor.dtype()));
  const bool is_stateful = true_branch.is_stateful() || false_branch.is_stateful();
  graph::Node* const node = make_op(
      is_stateful ? "If" : "StatelessIf", scope.name(), {condition, TensorList(captured.begin(), captured.end())},
      {{"then_branch", graph::NameAttrList{true_name, std::make_shared<graph::AttrMap>()}},
       {"else_branch", graph::NameAttrList{false_name, std::make_shared<graph::AttrMap>()}},
       {"Tin", std::move(inputs)}, {"Tout", true_branch.result_types()}, {"output_shapes", common_result_shapes(branches)},
       {"_lower_using_switch_merge", true}});
  default_graph().prevent_fetching(node);
  std::vector<Output> outputs;
  for (const Output& output : all_outputs(node)) outputs.push_back(identity(output));
  return outputs;
}

}  // namespace reflow::client
