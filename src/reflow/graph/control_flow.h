#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// Where an op belongs in control flow: a branch of a cond, or a loop body. create_op calls add_op for each op made in
// the context, which routes values from outside through Switch or Enter. Owned by the graph.
class ControlFlowContext {
 public:
  explicit ControlFlowContext(std::string name, ControlFlowContext* outer) : name_(std::move(name)), outer_(outer) {}
  virtual ~ControlFlowContext() = default;
  const std::string& name() const { return name_; }
  ControlFlowContext* outer() const { return outer_; }
  virtual bool is_while() const { return false; }
  bool is_cond() const { return !is_while(); }

  // `node` has just been made in this context: makes its inputs come from inside, and gives it the pivot as control
  // input when it has no inputs from here.
  virtual Status add_op(Node* node) = 0;
  // `value`, from outside or inside, as seen inside.
  virtual StatusOr<Endpoint> add_value(Endpoint value) = 0;
  // Tells of an op made in a context within this one.
  virtual Status add_inner_op(Node* node) { return outer_ ? outer_->add_inner_op(node) : OkStatus(); }
  // `value` has been seen in a context within this one: it needs no way in.
  virtual void mark_seen(Endpoint value) = 0;
  // The node that tells that the context is executed: the control input of ops without inputs.
  virtual Node* pivot() const = 0;

 private:
  std::string name_;
  ControlFlowContext* outer_;
};

// A branch of tf.cond.
class CondContext : public ControlFlowContext {
 public:
  // `pred` is the predicate, `pivot` the Identity of the Switch's side; branch 1: true.
  CondContext(std::string name, ControlFlowContext* outer, Endpoint pred, Node* pivot, int branch);
  Status add_op(Node* node) override;
  StatusOr<Endpoint> add_value(Endpoint value) override;
  Node* pivot() const override { return pivot_; }
  Endpoint pred() const { return pred_; }
  int branch() const { return branch_; }
  // Result of a branch: inside the context, so that Merge can take it.
  StatusOr<Endpoint> build_result(Endpoint value);
  void mark_seen(Endpoint value) override { values_.emplace(value, Endpoint{}); }
  // Names of inner values, sorted, and outer name -> inner value: CondContextDef.values_def.
  std::vector<std::string> values() const;
  std::vector<std::pair<std::string, Endpoint>> external_values() const;

 private:
  struct EndpointHash {
    size_t operator()(const Endpoint& e) const { return std::hash<const void*>()(e.node) * 31 + e.index; }
  };
  Status make_switch(Endpoint value, Endpoint* inside);
  Endpoint pred_;
  Node* pivot_;
  int branch_;
  // What has been seen here, with what stands for it inside where that is another tensor.
  std::unordered_map<Endpoint, Endpoint, EndpointHash> values_;
};

// True when `node` was made in `context` or in a context within it.
bool is_in_context(const Node& node, const ControlFlowContext* context);

// The innermost loop that contains `context`, itself included; null: none.
const ControlFlowContext* containing_while(const ControlFlowContext* context);

// While it lives, ops are made without control dependencies and outside of any control-flow context.
class NoControlDependencies {
 public:
  explicit NoControlDependencies(Graph& graph);
  ~NoControlDependencies();
  NoControlDependencies(const NoControlDependencies&) = delete;
  NoControlDependencies& operator=(const NoControlDependencies&) = delete;

 private:
  Graph& graph_;
  ControlFlowContext* saved_;
};

// While it lives, ops are made with `node`, and where asked not with what was said before; devices of outer scopes don't
// count: tf.colocate_with.
class ColocateWith {
 public:
  ColocateWith(Graph& graph, Node* node, bool ignore_existing = false);
  ~ColocateWith();
  ColocateWith(const ColocateWith&) = delete;
  ColocateWith& operator=(const ColocateWith&) = delete;

 private:
  Graph& graph_;
};

}  // namespace reflow::graph
