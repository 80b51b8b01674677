// The gradients of Switch, Merge, Enter, Exit and their kin: what runs a cond or a loop backwards.

#include "reflow/autodiff/loop_gradient.h"
#include "reflow/graph/control_flow.h"

namespace reflow::autodiff {
namespace {

using graph::CondContext;
using op::GradContext;
using op::GradFn;

// Rows of a tensor as all of them, where another gradient of the same value has slices.
StatusOr<Gradient> as_slices(Graph& graph, const Gradient& gradient) {
  if (gradient.is_slices()) return gradient;
  ASSIGN_OR_RETURN(const Endpoint shape, emit(graph, "Shape", {gradient.values}));
  Endpoint rows;
  {
    NameScope scope(graph, "strided_slice");
    ASSIGN_OR_RETURN(const Endpoint begin, emit_constant(graph, Tensor::vector<int32_t>({0}), "stack"));
    ASSIGN_OR_RETURN(const Endpoint end, emit_constant(graph, Tensor::vector<int32_t>({1}), "stack_1"));
    ASSIGN_OR_RETURN(const Endpoint strides, emit_constant(graph, Tensor::vector<int32_t>({1}), "stack_2"));
    ASSIGN_OR_RETURN(rows, emit(graph, "StridedSlice", {shape, begin, end, strides}, {{"shrink_axis_mask", 1}},
                                scope.op_name()));
  }
  NameScope scope(graph, "range");
  ASSIGN_OR_RETURN(const Endpoint start, emit_constant(graph, Tensor::scalar(int32_t{0}), "start"));
  ASSIGN_OR_RETURN(const Endpoint delta, emit_constant(graph, Tensor::scalar(int32_t{1}), "delta"));
  ASSIGN_OR_RETURN(const Endpoint indices, emit(graph, "Range", {start, rows, delta}, {}, scope.op_name()));
  return Gradient(gradient.values, indices, shape);
}

// All of the same index type: int64 where they differ.
Status match_index_types(Graph& graph, std::vector<Gradient>& slices) {
  bool differ = false;
  for (const Gradient& g : slices) differ |= base_type(g.indices.dtype()) != base_type(slices[0].indices.dtype());
  for (Gradient& g : slices) {
    if (!differ || base_type(g.indices.dtype()) == DType::kInt64) continue;
    ASSIGN_OR_RETURN(g.indices, emit(graph, "Cast", {g.indices}, {{"DstT", DType::kInt64}}));
  }
  return OkStatus();
}

// The parts of a gradient, in the order in which Python flattens IndexedSlices.
std::vector<Endpoint> parts_of(const Gradient& gradient) {
  std::vector<Endpoint> parts{gradient.values};
  if (gradient.is_slices()) parts.push_back(gradient.indices);
  if (gradient.is_slices() && gradient.dense_shape) parts.push_back(gradient.dense_shape);
  return parts;
}

Gradient from_parts(const std::vector<Endpoint>& parts) {
  if (parts.size() == 1) return Gradient(parts[0]);
  return Gradient(parts[0], parts[1], parts.size() > 2 ? parts[2] : Endpoint{});
}

StatusOr<Gradient> merge(Graph& graph, std::vector<Gradient> dys, const std::string& name) {
  bool any_slices = false, all_refs = true;
  for (const Gradient& dy : dys) {
    any_slices |= dy.is_slices();
    all_refs &= is_ref(dy.values.dtype());
  }
  NameScope scope(graph, name);
  if (!any_slices) {
    std::vector<Endpoint> values;
    for (const Gradient& dy : dys) values.push_back(dy.values);
    ASSIGN_OR_RETURN(const Endpoint merged, emit(graph, all_refs ? "RefMerge" : "Merge", {values}, {}, scope.op_name()));
    return Gradient(merged);
  }
  for (Gradient& dy : dys) {
    ASSIGN_OR_RETURN(dy, as_slices(graph, dy));
  }
  RETURN_IF_ERROR(match_index_types(graph, dys));
  const size_t num_parts = parts_of(dys[0]).size();
  std::vector<Endpoint> merged;
  for (size_t i = 0; i < num_parts; ++i) {
    std::vector<Endpoint> values;
    for (const Gradient& dy : dys) {
      const std::vector<Endpoint> parts = parts_of(dy);
      if (parts.size() != num_parts) return invalid_argument("IndexedSlices to merge must all or none have a dense_shape");
      values.push_back(parts[i]);
    }
    ASSIGN_OR_RETURN(const Endpoint m, emit(graph, "Merge", {values}));
    merged.push_back(m);
  }
  return from_parts(merged);
}

// Both sides of a Switch of `dy` by `pred`.
Status switch_gradient(Graph& graph, const Gradient& dy, Endpoint pred, const std::string& name, Gradient* if_false,
                       Gradient* if_true) {
  if (!dy.is_slices()) {
    ASSIGN_OR_RETURN(Node * node, graph::switch_ref_or_tensor(dy.values, pred, name));
    *if_false = Gradient(node->output(0));
    *if_true = Gradient(node->output(1));
    return OkStatus();
  }
  const graph::ColocateWith colocation(graph, dy.values.node, true);
  NameScope scope(graph, name);
  std::vector<Endpoint> sides[2];
  for (const Endpoint& part : parts_of(dy)) {
    ASSIGN_OR_RETURN(const Endpoint s, emit(graph, "Switch", {part, pred}));
    sides[0].push_back(s);
    sides[1].push_back(s.node->output(1));
  }
  *if_false = from_parts(sides[0]);
  *if_true = from_parts(sides[1]);
  return OkStatus();
}

// The gradient of the loop goes on with `dy` in the iteration before.
Status add_back_edges(Graph& graph, const Gradient& merge, Gradient dy) {
  if (merge.is_slices()) {
    ASSIGN_OR_RETURN(dy, as_slices(graph, dy));
  } else if (dy.is_slices()) {
    ASSIGN_OR_RETURN(const Endpoint dense, emit_dense(graph, dy));
    dy = Gradient(dense);
  }
  const std::vector<Endpoint> merges = parts_of(merge), values = parts_of(dy);
  if (merges.size() != values.size()) return invalid_argument("IndexedSlices in a loop must all or none have a dense_shape");
  std::vector<Endpoint> nexts;
  for (const Endpoint& value : values) {
    ASSIGN_OR_RETURN(const Endpoint next, emit_next_iteration(graph, value));
    nexts.push_back(next);
  }
  for (size_t i = 0; i < nexts.size(); ++i) RETURN_IF_ERROR(close_loop(graph, merges[i], nexts[i]));
  return OkStatus();
}

// The Switch of a loop variable is visited twice: from the exit, where the gradient of the last iteration begins, and
// from the body, which gives the gradient for the iteration before.
Status loop_switch_grad(GradContext& g) {
  LoopGradient* const loop = current_loop_gradient(g.graph());
  if (loop == nullptr) return internal_error("The loop of {} isn't being differentiated", g.node().name());
  if (const Gradient* begun = loop->merge_of(&g.node())) {
    return g.dy_gradient(1) ? add_back_edges(g.graph(), *begun, g.dy_gradient(1)) : OkStatus();
  }
  if (!g.dy_gradient(0)) return OkStatus();
  ASSIGN_OR_RETURN(const Gradient merged, merge(g.graph(), {g.dy_gradient(0), g.dy_gradient(0)}, "b_switch"));
  loop->switch_merges.emplace_back(&g.node(), merged);
  g.dx(0) = merged;
  return OkStatus();
}

// The gradient of a branch's input comes from that branch, and is zero where the other one was taken.
Status switch_grad(GradContext& g) {
  const ControlFlowContext* context = g.node().context();
  if (context && context->is_while()) return loop_switch_grad(g);
  if (context) {
    const int branch = static_cast<const CondContext*>(context)->branch();
    const Gradient& dy = g.dy_gradient(branch);
    if (!g.dy_gradient(1 - branch)) {
      if (base_type(g.x(0).dtype()) != DType::kResource || !dy) return OkStatus();
      ASSIGN_OR_RETURN(g.dx(0), merge(g.graph(), {dy, dy}, "cond_resource_grad"));
      return OkStatus();
    }
    if (!dy) return OkStatus();
    ASSIGN_OR_RETURN(g.dx(0), merge(g.graph(), {g.dy_gradient(0), g.dy_gradient(1)}, "cond_grad"));
    return OkStatus();
  }
  if (!g.dy(0) || !g.dy(1)) return g.status();
  Node* if_false = g.ops("Switch", {g.dy(0), g.x(1)});
  Node* if_true = g.ops("Switch", {g.dy(1), g.x(1)});
  if (!g.status().ok()) return g.status();
  g.dx(0) = g.op("Merge", {std::vector<Endpoint>{if_false->output(0), if_true->output(1)}});
  return g.status();
}

// A Merge that no context knows (of an imported graph): its second output says which input it was.
Status unstructured_merge_grad(GradContext& g) {
  std::vector<Endpoint> taken;
  for (int i = 0; i < g.num_inputs(); ++i) {
    GradContext::Scope scope(g.graph(), "Equal");
    const Endpoint index = g.constant(i, DType::kInt32, "y");
    taken.push_back(g.op("Equal", {g.y(1), index}, {}, scope.name()));
  }
  RETURN_IF_ERROR(g.status());
  for (int i = 0; i < g.num_inputs(); ++i) {
    Gradient other;
    RETURN_IF_ERROR(switch_gradient(g.graph(), g.dy_gradient(0), taken[i], "Switch", &other, &g.dx(i)));
  }
  return OkStatus();
}

// The gradient goes back along the branch that was taken; at the start of an iteration, to the iteration before as long
// as there is one, and then out of the loop.
Status merge_grad(GradContext& g) {
  const Gradient& dy = g.dy_gradient(0);
  if (!dy) return OkStatus();
  const ControlFlowContext* context = graph::output_context(*g.x(0).node);
  if (context == nullptr) return unstructured_merge_grad(g);
  LoopGradient* const loop = current_loop_gradient(g.graph());
  if (context->is_while()) {
    if (loop == nullptr) return internal_error("The loop of {} isn't being differentiated", g.node().name());
    return switch_gradient(g.graph(), dy, loop->grad_context()->condition, "Switch", &g.dx(0), &g.dx(1));
  }
  Endpoint pred = static_cast<const CondContext*>(context)->pred();
  if (loop) {
    ASSIGN_OR_RETURN(pred, loop->real_predicate(pred));
  }
  return switch_gradient(g.graph(), dy, pred, "cond_grad", &g.dx(0), &g.dx(1));
}

// The end of the loop is where its gradient begins.
Status exit_grad(GradContext& g) {
  const Gradient& dy = g.dy_gradient(0);
  LoopGradient* const loop = current_loop_gradient(g.graph());
  if (loop == nullptr) return internal_error("The loop of {} isn't being differentiated", g.node().name());
  WhileContext* const context = loop->grad_context();
  if (!context->options().back_prop) return OkStatus();
  if (static_cast<const WhileContext*>(g.node().context())->history) {
    return graph::type_error("Second-order gradient for while loops not supported.");
  }
  if (!dy) return OkStatus();
  const std::vector<Endpoint> parts = parts_of(dy);
  for (const Endpoint& part : parts) context->mark_seen(part);
  const graph::EnteredContext entered(g.graph(), context);
  std::vector<Endpoint> enters;
  for (const Endpoint& part : parts) {
    ASSIGN_OR_RETURN(const Endpoint enter, context->enter(part, false, true, parts.size() == 1 ? "b_exit" : "Enter"));
    enters.push_back(enter);
    context->loop_enters.push_back(enter);
  }
  g.dx(0) = from_parts(enters);
  return OkStatus();
}

Status enter_grad(GradContext& g) {
  const Gradient& dy = g.dy_gradient(0);
  const ControlFlowContext* current = g.graph().scope().context;
  LoopGradient* const loop = current && current->is_while() ? current_loop_gradient(g.graph()) : nullptr;
  // Gradients that are asked for within the loop pass its border as they are.
  if (loop == nullptr || !loop->grad_context()->options().back_prop) {
    g.dx(0) = dy;
    return OkStatus();
  }
  if (!dy) return OkStatus();
  if (g.attr<bool>("is_constant")) {
    ASSIGN_OR_RETURN(g.dx(0), loop->accumulate(g.node(), dy));
    return OkStatus();
  }
  std::vector<Endpoint> exits;
  for (const Endpoint& part : parts_of(dy)) {
    ASSIGN_OR_RETURN(const Endpoint exit, emit(g.graph(), is_ref(part.dtype()) ? "RefExit" : "Exit", {part}, {}, "Exit"));
    exits.push_back(exit);
    loop->grad_context()->loop_exits.push_back(exit);
  }
  loop->grad_context()->exit_result(exits);
  g.dx(0) = from_parts(exits);
  return OkStatus();
}

// The way from one iteration to the next is made by the gradient of Switch.
Status next_iteration_grad(GradContext& g) {
  g.dx(0) = g.dy_gradient(0);
  return OkStatus();
}

// The number of iterations is no function of the values in the sense of differentiation.
Status loop_cond_grad(GradContext&) { return OkStatus(); }

struct Registration {
  Registration() {
    const std::pair<const char*, Status (*)(GradContext&)> functions[] = {
        {"Switch", switch_grad}, {"Merge", merge_grad},
        {"Exit", exit_grad}, {"Enter", enter_grad}, {"NextIteration", next_iteration_grad},
    };
    auto& registry = op::GradientRegistry::global();
    for (const auto& [name, fn] : functions) {
      registry.add(name, GradFn(fn)).IgnoreError();
      registry.add("Ref" + std::string(name), GradFn(fn)).IgnoreError();
    }
    registry.add("LoopCond", GradFn(loop_cond_grad)).IgnoreError();
  }
};
const Registration registration;

}  // namespace
}  // namespace reflow::autodiff
