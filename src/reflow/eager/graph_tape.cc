#include "reflow/eager/graph_tape.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <mutex>

#include "reflow/autodiff/walk.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/op_def.h"

namespace reflow::eager {
namespace {

using Key = std::pair<const Node*, int>;
Key key_of(Endpoint e) { return {e.node, e.index}; }

// Does the node only bring a tensor, which stays the same, into a loop?
bool is_way_into_loop(const Node& node) {
  const graph::AttrValue* is_constant = graph::is_enter(node) ? node.find_attr("is_constant") : nullptr;
  const bool* value = is_constant ? is_constant->get<bool>() : nullptr;
  return value && *value;
}

// What an op within a loop reads from around it.
Endpoint outside_of_loops(Endpoint e) {
  while (is_way_into_loop(*e.node)) e = e.node->input(0);
  return e;
}

// An op that calls functions, which have gradients of their own, or has none at all.
bool is_left_to_the_graph(const Node& node) {
  op::GradFn fn;
  return op::GradientRegistry::global().find(node.type(), &fn) == op::GradientRegistry::Kind::kUnregistered ||
         std::ranges::any_of(node.op().attrs, [](const graph::AttrDef& attr) {
           return attr.type == "func" || attr.type == "list(func)";
         });
}

}  // namespace

void GraphTape::start() { start_ = graph_.num_node_ids(); }

void GraphTape::stop() {
  if (start_) spans_.emplace_back(*start_, graph_.num_node_ids());
  start_.reset();
}

StatusOr<std::optional<std::vector<Gradient>>> GraphTape::gradient(std::span<const Endpoint> targets,
                                                                   std::span<const Endpoint> sources,
                                                                   std::span<const Gradient> output_gradients,
                                                                   std::span<const Endpoint> handles) const {
  const std::lock_guard lock(graph_.mutex());
  absl::flat_hash_set<Key> watched, variables;
  for (const Endpoint& handle : handles) variables.insert(key_of(handle));
  std::vector<Endpoint> roots;
  const auto add_root = [&](Endpoint e) {
    if (watched.insert(key_of(e)).second) roots.push_back(e);
  };
  size_t next = 0;
  const auto watch_until = [&](int id) {
    for (; next < watched_.size() && watched_[next].first <= id; ++next) add_root(watched_[next].second);
  };
  std::vector<std::shared_ptr<Record>> records;
  std::vector<std::pair<int, int>> spans = spans_;
  if (start_) spans.emplace_back(*start_, graph_.num_node_ids());
  for (const auto& [begin, end] : spans) {
    for (int id = begin; id < end; ++id) {
      Node* const node = graph_.node(id);
      if (!node || node->num_inputs() == 0 || node->num_outputs() == 0) continue;
      watch_until(id);
      if (const Endpoint first = node->input(0); reads_variable(*node) && variables.contains(key_of(first))) add_root(first);
      const bool counts = std::ranges::any_of(node->inputs(), [&](const Endpoint& e) {
        return autodiff::passes_gradients(e.dtype()) && watched.contains(key_of(outside_of_loops(e)));
      });
      if (!counts || is_way_into_loop(*node)) continue;
      if (is_left_to_the_graph(*node)) return std::optional<std::vector<Gradient>>();
      auto record = std::make_shared<Record>(*node);
      for (Endpoint& e : record->inputs) {
        if (e.node->id() >= id) e = record->inputs[0];  // when the op was made its loop was not closed yet
        e = outside_of_loops(e);
      }
      records.push_back(std::move(record));
      for (int i = 0; i < node->num_outputs(); ++i) {
        if (autodiff::passes_gradients(node->output_type(i))) watched.insert(key_of({node, i}));
      }
    }
  }
  watch_until(graph_.num_node_ids());
  std::vector<Endpoint> known(sources.begin(), sources.end());
  for (Endpoint& source : known) {
    if (!watched.contains(key_of(source))) source = Endpoint();
  }
  ASSIGN_OR_RETURN(std::vector<Gradient> result, gradient_of(graph_, records, roots, targets, known, output_gradients));
  return std::optional(std::move(result));
}

}  // namespace reflow::eager
