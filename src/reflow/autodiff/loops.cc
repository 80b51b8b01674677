#include "reflow/autodiff/loops.h"

namespace reflow::autodiff {

using graph::CondContext;
using graph::EnteredContext;
using graph::LeftContext;

LoopGradient* Loops::find(const ControlFlowContext* context) const {
  for (const auto& [forward, loop] : loops_) {
    if (forward == context) return loop;
  }
  return nullptr;
}

StatusOr<std::vector<Endpoint>> Loops::add(Node* exit) {
  WhileContext* const forward = graph::containing_while(exit->context());
  if (forward == nullptr) {
    return invalid_argument(
        "Failed to call gradients on a while loop without properly serializing graph via MetaGraphDef: '{}' has no context",
        exit->name());
  }
  if (find(forward) != nullptr) return std::vector<Endpoint>();
  LoopGradient* const outer = find(graph::containing_while(forward->outer()));
  ASSIGN_OR_RETURN(LoopGradient * loop, LoopGradient::create(graph_, forward, outer));
  loops_.emplace_back(forward, loop);
  return loop->forward_exits;
}

LoopGradient* Loops::gradient_of(const Node& node, bool before) const {
  const WhileContext* context = graph::containing_while(node.context());
  if (before && context && graph::is_exit(node)) context = graph::containing_while(context->outer());
  return context ? find(context) : nullptr;
}

StatusOr<Endpoint> Loops::zeros_like_exit(Endpoint exit) {
  ControlFlowContext* const around = graph::containing_while(exit.node->context())->outer();
  LoopGradient* const outer = find(graph::containing_while(around));
  const Shape& shape = exit.shape();
  if (outer == nullptr) {
    if (shape.fully_defined()) return emit_zeros(graph_, shape, exit.dtype());
    return emit(graph_, "ZerosLike", {exit}, {}, "zeros_like");
  }
  if (shape.fully_defined()) {
    const EnteredContext entered(graph_, outer->grad_context());
    return emit_zeros(graph_, shape, exit.dtype());
  }
  Endpoint kept;
  {
    const EnteredContext entered(graph_, around);
    ASSIGN_OR_RETURN(kept, emit_shape_op(graph_, exit));
  }
  ASSIGN_OR_RETURN(const Endpoint stack, outer->add_forward_accumulator(kept));
  const EnteredContext entered(graph_, outer->grad_context());
  ASSIGN_OR_RETURN(const Endpoint real_shape, outer->add_popped_value(stack, kept));
  return emit_zeros(graph_, real_shape, exit.dtype());
}

StatusOr<Endpoint> Loops::zeros_like(Node* node, int output) {
  if (graph::is_loop_switch(*node)) return Endpoint();
  LoopGradient* const loop = find(graph::containing_while(node->context()));
  if (loop == nullptr) return zeros_like_outside_loop(graph_, node, output);
  const bool dead_branch = graph::is_switch(*node);
  const Endpoint value = node->output(output);
  if (!value.shape().fully_defined() || base_type(value.dtype()) == DType::kResource) {
    return dynamic_zeros(*loop, node, output, dead_branch);
  }
  ASSIGN_OR_RETURN(Endpoint zeros, emit_zero_constant(graph_, value.shape(), value.dtype()));
  if (!dead_branch) return zeros;
  const auto& cond = static_cast<const CondContext&>(*node->context());
  const Endpoint pred = loop->known_predicate(cond.pred());
  if (!pred) return internal_error("The predicate of {} isn't known in the gradient of its loop", node->name());
  ASSIGN_OR_RETURN(Node * guard, graph::switch_ref_or_tensor(zeros, pred));
  return guard->output(1 - cond.branch());
}

// Where the shape is known at run time only, that of each iteration is remembered.
StatusOr<Endpoint> Loops::dynamic_zeros(LoopGradient& loop, Node* node, int output, bool dead_branch) {
  ControlFlowContext* const made_in = node->context();
  Endpoint value = node->output(output), shape;
  const DType type = base_type(value.dtype()) == DType::kResource ? variable_type(value, nullptr) : value.dtype();
  if (dead_branch) {
    const auto& cond = static_cast<const CondContext&>(*made_in);
    const EnteredContext entered(graph_, cond.outer());
    ASSIGN_OR_RETURN(Node * guard, graph::switch_ref_or_tensor(node->input(0), cond.pred()));
    value = guard->output(1 - cond.branch());
    ASSIGN_OR_RETURN(shape, emit_shape_op(graph_, value));
    guard->set_context(made_in);
    shape.node->set_context(made_in);
  } else {
    const EnteredContext entered(graph_, made_in);
    ASSIGN_OR_RETURN(shape, emit_shape_op(graph_, value));
  }
  Endpoint stack;
  {
    const LeftContext left(graph_, loop.grad_context());
    ASSIGN_OR_RETURN(stack, loop.add_forward_accumulator(shape, dead_branch));
  }
  ASSIGN_OR_RETURN(const Endpoint real_shape, loop.add_popped_value(stack, shape, dead_branch));
  return emit_zeros(graph_, real_shape, type);
}

StatusOr<Endpoint> zeros_like_outside_loop(Graph& graph, Node* node, int output) {
  const Endpoint y = node->output(output);
  const bool resource = base_type(y.dtype()) == DType::kResource;
  const auto* cond = graph::is_switch(*node) ? dynamic_cast<const CondContext*>(node->context()) : nullptr;
  if (!cond) {
    if (!resource) return emit(graph, "ZerosLike", {y}, {}, "zeros_like");
    ASSIGN_OR_RETURN(Endpoint shape, emit(graph, "VariableShape", {y}));
    return emit_zeros(graph, shape, variable_type(y, nullptr));
  }
  ASSIGN_OR_RETURN(Endpoint data, emit(graph, "Switch", {node->input(0), cond->pred()}));
  data = data.node->output(1 - cond->branch());
  ASSIGN_OR_RETURN(Endpoint pivot, emit(graph, "Identity", {data}));
  Endpoint shape;
  if (!resource) {
    ASSIGN_OR_RETURN(shape, emit(graph, "Shape", {data}));
  }
  ControlScope control(graph, {pivot.node});
  if (resource) {
    ASSIGN_OR_RETURN(shape, emit(graph, "VariableShape", {data}));
  }
  return emit_zeros(graph, shape, resource ? variable_type(y, nullptr) : y.dtype());
}

}  // namespace reflow::autodiff
