#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "reflow/graph/graph.h"
#include "reflow/op/gradient.h"

namespace reflow::autodiff {

// Types whose tensors have gradients: floats, complex numbers, resources and variants. bfloat16 only passes them on.
bool is_trainable(DType type);
bool passes_gradients(DType type);

// The order in which a reverse walk from ys to xs visits nodes: those on a path between them, each after all its
// consumers on such paths. Tables are indexed by node id.
class Walk {
 public:
  Walk(graph::Graph& graph, std::span<const graph::Endpoint> ys, std::span<const graph::Endpoint> xs,
       std::span<const graph::Endpoint> stop_gradients);

  // The next node, or null at the end; done() tells that its gradients have been passed on.
  graph::Node* next() { return head_ < queue_.size() ? queue_[head_++] : nullptr; }
  void done(graph::Node* node);
  // True for nodes that aren't differentiated: xs with no other x before them, and what stop_gradients names.
  bool stops_at(const graph::Node* node) const { return marks_[node->id()] & kStop; }
  // An Exit of a while loop on the way, or null.
  const graph::Node* loop_exit() const { return loop_exit_; }

 private:
  enum Mark : uint8_t { kReached = 1, kBetween = 2, kStop = 4, kQueued = 8 };
  void mark_reached(std::span<const graph::Endpoint> xs);
  void mark_between(std::span<const graph::Endpoint> ys);

  std::vector<uint8_t> marks_;
  std::vector<int32_t> pending_;  // inputs of nodes between that the node's outputs feed, not yet visited
  std::vector<graph::Node*> queue_;
  size_t head_ = 0;
  const graph::Node* loop_exit_ = nullptr;
};

// The gradients that have arrived at the outputs of nodes.
class GradientTable {
 public:
  struct Entry {
    op::Gradient sum;                // the first, and after aggregation the only one
    std::vector<op::Gradient> more;  // the others until then
  };
  void reset(int num_node_ids) { first_.assign(num_node_ids, -1); }
  // Has a gradient arrived at any output of `node`?
  bool has(const graph::Node* node) const { return first_[node->id()] >= 0; }
  // REQUIRES: has(output.node).
  Entry& entry(graph::Endpoint output) { return entries_[first_[output.node->id()] + output.index]; }
  void add(graph::Endpoint output, const op::Gradient& gradient);

 private:
  std::vector<int32_t> first_;  // of each node: the entry of its output 0, or -1
  std::vector<Entry> entries_;
};

}  // namespace reflow::autodiff
