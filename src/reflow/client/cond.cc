#include "reflow/graph/control_flow.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/branch_function.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/functional_control_flow.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow::client {
namespace {

std::vector<Output> build_branch(graph::CondContext* context, const BranchFn& fn, bool* is_list) {
  const graph::EnteredContext entered(default_graph(), context);
  const BranchResult result = fn();
  *is_list = result.is_list;
  std::vector<Output> outputs;
  const auto add = [&](const Output& value) {
    outputs.push_back(to_output(check_building(context->build_result(to_endpoint(value)))));
  };
  if (result.operation) {
    outputs.push_back(with_dependencies({*result.operation}, Output(context->pivot(), 0)));
  } else {
    for (const TensorLike& value : result.tensors) add(convert(value, DType::kInvalid, ""));
  }
  return outputs;
}

// What one branch gives, called where ops run at once.
std::vector<Output> call_branch(const BranchFn& fn) {
  const BranchResult result = fn();
  std::vector<Output> outputs;
  for (const TensorLike& value : result.tensors) outputs.push_back(convert(value, DType::kInvalid, ""));
  if (result.operation) outputs.push_back(convert(true, DType::kInvalid, ""));
  return outputs;
}

}  // namespace

std::vector<Output> cond_merges(const TensorLike& pred, const BranchFn& true_fn, const BranchFn& false_fn,
                                const std::string& name, bool strict) {
  if (executing_eagerly()) return call_branch(eager_bool(pred) ? true_fn : false_fn);
  if (std::holds_alternative<bool>(pred.value())) throw TypeError("pred must not be a Python bool");
  if (builds_functional_control_flow()) return functional_cond(pred, true_fn, false_fn, name);
  const name_scope scope(name, "cond");
  graph::Graph& graph = default_graph();
  const Output condition = convert(pred, DType::kInvalid, "pred");
  graph::Node* switch_node = make_op("Switch", "", {condition, condition});
  const Output pivot_true = apply_op("Identity", "switch_t", {Output(switch_node, 1)});
  const Output pivot_false = apply_op("Identity", "switch_f", {Output(switch_node, 0)});
  const Output pred_id = apply_op("Identity", "pred_id", {condition});
  for (graph::Node* node : {switch_node, pivot_true.node(), pivot_false.node(), pred_id.node()}) {
    graph.prevent_fetching(node);
  }

  graph::ControlFlowContext* outer = graph.scope().context;
  const auto branch = [&](const Output& pivot, int value, const BranchFn& fn, bool* is_list) {
    auto context = std::make_unique<graph::CondContext>(graph.unique_name("cond_text"), outer, to_endpoint(pred_id),
                                                        pivot.node(), value);
    graph::CondContext* raw = context.get();
    graph.own_context(std::move(context));
    std::vector<Output> outputs = build_branch(raw, fn, is_list);
    return std::pair(raw, std::move(outputs));
  };
  bool true_is_list = false, false_is_list = false;
  const auto [context_true, results_true] = branch(pivot_true, 1, true_fn, &true_is_list);
  const auto [context_false, results_false] = branch(pivot_false, 0, false_fn, &false_is_list);

  if (results_true.size() != results_false.size() || (strict && true_is_list != false_is_list)) {
    throw ValueError(fmt::format("Incompatible return values of true_fn and false_fn: {} and {} tensors",
                                 results_true.size(), results_false.size()));
  }
  if (results_true.empty()) throw ValueError("true_fn and false_fn must return at least one result.");
  std::vector<Output> merges;
  for (size_t i = 0; i < results_true.size(); ++i) {
    const DType a = results_true[i].dtype(), b = results_false[i].dtype();
    if (base_type(a) != base_type(b)) {
      throw ValueError(fmt::format("Outputs of true_fn and false_fn must have the same type: {}, {}", dtype_name(a),
                                   dtype_name(b)));
    }
  }
  for (size_t i = 0; i < results_true.size(); ++i) {
    const bool refs = is_ref(results_true[i].dtype()) && is_ref(results_false[i].dtype());
    const TensorList pair{results_false[i], results_true[i]};
    merges.push_back(apply_op(refs ? "RefMerge" : "Merge", "", {TensorLike(pair)}));
  }
  if (!outer) {
    for (graph::CondContext* context : {context_true, context_false}) {
      add_to_collection(GraphKeys::COND_CONTEXT, static_cast<graph::ControlFlowContext*>(context));
    }
  }
  return merges;
}

}  // namespace reflow::client
