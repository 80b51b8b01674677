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
// consumers on such paths. Tables are indexed by node id. Nodes made after start() aren't known.
class Walk {
 public:
  Walk(graph::Graph& graph, std::span<const graph::Endpoint> ys, std::span<const graph::Endpoint> xs);

  // The nodes on such paths; include() adds one that isn't, before start().
  const std::vector<graph::Node*>& between() const { return between_; }
  void include(graph::Node* node);
  // Counts what each node waits for, and begins with the ys.
  void start(std::span<const graph::Endpoint> ys);
  // Says which nodes aren't differentiated: xs with no other x before them, and what stop_gradients names.
  void set_stops(std::span<const graph::Endpoint> xs, std::span<const graph::Endpoint> stop_gradients);

  // The next node, or null at the end.
  graph::Node* next() { return head_ < queue_.size() ? queue_[head_++] : nullptr; }
  void push(graph::Node* node) { queue_.push_back(node); }
  // One of the nodes that `node` waits for has been visited; gives how many are left.
  int count_down(const graph::Node* node) { return is_known(node) ? --pending_[node->id()] : -1; }
  int pending(const graph::Node* node) const { return is_known(node) ? pending_[node->id()] : 0; }
  void set_pending(const graph::Node* node, int count) { pending_[node->id()] = count; }
  // Is `node` one of the ys with which the walk began?
  bool began_with(const graph::Node* node) const { return is_known(node) && (marks_[node->id()] & kQueued); }
  bool stops_at(const graph::Node* node) const { return marks_[node->id()] & kStop; }

 private:
  enum Mark : uint8_t { kReached = 1, kBetween = 2, kStop = 4, kQueued = 8 };
  bool is_known(const graph::Node* node) const { return node->id() < static_cast<int>(marks_.size()); }
  void mark_reached(std::span<const graph::Endpoint> xs);
  void mark_between(std::span<const graph::Endpoint> ys);

  graph::Graph& graph_;
  std::vector<uint8_t> marks_;
  std::vector<int32_t> pending_;  // inputs of nodes between that the node's outputs feed, not yet visited
  std::vector<graph::Node*> between_, queue_;
  size_t head_ = 0;
};

// The gradients that have arrived at the outputs of nodes.
class GradientTable {
 public:
  struct Entry {
    op::Gradient sum;                // the first, and after aggregation the only one
    std::vector<op::Gradient> more;  // the others until then
    bool is_summed = false;          // one that comes later takes the place of the sum (the Switch of a loop)
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
