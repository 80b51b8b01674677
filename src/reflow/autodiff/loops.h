#pragma once

#include <utility>
#include <vector>

#include "reflow/autodiff/loop_gradient.h"
#include "reflow/autodiff/walk.h"

namespace reflow::autodiff {

// The while loops between the ys and the xs of one call of gradients(), with what a reverse walk has to do about them:
// all exits of a loop are differentiated before its body is.
class Loops {
 public:
  explicit Loops(Graph& graph) : graph_(graph) {}

  // Makes the gradient loop of the loop that `exit` ends; nothing when there is one. Gives the exits of the loop.
  StatusOr<std::vector<Endpoint>> add(Node* exit);
  bool empty() const { return loops_.empty(); }
  const std::vector<std::pair<WhileContext*, LoopGradient*>>& all() const { return loops_; }

  // The gradient loop in which the gradients that arrive at `node` are summed (before: an Exit's come from outside), or
  // in which its own gradient is made. Null: none.
  LoopGradient* gradient_of(const Node& node, bool before) const;

  // Zeros for output `output` of `node`, a value of a loop or one outside. No endpoint: none are needed.
  // REQUIRES: node's gradient loop is entered.
  StatusOr<Endpoint> zeros_like(Node* node, int output);
  // Zeros for an exit on which no y depends, while one does on another of the loop.
  StatusOr<Endpoint> zeros_like_exit(Endpoint exit);

 private:
  LoopGradient* find(const ControlFlowContext* context) const;
  StatusOr<Endpoint> dynamic_zeros(LoopGradient& loop, Node* node, int output, bool dead_branch);

  Graph& graph_;
  std::vector<std::pair<WhileContext*, LoopGradient*>> loops_;  // by forward context, in the order of their discovery
};

// Zeros for an output of a node that is in no loop that is differentiated. On the side of a Switch that isn't taken they
// must be dead too, so they hang on a switch of their own.
StatusOr<Endpoint> zeros_like_outside_loop(Graph& graph, Node* node, int output);

}  // namespace reflow::autodiff
