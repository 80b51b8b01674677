#pragma once

#include <any>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/output.h"

namespace reflow {

namespace graph {
class Graph;
}
namespace client {
struct GraphState;
}

// A dataflow graph: its operations and what programs keep with them (collections, the random seed, variable scopes). A
// handle: copies are the same graph, which lives as long as one of them, a session or a default-graph scope does. Any
// thread may build and run; each has name scopes of its own.
class Graph {
 public:
  Graph();  // a new, empty one

  // Makes this the graph that functions build in, for the calling thread, until the returned object dies.
  class DefaultScope;
  [[nodiscard]] DefaultScope as_default() const;

  // KeyError: "The name 'x' refers to an Operation not in the graph.".
  Operation get_operation_by_name(std::string_view name) const;
  // "name:0". ValueError: it isn't a tensor's name. KeyError: there is no such tensor.
  Output get_tensor_by_name(std::string_view name) const;
  // An operation's or a tensor's name.
  GraphElement as_graph_element(std::string_view name) const;
  // In the order of their making.
  std::vector<Operation> get_operations() const;

  // `name`, or `name_1`, ...: one that is not in use yet, below the current name scope.
  std::string unique_name(std::string_view name, bool mark_as_used = true) const;
  // The current name scope, "" or "outer/inner".
  std::string get_name_scope() const;

  // From now on an operation added is a RuntimeError: "Graph is finalized and cannot be modified.".
  void finalize() const;
  bool finalized() const;
  std::optional<int64_t> seed() const;
  uint64_t version() const;

  bool is_feedable(const GraphElement& element) const;
  bool is_fetchable(const GraphElement& element) const;
  void prevent_feeding(const GraphElement& element) const;
  void prevent_fetching(const GraphElement& element) const;

  // A serialized GraphDef.
  std::string as_graph_def(bool add_shapes = false) const;

  // Collections; the functions of client/collections.h do the same for the default graph.
  void add_item(std::string_view collection, std::any item) const;
  std::vector<std::any> get_items(std::string_view collection) const;
  void clear_collection(std::string_view collection) const;
  std::vector<std::string> get_all_collection_keys() const;

  bool operator==(const Graph& other) const { return state_ == other.state_; }
  graph::Graph& impl() const;
  client::GraphState& state() const { return *state_; }
  explicit Graph(std::shared_ptr<client::GraphState> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<client::GraphState> state_;
};

class [[nodiscard]] Graph::DefaultScope {
 public:
  explicit DefaultScope(const Graph& graph);
  ~DefaultScope();
  DefaultScope(const DefaultScope&) = delete;
  DefaultScope& operator=(const DefaultScope&) = delete;
};

// The graph of the innermost as_default() of this thread, else the thread's own default graph.
Graph get_default_graph();
// Gives the thread a new default graph. RuntimeError within an as_default().
void reset_default_graph();

struct ImportGraphDefOptions {
  std::map<std::string, Output> input_map;   // "name:0" in the GraphDef -> what takes its place
  std::vector<std::string> return_elements;  // "name" or "name:0" in the GraphDef
  std::string name = "import";               // prefix; "": none
};
// Adds the nodes of a serialized GraphDef to the default graph; gives the elements asked for.
// ValueError: it is none, or a node, an attribute or an input in it is wrong.
std::vector<GraphElement> import_graph_def(std::string_view graph_def, const ImportGraphDefOptions& options = {});

// The seed of the default graph's random ops that have none of their own.
void set_random_seed(int64_t seed);
// The attributes `seed` and `seed2` of a random op with seed `op_seed`, made now.
struct Seeds {
  int64_t seed = 0, seed2 = 0;
};
Seeds get_seed(std::optional<int64_t> op_seed);

}  // namespace reflow
