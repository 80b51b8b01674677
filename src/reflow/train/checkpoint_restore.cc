#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "reflow/client/python_text.h"
#include "reflow/train/checkpoint_objects.h"
#include "reflow/train/checkpoint_reader.h"

namespace reflow::train {
namespace {

ObjectGraph graph_of(const CheckpointReader& reader) {
  const Tensor described = reader.get_tensor(kObjectGraphKey);
  if (described.dtype() != string || described.num_elements() != 1) {
    throw ValueError("The checkpoint's graph of objects is damaged");
  }
  return ObjectGraph::parse(*described.data<std::string>());
}

// The value as the variable takes it. ValueError: it is of another type or shape.
Tensor value_for(const Variable& variable, const std::string& key, const CheckpointReader& reader) {
  Tensor value = reader.get_tensor(key);
  if (value.dtype() != base_type(variable.dtype())) {
    throw ValueError(fmt::format("The checkpoint has {} of type {}, and the variable is of type {}", key,
                                 dtype_name(value.dtype()), dtype_name(base_type(variable.dtype()))));
  }
  if (!variable.shape().compatible_with(value.shape())) {
    throw ValueError(fmt::format("The checkpoint has {} of shape {}, and the variable is of shape {}", key,
                                 client::python_shape(value.shape()), client::python_shape(variable.shape())));
  }
  return value;
}

// The node of `graph` that each object is, -1 for those that it doesn't have. Objects stand behind one that they are children
// of, and slots last.
template <typename Named>
std::vector<int> nodes_of(const std::vector<Named>& own, const ObjectGraph& graph) {
  std::vector<int> match(own.size(), -1);
  match[0] = 0;
  for (size_t i = 0; i < own.size(); ++i) {
    if (match[i] < 0) continue;
    const ObjectGraph::Node& theirs = graph.nodes[match[i]];
    for (const ObjectGraph::Child& child : own[i].node.children) {
      const auto it = std::ranges::find(theirs.children, child.name, &ObjectGraph::Child::name);
      if (it != theirs.children.end() && match[child.node] < 0) match[child.node] = it->node;
    }
  }
  for (size_t i = 0; i < own.size(); ++i) {
    if (match[i] < 0) continue;
    for (const ObjectGraph::Slot& slot : own[i].node.slots) {
      for (const ObjectGraph::Slot& theirs : graph.nodes[match[i]].slots) {
        if (theirs.name == slot.name && theirs.original == match[slot.original]) match[slot.node] = theirs.node;
      }
    }
  }
  return match;
}

}  // namespace

struct LoadStatus::State {
  const Checkpoint* checkpoint;
  std::optional<CheckpointReader> reader;
  std::set<const graph::Node*> restored;  // variables

  Checkpoint::Matches match() const { return checkpoint->match(reader ? &*reader : nullptr); }
  // Restores what isn't yet, in one run.
  void restore(const Session& session, const Checkpoint::Matches& matches) {
    std::vector<GraphElement> initializers;
    FeedDict feeds;
    std::set<const graph::Node*> now;
    for (const auto& [variable, key] : matches.found) {
      const graph::Node* node = variable.ref().node();
      if (restored.contains(node) || !now.insert(node).second) continue;
      initializers.push_back(variable.initializer());
      feeds.add(variable.initializer().inputs()[1], value_for(variable, key, *reader));
    }
    if (!initializers.empty()) session.run(initializers, feeds);
    restored.merge(now);
  }
};

Checkpoint::Matches Checkpoint::match(const CheckpointReader* reader) const {
  const std::vector<Named> own = objects();
  const bool has_graph = reader && reader->has_tensor(kObjectGraphKey);
  const ObjectGraph graph = has_graph ? graph_of(*reader) : ObjectGraph();
  const std::vector<int> nodes = has_graph ? nodes_of(own, graph) : std::vector<int>(own.size(), -1);
  Matches matches;
  std::set<std::string> used;
  if (has_graph) used.insert(kObjectGraphKey);
  for (size_t i = 0; i < own.size(); ++i) {
    const Variable* variable = own[i].object.variable();
    if (!variable) continue;
    std::string key = variable->op().name();  // as Savers have it
    if (has_graph) {
      key.clear();
      if (nodes[i] >= 0) {
        const auto& attributes = graph.nodes[nodes[i]].attributes;
        const auto it = std::ranges::find(attributes, kVariableValue, &ObjectGraph::Attribute::name);
        if (it != attributes.end()) key = it->key;
      }
    }
    if (reader && !key.empty() && reader->has_tensor(key)) {
      used.insert(key);
      matches.found.emplace_back(*variable, std::move(key));
    } else {
      matches.unmatched.push_back(own[i]);
    }
  }
  if (!reader) return matches;
  for (const auto& [key, shape] : reader->get_variable_to_shape_map()) {
    if (!used.contains(key)) matches.unused_keys.push_back(key);
  }
  return matches;
}

LoadStatus Checkpoint::restore(const Session& session, const std::optional<std::string>& save_path) const {
  auto state = std::make_shared<LoadStatus::State>();
  state->checkpoint = this;
  if (save_path) state->reader.emplace(*save_path);
  state->restore(session, state->match());
  return LoadStatus(std::move(state));
}

const LoadStatus& LoadStatus::assert_existing_objects_matched() const {
  for (const Checkpoint::Named& each : state_->match().unmatched) {
    // Checkpoints that write() or a Saver has written don't count savings.
    if (*each.object.variable() == state_->checkpoint->save_counter()) continue;
    throw ValueError("Object not assigned a value from checkpoint: " + each.name);
  }
  return *this;
}

const LoadStatus& LoadStatus::assert_consumed() const {
  assert_existing_objects_matched();
  const Checkpoint::Matches matches = state_->match();
  if (matches.unused_keys.empty()) return *this;
  throw ValueError("Unresolved object in checkpoint: " + matches.unused_keys.front());
}

const LoadStatus& LoadStatus::run_restore_ops(const Session& session) const {
  state_->restore(session, state_->match());
  return *this;
}

void LoadStatus::initialize_or_restore(const Session& session) const {
  run_restore_ops(session);
  std::vector<GraphElement> initializers;
  for (const Variable& variable : unmatched_variables()) initializers.push_back(variable.initializer());
  if (!initializers.empty()) session.run(initializers);
}

std::vector<Variable> LoadStatus::unmatched_variables() const {
  std::vector<Variable> variables;
  for (const Checkpoint::Named& each : state_->match().unmatched) variables.push_back(*each.object.variable());
  return variables;
}

}  // namespace reflow::train
