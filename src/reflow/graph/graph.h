#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/node.h"
#include "reflow/graph/scope.h"

namespace reflow::graph {

class FunctionLibrary;  // graph/function_library.h

// GraphDef.versions.
struct GraphVersions {
  int producer = 134, min_consumer = 0;
  std::vector<int> bad_consumers;
};

// What add_node needs to know of a node. Attributes and types are taken as they are: graph/node_builder.h infers and
// checks them, and is what everything above makes ops with (create_op).
struct NodeSpec {
  std::string name;
  const OpDef* op = nullptr;
  std::vector<Endpoint> inputs;
  std::vector<Node*> control_inputs;
  AttrMap attrs;
  std::vector<DType> output_types;
  std::string device;
  bool marks_name = true;  // false: mark_name() is called when it's certain that the node stays
};

// A dataflow graph: nodes, edges, a function library, versions, and the names in use. Nodes are only added by users;
// passes work on copies, where nodes are removed and rewired too. Any thread may use it under mutex(); the functions
// here don't lock by themselves, but for scope(), which belongs to the calling thread.
class Graph {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // Guards all that the graph holds. create_op, sessions and exports take it.
  std::recursive_mutex& mutex() const { return mutex_; }
  // Process-unique; never used again.
  uint64_t id() const { return id_; }
  // Grows with each change, so that sessions see that there is something new.
  uint64_t version() const { return version_; }

  // Ids of nodes run from 0 to num_node_ids(); node(id) is null where a pass has removed it.
  int num_node_ids() const { return static_cast<int>(nodes_.size()); }
  int num_nodes() const { return num_nodes_; }
  Node* node(int id) const { return nodes_[id].get(); }
  Node* find(std::string_view name) const;
  std::vector<Node*> nodes() const;  // those that exist, in order of creation

  // AlreadyExists: the name is taken. FailedPrecondition: the graph is finalized.
  StatusOr<Node*> add_node(NodeSpec spec);
  Status set_input(Node* node, int i, Endpoint source);
  void add_input(Node* node, Endpoint source);  // appended (Merge of a loop gets its second input late)
  void remove_input(Node* node, int i);
  void add_control_input(Node* node, Node* source);  // nothing when there already
  void remove_control_inputs(Node* node);
  void remove_control_input(Node* node, Node* source);
  // Every consumer of `from` reads `to` instead. Control edges stay.
  void replace_uses(Endpoint from, Endpoint to);
  // REQUIRES: no consumers. Also gives up its inputs.
  void remove_node(Node* node);
  // Undoes add_node. REQUIRES: the newest node, without consumers. Its name stays in use, as after an error in TensorFlow.
  void drop_newest_node(Node* node);
  // The same for many nodes, in time linear in the edges at both of their ends. REQUIRES: no consumers but among them.
  void remove_nodes(std::span<Node* const> nodes);
  // Changes the type of a node to another op with the same inputs and outputs (used by ref forms).
  void set_op(Node* node, const OpDef* op, std::vector<DType> output_types);
  // Makes the node compute something else: op, inputs, control inputs, attributes and output types become those of
  // `spec`. Name, device, place in the order of creation and consumers stay; shapes of outputs are unknown then.
  void rewrite_node(Node* node, NodeSpec spec);

  // `name`, or `name_1`, `name_2`, ...: the first that isn't taken, without regard to case, as TensorFlow numbers them;
  // the scope of this thread is put in front. mark_as_used: false only asks.
  std::string unique_name(std::string_view name, bool mark_as_used = true);
  // The same for a full name, without the scope.
  std::string unique_full_name(std::string_view name, bool mark_as_used = true);

  // Takes note that a full name is in use.
  void mark_name(const std::string& name);

  // The calling thread's stacks of name scopes, devices, control dependencies, colocation.
  GraphScope& scope();

  void finalize() { finalized_ = true; }
  void unfinalize() { finalized_ = false; }
  bool finalized() const { return finalized_; }
  // Random seed of tf.set_random_seed; has_seed: was it set.
  bool has_seed = false;
  int64_t seed = 0;

  // Pairs of static shapes for which a gradient has made a BroadcastGradientArgs node: there is one of each in a graph.
  std::set<std::pair<std::vector<int64_t>, std::vector<int64_t>>> broadcast_gradients;
  // Static shapes and axes for which the gradient of a Sum has made the nodes that compute the reduced shape.
  std::set<std::pair<std::vector<int64_t>, std::vector<int64_t>>> reduced_shapes;

  GraphVersions versions;
  FunctionLibrary& functions() { return *functions_; }
  const FunctionLibrary& functions() const { return *functions_; }

  // What the layer above keeps with the graph (client/graph_state.h); opaque here.
  void* owner = nullptr;

  // The control-flow contexts of the graph; it owns them.
  void own_context(std::unique_ptr<ControlFlowContext> context);

  // Nodes whose value may not be fed or fetched (made by cond and while): true forbids.
  void prevent_feeding(const Node* node);
  void prevent_fetching(const Node* node);
  bool is_feedable(const Node* node) const;
  bool is_fetchable(const Node* node) const;

  // A deep copy of the nodes in `keep` (all when empty) with their edges among each other. Ids are new; `mapping`, when
  // given, is filled with the copy of each node by its old id (null: left out). Same functions, shared.
  std::unique_ptr<Graph> copy(std::span<Node* const> keep = {}, std::vector<Node*>* mapping = nullptr) const;

 private:
  struct Names;
  struct Scopes;
  Node* append(std::unique_ptr<Node> node);
  void drop_consumer(Node* source, const Node* node, int input);
  mutable std::recursive_mutex mutex_;
  uint64_t id_, version_ = 0;
  std::vector<std::unique_ptr<Node>> nodes_;
  int num_nodes_ = 0;
  std::unique_ptr<Names> names_;
  std::unique_ptr<Scopes> scopes_;
  std::shared_ptr<FunctionLibrary> functions_;
  std::vector<std::unique_ptr<ControlFlowContext>> contexts_;
  bool finalized_ = false;
};

}  // namespace reflow::graph
