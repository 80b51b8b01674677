#include "reflow/autodiff/loop_gradient.h"

#include <memory>

#include "reflow/graph/shape_context.h"

namespace reflow::autodiff {

using graph::EnteredContext;
using graph::LeftContext;
using graph::NoControlDependencies;

LoopGradient::LoopGradient(Graph& graph, WhileContext* forward, LoopGradient* outer)
    : forward_exits(forward->loop_exits),
      pending_exits(static_cast<int>(forward->loop_exits.size())),
      graph_(graph),
      forward_(forward),
      outer_(outer) {}

StatusOr<LoopGradient*> LoopGradient::create(Graph& graph, WhileContext* forward, LoopGradient* outer) {
  std::unique_ptr<LoopGradient> owned(new LoopGradient(graph, forward, outer));
  LoopGradient* const loop = owned.get();
  ControlFlowContext* const around = outer ? outer->forward_ : forward->outer();
  Endpoint count;
  {
    const EnteredContext entered(graph, around);
    ASSIGN_OR_RETURN(count, loop->add_forward_counter());
  }
  Endpoint stack;
  if (outer) {
    // The inner loop runs once in each iteration of the outer one: remember how often it ran.
    around->mark_seen(count);
    ASSIGN_OR_RETURN(stack, outer->add_forward_accumulator(count));
  }
  const EnteredContext entered(graph, outer ? outer->backward_ : around);
  auto context = std::make_unique<WhileContext>(graph.unique_name(forward->name()), graph.scope().context,
                                                forward->options());
  loop->backward_ = context.get();
  context->history = std::move(owned);
  graph.own_context(std::move(context));
  if (outer) {
    ASSIGN_OR_RETURN(count, outer->add_popped_value(stack, count));
  }
  RETURN_IF_ERROR(loop->add_backward_counter(count));
  return loop;
}

// n = 0; while (...) ++n.
StatusOr<Endpoint> LoopGradient::add_forward_counter() {
  ASSIGN_OR_RETURN(const Endpoint zero, emit_constant(graph_, Tensor::scalar(int32_t{0}), "f_count"));
  // Pushes of one execution of an inner loop come before those of the next.
  if (outer_) graph_.add_control_input(zero.node, outer_->forward_index_.node->input(0).node);
  const EnteredContext entered(graph_, forward_);
  forward_->mark_seen(zero);
  ASSIGN_OR_RETURN(const Endpoint enter, forward_->enter(zero, false, true, "f_count"));
  forward_->loop_enters.push_back(enter);
  ASSIGN_OR_RETURN(const Endpoint merge, emit_merge(graph_, enter));
  ASSIGN_OR_RETURN(const Endpoint done, emit(graph_, "Switch", {merge, forward_->condition}));
  Endpoint index;
  {
    NameScope scope(graph_, "Add");
    ASSIGN_OR_RETURN(const Endpoint one, emit_constant(graph_, Tensor::scalar(int32_t{1}), "y"));
    ASSIGN_OR_RETURN(index, emit(graph_, "Add", {done.node->output(1), one}, {}, scope.op_name()));
  }
  ASSIGN_OR_RETURN(forward_index_, emit_next_iteration(graph_, index));
  RETURN_IF_ERROR(close_loop(graph_, merge, forward_index_));
  ASSIGN_OR_RETURN(const Endpoint total, emit(graph_, "Exit", {done}, {}, "f_count"));
  forward_->loop_exits.push_back(total);
  forward_->exit_result({total});
  return total;
}

// n = count; while (n >= 1) --n.
Status LoopGradient::add_backward_counter(Endpoint count) {
  ASSIGN_OR_RETURN(const Endpoint one, emit_constant(graph_, Tensor::scalar(int32_t{1}), "b_count"));
  const EnteredContext entered(graph_, backward_);
  backward_->mark_seen(count);
  ASSIGN_OR_RETURN(const Endpoint enter, backward_->enter(count, false, true, "b_count"));
  backward_->loop_enters.push_back(enter);
  ASSIGN_OR_RETURN(const Endpoint merge, emit_merge(graph_, enter));
  backward_->pivot_for_pred = merge;
  ASSIGN_OR_RETURN(const Endpoint goes_on, emit(graph_, "GreaterEqual", {merge, one}));
  ASSIGN_OR_RETURN(backward_->condition, emit(graph_, "LoopCond", {goes_on}, {}, "b_count"));
  ASSIGN_OR_RETURN(const Endpoint done, emit(graph_, "Switch", {merge, backward_->condition}));
  ASSIGN_OR_RETURN(const Endpoint index, emit(graph_, "Sub", {done.node->output(1), one}));
  backward_->pivot_for_body = index;
  ASSIGN_OR_RETURN(backward_index_, emit_next_iteration(graph_, index));
  RETURN_IF_ERROR(close_loop(graph_, merge, backward_index_));
  ASSIGN_OR_RETURN(const Endpoint exit, emit(graph_, "Exit", {done}, {}, "b_count"));
  backward_->loop_exits.push_back(exit);
  if (outer_) {
    // Pops of one execution of an inner loop come before those of the next.
    ASSIGN_OR_RETURN(Node * sync, outer_->backward_sync());
    graph_.add_control_input(sync, exit.node);
  }
  backward_->exit_result({exit});
  return OkStatus();
}

namespace {

// A ControlTrigger of `context` before the counter's next value.
StatusOr<Node*> make_sync(Graph& graph, std::string name, WhileContext* context, Endpoint index) {
  Node* sync;
  {
    const NoControlDependencies none(graph);
    ASSIGN_OR_RETURN(sync, graph::create_op(graph, "ControlTrigger", {}, {}, {.name = std::move(name)}));
  }
  sync->set_context(context);
  graph.add_control_input(index.node, sync);
  return sync;
}

}  // namespace

StatusOr<Node*> LoopGradient::forward_sync() {
  if (forward_sync_ == nullptr) {
    ASSIGN_OR_RETURN(forward_sync_, make_sync(graph_, "f_sync", forward_, forward_index_));
  }
  return forward_sync_;
}

StatusOr<Node*> LoopGradient::backward_sync() {
  if (backward_sync_ == nullptr) {
    ASSIGN_OR_RETURN(backward_sync_, make_sync(graph_, "b_sync", backward_, backward_index_));
  }
  return backward_sync_;
}

StatusOr<Endpoint> LoopGradient::add_forward_accumulator(Endpoint value, bool dead_branch) {
  ControlFlowContext* const current = graph_.scope().context;
  const NoControlDependencies none(graph_);
  Endpoint stack;
  {
    const EnteredContext entered(graph_, current);
    const graph::ColocateWith colocation(graph_, value.node);
    ASSIGN_OR_RETURN(const Endpoint unlimited, emit_constant(graph_, Tensor::scalar(int32_t{-1})));
    ASSIGN_OR_RETURN(stack, emit(graph_, "StackV2", {unlimited}, {{"elem_type", base_type(value.dtype())}}, "f_acc"));
  }
  ASSIGN_OR_RETURN(const Endpoint handle, forward_->add_value(stack));
  ControlFlowContext* const made_in = graph::output_context(*value.node);
  const graph::AttrMap attrs{{"swap_memory", forward_->options().swap_memory}};
  Node* push;
  if (made_in == forward_) {
    const EnteredContext entered(graph_, forward_);
    ASSIGN_OR_RETURN(push, graph::create_op(graph_, "StackPushV2", {handle, value}, attrs));
    graph_.add_control_input(forward_index_.node, push);
  } else {
    if (made_in == nullptr || made_in->is_while()) {
      return internal_error("The gradient of a loop needs {}, which is in no branch within the loop", value.name());
    }
    {
      const EnteredContext entered(graph_, dead_branch ? made_in->outer() : made_in);
      ASSIGN_OR_RETURN(push, graph::create_op(graph_, "StackPushV2", {handle, value}, attrs));
    }
    if (dead_branch) push->set_context(made_in);
    ASSIGN_OR_RETURN(Node * sync, forward_sync());
    graph_.add_control_input(sync, push);
  }
  graph_.add_control_input(push, forward_index_.node->input(0).node);
  return stack;
}

Endpoint LoopGradient::known_predicate(Endpoint pred) const {
  for (const LoopGradient* loop = this; loop; loop = loop->outer_) {
    if (const auto it = loop->history_.find(pred); it != loop->history_.end()) return it->second;
  }
  return {};
}

StatusOr<Endpoint> LoopGradient::add_popped_value(Endpoint stack, Endpoint value, bool dead_branch) {
  ControlFlowContext* const stack_context = stack.node->context();
  const graph::CondContext* cond = nullptr;
  for (ControlFlowContext* c = value.node->context(); c && c != stack_context && !cond; c = c->outer()) {
    if (!c->is_while()) cond = static_cast<const graph::CondContext*>(c);
  }
  Endpoint pop;
  {
    const NoControlDependencies none(graph_);
    const EnteredContext entered(graph_, backward_);
    if (cond) {  // only the taken branch has pushed
      Endpoint pred = known_predicate(cond->pred());
      if (!pred) pred = cond->pred();
      ASSIGN_OR_RETURN(Node * guard, graph::switch_ref_or_tensor(stack, pred));
      stack = guard->output(dead_branch ? 1 - cond->branch() : cond->branch());
    }
    ASSIGN_OR_RETURN(pop, emit(graph_, "StackPopV2", {stack}, {{"elem_type", base_type(value.dtype())}}));
    graph::refine_shape(pop, value.shape());
  }
  if (backward_->options().parallel_iterations > 1) {
    ASSIGN_OR_RETURN(Node * sync, backward_sync());
    graph_.add_control_input(sync, pop.node);
  }
  return pop;
}

StatusOr<Endpoint> LoopGradient::real_value(Endpoint value) {
  if (const auto it = history_.find(value); it != history_.end()) return it->second;
  Endpoint current = value, real;
  LoopGradient* loop = this;
  while (const Node* enter = graph::constant_enter_of(current)) {
    // An invariant is the same in all iterations.
    current = enter->input(0);
    loop = loop->outer_;
    if (loop != nullptr) continue;
    ASSIGN_OR_RETURN(real, backward_->add_value(current));
    break;
  }
  if (!real && current.node->type() == "Const") {
    ASSIGN_OR_RETURN(real, emit_constant(graph_, graph::constant_value(current)));
  }
  if (!real) {
    Endpoint stack;
    {
      const LeftContext left(graph_, backward_);
      ASSIGN_OR_RETURN(stack, loop->add_forward_accumulator(current));
    }
    ASSIGN_OR_RETURN(real, loop->add_popped_value(stack, current));
    if (loop != this) {
      ASSIGN_OR_RETURN(real, backward_->add_value(real));
    }
  }
  history_[value] = real;
  return real;
}

StatusOr<Endpoint> LoopGradient::real_predicate(Endpoint pred) {
  if (const auto it = history_.find(pred); it != history_.end()) return it->second;
  Endpoint stack;
  {
    const LeftContext left(graph_, backward_);
    ASSIGN_OR_RETURN(stack, add_forward_accumulator(pred));
  }
  ASSIGN_OR_RETURN(const Endpoint real, add_popped_value(stack, pred));
  history_[pred] = real;
  return real;
}

const Gradient* LoopGradient::merge_of(const Node* loop_switch) const {
  for (const auto& [node, merge] : switch_merges) {
    if (node == loop_switch) return &merge;
  }
  return nullptr;
}

Status LoopGradient::close_open_merges() {
  for (const auto& [_, gradient] : switch_merges) {
    const Endpoint merge = gradient.values;
    const Endpoint initial = merge.node->input(0);
    if (!(initial == merge.node->input(1))) continue;
    Endpoint zeros;
    if (initial.shape().fully_defined()) {
      const EnteredContext entered(graph_, backward_);
      ASSIGN_OR_RETURN(zeros, emit_zero_constant(graph_, initial.shape(), initial.dtype()));
      ASSIGN_OR_RETURN(const Endpoint next, emit_next_iteration(graph_, zeros));
      RETURN_IF_ERROR(close_loop(graph_, merge, next));
      continue;
    }
    {
      const EnteredContext entered(graph_, backward_->outer());
      ASSIGN_OR_RETURN(const Endpoint shape, emit_shape_op(graph_, initial.node->input(0)));
      ASSIGN_OR_RETURN(zeros, emit_zeros(graph_, shape, initial.dtype()));
    }
    const EnteredContext entered(graph_, backward_);
    ASSIGN_OR_RETURN(const Endpoint next, emit_next_iteration(graph_, zeros));
    RETURN_IF_ERROR(close_loop(graph_, merge, next));
  }
  return OkStatus();
}

LoopGradient* current_loop_gradient(Graph& graph) {
  WhileContext* const context = graph::containing_while(graph.scope().context);
  return context ? static_cast<LoopGradient*>(context->history.get()) : nullptr;
}

StatusOr<Endpoint> emit_shape_op(Graph& graph, Endpoint x, DType out_type) {
  if (base_type(x.dtype()) == DType::kResource) return emit(graph, "VariableShape", {x}, {{"out_type", out_type}});
  return emit(graph, "Shape", {x}, {{"out_type", out_type}});
}

StatusOr<Endpoint> emit_zero_constant(Graph& graph, const Shape& shape, DType type, std::string name) {
  Tensor zeros(base_type(type), shape);
  std::fill_n(static_cast<char*>(zeros.raw_data()), zeros.size_bytes(), char{0});
  return emit_constant(graph, std::move(zeros), std::move(name));
}

StatusOr<Endpoint> emit_next_iteration(Graph& graph, Endpoint x) {
  return emit(graph, is_ref(x.dtype()) ? "RefNextIteration" : "NextIteration", {x}, {}, "NextIteration");
}

StatusOr<Endpoint> emit_merge(Graph& graph, Endpoint x, std::string name) {
  return emit(graph, is_ref(x.dtype()) ? "RefMerge" : "Merge", {std::vector<Endpoint>{x, x}}, {}, std::move(name));
}

Status close_loop(Graph& graph, Endpoint merge, Endpoint next) {
  if (base_type(merge.dtype()) != base_type(next.dtype())) {
    return internal_error("The gradient of a loop variable has type {} first and {} then: {}", dtype_name(merge.dtype()),
                          dtype_name(next.dtype()), merge.name());
  }
  return graph.set_input(merge.node, 1, next);
}

}  // namespace reflow::autodiff
