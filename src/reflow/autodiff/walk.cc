#include "reflow/autodiff/walk.h"

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

Walk::Walk(Graph& graph, std::span<const Endpoint> ys, std::span<const Endpoint> xs)
    : graph_(graph), marks_(graph.num_node_ids(), 0) {
  mark_reached(xs);
  mark_between(ys);
}

void Walk::include(Node* node) {
  if (!is_known(node)) marks_.resize(graph_.num_node_ids(), 0);
  uint8_t& mark = marks_[node->id()];
  if (mark & kBetween) return;
  mark |= kBetween;
  between_.push_back(node);
}

void Walk::start(std::span<const Endpoint> ys) {
  marks_.resize(graph_.num_node_ids(), 0);
  pending_.assign(graph_.num_node_ids(), 0);
  for (const Node* node : between_) {
    for (const Endpoint& input : node->inputs()) {
      const int id = input.node->id();
      pending_[id] += (marks_[id] & kBetween) != 0;
    }
  }
  for (const Endpoint& y : ys) {
    uint8_t& mark = marks_[y.node->id()];
    if (pending_[y.node->id()] != 0 || (mark & (kReached | kQueued)) != kReached) continue;
    mark |= kQueued;
    queue_.push_back(y.node);
  }
}

void Walk::set_stops(std::span<const Endpoint> xs, std::span<const Endpoint> stop_gradients) {
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
  const auto mark = [&](Node* node) {
    uint8_t& mark = marks_[node->id()];
    if ((mark & (kReached | kBetween)) != kReached) return;
    mark |= kBetween;
    between_.push_back(node);
  };
  for (const Endpoint& y : ys) mark(y.node);
  for (size_t i = 0; i < between_.size(); ++i) {
    for (const Endpoint& input : between_[i]->inputs()) mark(input.node);
  }
}

void GradientTable::add(Endpoint output, const op::Gradient& gradient) {
  int32_t& first = first_[output.node->id()];
  if (first < 0) {
    first = static_cast<int32_t>(entries_.size());
    entries_.resize(entries_.size() + output.node->num_outputs());
  }
  Entry& entry = entries_[first + output.index];
  if (entry.sum && !entry.is_summed) {
    entry.more.push_back(gradient);
  } else {
    entry.sum = gradient;
  }
}

}  // namespace reflow::autodiff
