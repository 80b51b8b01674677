#include <absl/container/flat_hash_set.h>

#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::AttrMap;
using graph::AttrValue;
using graph::Consumer;
using graph::Endpoint;
using graph::Node;

namespace {

bool counts(std::string_view attr) { return attr != "_class" && attr != "_output_shapes"; }

size_t mix(size_t hash, size_t value) { return (hash ^ value) * 0x9E3779B97F4A7C15u + (hash >> 29); }

size_t hash_bytes(std::string_view bytes) { return std::hash<std::string_view>()(bytes); }

size_t hash_attr(const AttrValue& value) {
  if (const auto* t = value.get<Tensor>()) {
    constexpr int64_t kLooked = 64;
    size_t hash = mix(static_cast<size_t>(t->dtype()), static_cast<size_t>(t->num_elements()));
    if (t->valid() && is_plain(t->dtype())) {
      const auto* data = static_cast<const char*>(t->raw_data());
      hash = mix(hash, hash_bytes({data, static_cast<size_t>(std::min(kLooked, t->size_bytes()))}));
    }
    return hash;
  }
  if (const auto* i = value.get<int64_t>()) return static_cast<size_t>(*i) + 1;
  if (const auto* b = value.get<bool>()) return *b ? 2 : 3;
  if (const auto* d = value.get<DType>()) return static_cast<size_t>(*d) << 8;
  if (const auto* s = value.get<std::string>()) return hash_bytes(*s);
  return value.variant().index();
}

bool same_attrs(const AttrMap& a, const AttrMap& b) {
  auto i = a.begin();
  auto j = b.begin();
  for (;;) {
    while (i != a.end() && !counts(i->first)) ++i;
    while (j != b.end() && !counts(j->first)) ++j;
    if (i == a.end() || j == b.end()) return i == a.end() && j == b.end();
    if (i->first != j->first || !(i->second == j->second)) return false;
    ++i, ++j;
  }
}

struct ByMeaning {
  size_t operator()(const Node* node) const {
    size_t hash = reinterpret_cast<size_t>(&node->op());
    for (const Endpoint& input : node->inputs()) {
      hash = mix(hash, static_cast<size_t>(input.node->id()) * 16 + static_cast<size_t>(input.index));
    }
    for (const auto& [name, value] : node->attrs()) {
      if (counts(name)) hash = mix(hash, hash_attr(value));
    }
    return hash;
  }
  bool operator()(const Node* a, const Node* b) const {
    return &a->op() == &b->op() && std::ranges::equal(a->inputs(), b->inputs()) &&
           std::ranges::equal(a->control_inputs(), b->control_inputs()) && a->device() == b->device() &&
           a->assigned_device() == b->assigned_device() && same_attrs(a->attrs(), b->attrs());
  }
};

void merge_into(PassContext& context, Node* kept, Node* node) {
  graph::Graph& graph = *context.graph;
  for (int i = 0; i < node->num_outputs(); ++i) graph.replace_uses(node->output(i), kept->output(i));
  const std::vector<Consumer> waiting(node->consumers().begin(), node->consumers().end());
  for (const Consumer& consumer : waiting) {
    graph.remove_control_input(consumer.node, node);
    graph.add_control_input(consumer.node, kept);
  }
}

}  // namespace

Status merge_common_subexpressions(PassContext& context) {
  const std::vector<bool> roots = root_marks(context);
  absl::flat_hash_set<Node*, ByMeaning, ByMeaning> seen;
  std::vector<Node*> gone;
  for (Node* node : topological_order(*context.graph)) {
    if (roots[node->id()] || !is_pure(*node)) continue;
    const auto [found, is_new] = seen.insert(node);
    if (is_new) continue;
    merge_into(context, *found, node);
    gone.push_back(node);
  }
  context.graph->remove_nodes(gone);
  return OkStatus();
}

}  // namespace reflow::passes
