#pragma once

// What the client keeps with a graph. Not for users: this header knows the rooms below.

#include <any>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/graph/graph.h"

namespace reflow::client {

struct VariableStore;  // client/variable_store.h

// Where a graph keeps its collections: names, in the order of their first use, with their items. The client has one of
// std::any; a language binding may put one of its own objects in its place. Guards itself.
class CollectionStore {
 public:
  virtual ~CollectionStore() = default;
  virtual void add(std::string_view name, std::any item) = 0;
  virtual std::vector<std::any> items(std::string_view name) const = 0;
  virtual void clear(std::string_view name) = 0;
  virtual std::vector<std::string> names() const = 0;
};
std::unique_ptr<CollectionStore> make_collection_store();

// graph.owner points back to it. Guarded by graph.mutex().
struct GraphState : std::enable_shared_from_this<GraphState> {
  GraphState();
  ~GraphState();
  graph::Graph graph;
  std::unique_ptr<CollectionStore> collections = make_collection_store();
  std::unique_ptr<VariableStore> variables;
  bool functional_control_flow = false;  // conds and loops are ops that call functions (If, While), not Switch and Merge
  bool orders_effects = false;           // a function's body, in which side effects run in the order of the program
  void* binding = nullptr;  // the object of a language binding that stands for the graph; null: none. Not owned
};

// The client's state of the graph of `node`. REQUIRES: the graph was made by tf::Graph.
GraphState& state_of(const graph::Node& node);
inline Graph graph_of(const graph::Node& node) { return Graph(state_of(node).shared_from_this()); }

// The default graph of the thread without the cost of a handle.
GraphState& default_state();
// True for the graph that the thread builds in outside of any as_default().
bool is_bottom_state(const GraphState& state);
inline graph::Graph& default_graph() { return default_state().graph; }

}  // namespace reflow::client
