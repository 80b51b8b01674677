// The gradients of a loop's invariants: sums over its iterations.

#include "reflow/autodiff/loop_gradient.h"

namespace reflow::autodiff {

using graph::EnteredContext;
using graph::LeftContext;

// Zeros of the shape of the invariant: the sum when there is no iteration.
StatusOr<Endpoint> LoopGradient::zero_accumulator(const Node& enter, const Endpoint& dy) {
  ControlFlowContext* const around = backward_->outer();
  if (dy.shape().fully_defined()) {
    const EnteredContext entered(graph_, around);
    return emit_zero_constant(graph_, dy.shape(), dy.dtype(), "b_acc");
  }
  const Endpoint value = enter.input(0);
  const bool is_nested = around && around->is_while() && static_cast<WhileContext*>(around)->history;
  if (!is_nested) {
    const EnteredContext entered(graph_, around);
    ASSIGN_OR_RETURN(const Endpoint shape, emit_shape_op(graph_, value));
    return emit_zeros(graph_, shape, dy.dtype());
  }
  Endpoint shape;
  {
    const EnteredContext entered(graph_, forward_->outer());
    ASSIGN_OR_RETURN(shape, emit_shape_op(graph_, value));
  }
  ASSIGN_OR_RETURN(const Endpoint stack, outer_->add_forward_accumulator(shape));
  const EnteredContext entered(graph_, around);
  ASSIGN_OR_RETURN(const Endpoint real_shape, outer_->add_popped_value(stack, shape));
  return emit_zeros(graph_, real_shape, dy.dtype());
}

StatusOr<Gradient> LoopGradient::accumulate(const Node& enter, const Gradient& dy) {
  if (dy.is_slices()) return accumulate_slices(enter, dy);
  Endpoint zeros;
  {
    const LeftContext left(graph_, backward_);
    ASSIGN_OR_RETURN(zeros, zero_accumulator(enter, dy.values));
  }
  backward_->mark_seen(zeros);
  ASSIGN_OR_RETURN(const Endpoint entered, backward_->enter(zeros, false, true, "b_acc"));
  backward_->loop_enters.push_back(entered);
  ASSIGN_OR_RETURN(const Endpoint merge, emit_merge(graph_, entered, "b_acc"));
  ASSIGN_OR_RETURN(const Endpoint done, emit(graph_, "Switch", {merge, backward_->condition}));
  ASSIGN_OR_RETURN(const Endpoint sum, emit(graph_, "Add", {done.node->output(1), dy.values}));
  ASSIGN_OR_RETURN(const Endpoint next, emit_next_iteration(graph_, sum));
  RETURN_IF_ERROR(close_loop(graph_, merge, next));
  ASSIGN_OR_RETURN(const Endpoint result, emit(graph_, "Exit", {done}, {}, "b_acc"));
  backward_->loop_exits.push_back(result);
  backward_->exit_result({result});
  return Gradient(result);
}

// One row of zeros, or as many as are known to be one.
StatusOr<Endpoint> LoopGradient::initial_rows(const Node& enter, Endpoint values) {
  if (values.shape().fully_defined()) {
    Shape shape = values.shape();
    shape.set_dim(0, 1);
    return emit_zero_constant(graph_, shape, values.dtype(), "b_acc");
  }
  ASSIGN_OR_RETURN(const Endpoint shape, emit_shape_op(graph_, enter.input(0)));
  Endpoint row;
  {
    NameScope scope(graph_, "strided_slice");
    ASSIGN_OR_RETURN(const Endpoint begin, emit_constant(graph_, Tensor::vector<int32_t>({1}), "stack"));
    ASSIGN_OR_RETURN(const Endpoint end, emit_constant(graph_, Tensor::vector<int32_t>({0}), "stack_1"));
    ASSIGN_OR_RETURN(const Endpoint strides, emit_constant(graph_, Tensor::vector<int32_t>({1}), "stack_2"));
    ASSIGN_OR_RETURN(row, emit(graph_, "StridedSlice", {shape, begin, end, strides}, {{"end_mask", 1}}, scope.op_name()));
  }
  Endpoint rows;
  {
    NameScope scope(graph_, "concat");
    ASSIGN_OR_RETURN(const Endpoint one, emit_constant(graph_, Tensor::vector<int32_t>({1}), "values_0"));
    ASSIGN_OR_RETURN(const Endpoint axis, emit_constant(graph_, Tensor::scalar(int32_t{0}), "axis"));
    ASSIGN_OR_RETURN(rows, emit(graph_, "ConcatV2", {std::vector<Endpoint>{one, row}, axis}, {}, scope.op_name()));
  }
  return emit_zeros(graph_, rows, values.dtype());
}

// Rows are collected, not summed.
StatusOr<Gradient> LoopGradient::accumulate_slices(const Node& enter, const Gradient& dy) {
  std::vector<Endpoint> initial;
  {
    const LeftContext left(graph_, backward_);
    const EnteredContext entered(graph_, backward_->outer());
    ASSIGN_OR_RETURN(const Endpoint values, initial_rows(enter, dy.values));
    ASSIGN_OR_RETURN(const Endpoint indices, emit_zero_constant(graph_, Shape{1}, dy.indices.dtype()));
    initial = {indices, values};
    if (dy.dense_shape && dy.dense_shape.shape().fully_defined()) {
      ASSIGN_OR_RETURN(const Endpoint shape, emit_zero_constant(graph_, dy.dense_shape.shape(), dy.dense_shape.dtype()));
      initial.push_back(shape);
    } else if (dy.dense_shape) {
      ASSIGN_OR_RETURN(const Endpoint shape, emit_shape_op(graph_, enter.input(0), base_type(dy.dense_shape.dtype())));
      ASSIGN_OR_RETURN(const Endpoint zeros, emit(graph_, "ZerosLike", {shape}, {}, "zeros_like"));
      initial.push_back(zeros);
    }
  }
  for (const Endpoint& x : initial) backward_->mark_seen(x);
  std::vector<Endpoint> enters, merges, done, sums, exits;
  for (const Endpoint& x : initial) {
    ASSIGN_OR_RETURN(const Endpoint e, backward_->enter(x, false, /*keeps_shape=*/false, "b_acc"));
    enters.push_back(e);
    backward_->loop_enters.push_back(e);
  }
  // The number of rows grows.
  graph::refine_shape(enters[0], Shape{-1});
  if (Shape shape = initial[1].shape(); shape.known_rank() && shape.rank() > 0) {
    shape.set_dim(0, -1);
    graph::refine_shape(enters[1], shape);
  }
  for (const Endpoint& x : enters) {
    ASSIGN_OR_RETURN(const Endpoint merge, emit_merge(graph_, x, "b_acc"));
    merges.push_back(merge);
  }
  for (const Endpoint& x : merges) {
    ASSIGN_OR_RETURN(const Endpoint s, emit(graph_, "Switch", {x, backward_->condition}));
    done.push_back(s);
  }
  for (int i = 0; i < 2; ++i) {
    ASSIGN_OR_RETURN(const Endpoint all, emit_concat(graph_, {done[i].node->output(1), i == 0 ? dy.indices : dy.values}));
    sums.push_back(all);
  }
  if (initial.size() > 2) {
    ASSIGN_OR_RETURN(const Endpoint largest, emit(graph_, "Maximum", {dy.dense_shape, done[2].node->output(1)}));
    sums.push_back(largest);
  }
  std::vector<Endpoint> nexts;
  for (const Endpoint& x : sums) {
    ASSIGN_OR_RETURN(const Endpoint next, emit_next_iteration(graph_, x));
    nexts.push_back(next);
  }
  for (size_t i = 0; i < nexts.size(); ++i) RETURN_IF_ERROR(close_loop(graph_, merges[i], nexts[i]));
  for (const Endpoint& x : done) {
    ASSIGN_OR_RETURN(const Endpoint exit, emit(graph_, "Exit", {x}, {}, "b_acc"));
    exits.push_back(exit);
    backward_->loop_exits.push_back(exit);
  }
  backward_->exit_result(exits);
  return Gradient(exits[1], exits[0], exits.size() > 2 ? exits[2] : Endpoint{});
}

}  // namespace reflow::autodiff
