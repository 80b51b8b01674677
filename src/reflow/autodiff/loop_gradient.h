#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "reflow/autodiff/emit.h"
#include "reflow/graph/while_context.h"

namespace reflow::autodiff {

using graph::ControlFlowContext;
using graph::WhileContext;

// The gradient of one while loop, in one call of gradients(): a loop that runs backwards, as often as the forward loop
// ran. Values of forward iterations that it reads are pushed on stacks in the forward loop and popped here; control
// edges through the counters, and through ControlTriggers where a cond may leave an op dead, keep pushes and pops in the
// order of iterations. Owned by its WhileContext, which the graph owns.
class LoopGradient : public graph::ForwardHistory {
 public:
  // Adds the counter of iterations to `forward` and makes the gradient loop with its own. `outer` is the gradient of the
  // loop around, if it's part of the same gradients().
  static StatusOr<LoopGradient*> create(Graph& graph, WhileContext* forward, LoopGradient* outer);

  WhileContext* forward_context() const override { return forward_; }
  WhileContext* grad_context() const { return backward_; }
  LoopGradient* outer() const { return outer_; }
  // REQUIRES: the gradient loop is entered.
  StatusOr<Endpoint> real_value(Endpoint value) override;

  // A stack in the forward loop that takes `value` of each iteration. dead_branch: `value` is on the side of a cond's
  // Switch that isn't taken.
  StatusOr<Endpoint> add_forward_accumulator(Endpoint value, bool dead_branch = false);
  // What was pushed on `stack` from `value`, popped in the gradient loop.
  StatusOr<Endpoint> add_popped_value(Endpoint stack, Endpoint value, bool dead_branch = false);
  // The predicate of a cond in the forward loop, as it was in the iteration.
  StatusOr<Endpoint> real_predicate(Endpoint pred);
  // The same where it's known already; none: it isn't.
  Endpoint known_predicate(Endpoint pred) const;
  // The sum over all iterations of `dy`, the gradient of the invariant that `enter` brings in.
  StatusOr<Gradient> accumulate(const Node& enter, const Gradient& dy);

  // The Merge that begins the gradient of a loop variable, by its Switch in the forward loop.
  std::vector<std::pair<const Node*, Gradient>> switch_merges;
  const Gradient* merge_of(const Node* loop_switch) const;
  // A variable whose value doesn't depend on that of the iteration before: its gradient is zero from then on.
  Status close_open_merges();

  // Exits of the forward loop: those that no y depends on, and those that wait for the others' gradients.
  std::vector<Endpoint> forward_exits, unused_exits, deferred_exits;
  int pending_exits = 0;

 private:
  LoopGradient(Graph& graph, WhileContext* forward, LoopGradient* outer);
  StatusOr<Endpoint> add_forward_counter();
  Status add_backward_counter(Endpoint count);
  StatusOr<Node*> forward_sync();
  StatusOr<Node*> backward_sync();
  StatusOr<Endpoint> zero_accumulator(const Node& enter, const Endpoint& dy);
  StatusOr<Gradient> accumulate_slices(const Node& enter, const Gradient& dy);
  StatusOr<Endpoint> initial_rows(const Node& enter, Endpoint values);

  struct Hash {
    size_t operator()(const Endpoint& e) const { return std::hash<const void*>()(e.node) * 31 + e.index; }
  };
  Graph& graph_;
  WhileContext* forward_;
  WhileContext* backward_ = nullptr;
  LoopGradient* outer_;
  Endpoint forward_index_, backward_index_;  // NextIteration of the counters
  Node* forward_sync_ = nullptr;
  Node* backward_sync_ = nullptr;
  std::unordered_map<Endpoint, Endpoint, Hash> history_;  // forward value -> what stands for it in the gradient loop
};

// Of the loop whose gradient is being built, the innermost; null: the current context is in none.
LoopGradient* current_loop_gradient(Graph& graph);

// Shape of a tensor, or of the variable behind a handle, as an op that is always made.
StatusOr<Endpoint> emit_shape_op(Graph& graph, Endpoint x, DType out_type = DType::kInt32);
// A Const of `shape` full of zeros.
StatusOr<Endpoint> emit_zero_constant(Graph& graph, const Shape& shape, DType type, std::string name = "Const");
// NextIteration, Exit, Switch, Merge of a loop.
StatusOr<Endpoint> emit_next_iteration(Graph& graph, Endpoint x);
StatusOr<Endpoint> emit_merge(Graph& graph, Endpoint x, std::string name = "Merge");
// Ends the loop of `merge` by `next`: its second input.
Status close_loop(Graph& graph, Endpoint merge, Endpoint next);

}  // namespace reflow::autodiff
