#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// Runs ops as soon as they are made. One graph of the process is not built but executed: what create_op makes in it has
// its values when create_op returns, and is no part of the graph's structure. It has no consumers, its name is nobody
// else's business, and it lives as long as somebody holds it (NodeRef). Inputs are known while the op runs, and after
// that only where a tape has recorded it. eager/ implements the interface. Thread-safe.
class ImmediateExecutor {
 public:
  virtual ~ImmediateExecutor() = default;
  // A node of `spec` whose outputs are computed; `name` is what the caller calls it, for messages. The thread's
  // innermost scope of eager execution holds it. Errors of the kernel are is_execution_error().
  virtual StatusOr<Node*> execute(NodeSpec spec, std::string_view name) = 0;
  // NotFound: what is said of an op that has no kernel for types that it is given.
  virtual Status no_kernel(const OpDef& op) const = 0;
  // The value of an output; !valid(): it is a reference to a variable that has none.
  virtual Tensor value(Endpoint e) = 0;

  virtual void retain(const Node* node) = 0;
  virtual void release(const Node* node) = 0;

  // Remembers what the handle that `node` gives belongs to: tapes watch handles that are `trainable`, when they are read.
  virtual void set_owner(const Node* node, std::weak_ptr<void> owner, bool trainable) = 0;
  virtual std::shared_ptr<void> owner(const Node* node) = 0;

  // The seed of a random op that has none of its own. REQUIRES: the graph has a seed.
  virtual int64_t next_op_seed() = 0;
  // The graph's seed has been set: starts the sequence of next_op_seed(), and that of each random op, anew.
  virtual void seed_changed() = 0;
};

namespace immediate_internal {
inline std::atomic<const Graph*> graph{nullptr};
inline std::atomic<ImmediateExecutor*> executor{nullptr};
}  // namespace immediate_internal

// What makes the executor of a graph; it lives until the process ends. Registered by eager/ when it is loaded.
using MakeImmediateExecutor = ImmediateExecutor* (*)(Graph& graph);
void set_immediate_executor(MakeImmediateExecutor make);
// Has ops of `graph`, which is empty and lives until the process ends, run at once: once in a process.
void make_immediate(Graph& graph);

inline bool is_immediate(const Graph& graph) {
  return immediate_internal::graph.load(std::memory_order_relaxed) == &graph;
}
// Who runs the ops of `graph`; null: it is built as other graphs are.
inline ImmediateExecutor* immediate_executor(const Graph& graph) {
  return is_immediate(graph) ? immediate_internal::executor.load(std::memory_order_acquire) : nullptr;
}

// Holds a node of the immediate graph; of a node of another graph, which holds its nodes itself, nothing.
class NodeRef {
 public:
  NodeRef() = default;
  explicit NodeRef(Node* node) {
    if (node == nullptr) return;
    if (ImmediateExecutor* executor = immediate_executor(node->graph())) {
      executor->retain(node);
      node_ = node;
    }
  }
  NodeRef(NodeRef&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodeRef& operator=(NodeRef&& other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  NodeRef(const NodeRef& other) : NodeRef(other.node_) {}
  NodeRef& operator=(const NodeRef& other) { return *this = NodeRef(other); }
  ~NodeRef() {
    if (node_ != nullptr) immediate_internal::executor.load(std::memory_order_acquire)->release(node_);
  }

 private:
  Node* node_ = nullptr;
};

// An error of an op that ran, not of one that is being built: callers raise the classes of tf.errors for it.
Status execution_error(Status status);
bool is_execution_error(const Status& status);

}  // namespace reflow::graph
