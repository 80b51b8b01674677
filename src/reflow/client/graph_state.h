#pragma once

// What the client keeps with a graph. Not for users: this header knows the rooms below.

#include <any>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/graph/graph.h"

namespace reflow::client {

struct VariableStore;  // client/variable_store.h

// graph.owner points back to it. Guarded by graph.mutex().
struct GraphState : std::enable_shared_from_this<GraphState> {
  GraphState();
  ~GraphState();
  graph::Graph graph;
  // In the order of their first use.
  std::vector<std::pair<std::string, std::vector<std::any>>> collections;
  std::unique_ptr<VariableStore> variables;

  std::vector<std::any>* find_collection(std::string_view name);
};

// The client's state of the graph of `node`. REQUIRES: the graph was made by tf::Graph.
GraphState& state_of(const graph::Node& node);
inline Graph graph_of(const graph::Node& node) { return Graph(state_of(node).shared_from_this()); }

// The default graph of the thread without the cost of a handle.
GraphState& default_state();
inline graph::Graph& default_graph() { return default_state().graph; }

}  // namespace reflow::client
