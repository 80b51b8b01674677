#include "reflow/autodiff/walk.h"

#include <string_view>

namespace reflow::autodiff {

using graph::Endpoint;
using graph::Graph;
using graph::Node;

bool is_trainable(DType type) {
  switch (base_type(type)) {
    case DType::kHalf: case DType::kFloat32: case DType::kFloat64: case DType::kComplex64: case DType::kComplex128:
    case DType::kResource: case DType::kVariant: return true;
    default: return false;
  }
}

bool passes_gradients(DType type) { return is_trainable(type) || base_type(type) == DType::kBfloat16; }

Walk::Walk(Graph& graph, std::span<const Endpoint> ys, std::span<const Endpoint> xs,
           std::span<const Endpoint> stop_gradients)
    : marks_(graph.num_node_ids(), 0), pending_(graph.num_node_ids(), 0) {
  mark_reached(xs);
  mark_between(ys);
  for (const Endpoint& y : ys) {
    uint8_t& mark = marks_[y.node->id()];
    if (pending_[y.node->id()] != 0 || (mark & (kReached | kQueued)) != kReached) continue;
    mark |= kQueued;
    queue_.push_back(y.node);
  }
  for (const Endpoint& x : xs) {
    bool stops = true;
    for (const Endpoint& input : x.node->inputs()) stops &= pending_[input.node->id()] <= 0;
    if (stops) marks_[x.node->id()] |= kStop;
  }
  for (const Endpoint& tensor : stop_gradients) marks_[tensor.node->id()] |= kStop;
}

void Walk::mark_reached(std::span<const Endpoint> xs) {
  std::vector<Node*> stack;
  const auto reach = [&](Node* node) {
    uint8_t& mark = marks_[node->id()];
    if (mark & kReached) return;
    mark |= kReached;
    stack.push_back(node);
  };
  for (const Endpoint& x : xs) reach(x.node);
  while (!stack.empty()) {
    Node* node = stack.back();
    stack.pop_back();
    for (const graph::Consumer& consumer : node->consumers()) {
      if (consumer.output >= 0 && passes_gradients(node->output_type(consumer.output))) reach(consumer.node);
    }
  }
}

void Walk::mark_between(std::span<const Endpoint> ys) {
  std::vector<Node*> nodes;
  const auto mark = [&](Node* node) {
    uint8_t& mark = marks_[node->id()];
    if ((mark & (kReached | kBetween)) != kReached) return;
    mark |= kBetween;
    nodes.push_back(node);
    const std::string_view type = node->type();
    if (!loop_exit_ && (type == "Exit" || type == "RefExit")) loop_exit_ = node;
  };
  for (const Endpoint& y : ys) mark(y.node);
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (const Endpoint& input : nodes[i]->inputs()) mark(input.node);
  }
  for (Node* node : nodes) {
    for (const Endpoint& input : node->inputs()) {
      const int id = input.node->id();
      pending_[id] += (marks_[id] & kBetween) != 0;
    }
  }
}

void Walk::done(Node* node) {
  for (const Endpoint& input : node->inputs()) {
    if (--pending_[input.node->id()] == 0) queue_.push_back(input.node);
  }
}

void GradientTable::add(Endpoint output, const op::Gradient& gradient) {
  int32_t& first = first_[output.node->id()];
  if (first < 0) {
    first = static_cast<int32_t>(entries_.size());
    entries_.resize(entries_.size() + output.node->num_outputs());
  }
  Entry& entry = entries_[first + output.index];
  if (entry.sum) {
    entry.more.push_back(gradient);
  } else {
    entry.sum = gradient;
  }
}

}  // namespace reflow::autodiff
