#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// Where an op belongs in control flow: a branch of a cond, or a loop (graph/while_context.h). create_op calls add_op for
// each op made in the context, which routes values from outside through Switch or Enter. Owned by the graph, under whose
// mutex it is used.
class ControlFlowContext {
 public:
  ControlFlowContext(std::string name, ControlFlowContext* outer);
  virtual ~ControlFlowContext() = default;
  ControlFlowContext(const ControlFlowContext&) = delete;
  ControlFlowContext& operator=(const ControlFlowContext&) = delete;

  const std::string& name() const { return name_; }
  ControlFlowContext* outer() const { return outer_; }
  // The contexts within this one, in the order of their making.
  const std::vector<ControlFlowContext*>& nested() const { return nested_; }
  virtual bool is_while() const { return false; }

  // `node` has just been made in this context: makes its inputs come from inside, and gives it the pivot as control
  // input when nothing else here makes it run.
  virtual Status add_op(Node* node) { return adopt(node); }
  // The same, without regard to gradients in whose making the node is made.
  virtual Status adopt(Node* node) = 0;
  // `value`, from outside or inside, as seen inside.
  virtual StatusOr<Endpoint> add_value(Endpoint value) = 0;
  // `value` has been seen here, or in a context within this one: it needs no way in.
  void mark_seen(Endpoint value) { values_.emplace(value, Endpoint{}); }
  // The node that tells that the context is executed: the control input of ops without inputs. Null: there is none yet.
  virtual Node* pivot() const = 0;

  // Names of the values seen, sorted, and outer name -> inner value: ValuesDef.
  std::vector<std::string> values() const;
  std::vector<std::pair<std::string, Endpoint>> external_values() const;
  // `value` from outside is `inside` here.
  void set_external_value(Endpoint value, Endpoint inside) { values_[value] = inside; }

 protected:
  struct EndpointHash {
    size_t operator()(const Endpoint& e) const { return std::hash<const void*>()(e.node) * 31 + e.index; }
  };
  // Takes away the control inputs that aren't made in the innermost loop around this context, and gives them.
  std::vector<Node*> remove_external_control_inputs(Node* node);
  // What has been seen here, with what stands for it inside where that is another tensor.
  std::unordered_map<Endpoint, Endpoint, EndpointHash> values_;

 private:
  friend class EnteredContext;
  friend class LeftContext;
  std::string name_;
  ControlFlowContext* outer_;
  std::vector<ControlFlowContext*> nested_;
  std::vector<ControlFlowContext*> entered_from_;  // the contexts that were current when it was entered
};

// A branch of tf.cond.
class CondContext : public ControlFlowContext {
 public:
  // `pred` is the predicate, `pivot` the Identity of the Switch's side; branch 1: true.
  CondContext(std::string name, ControlFlowContext* outer, Endpoint pred, Node* pivot, int branch);
  Status adopt(Node* node) override;
  StatusOr<Endpoint> add_value(Endpoint value) override;
  Node* pivot() const override { return pivot_; }
  Endpoint pred() const { return pred_; }
  int branch() const { return branch_; }
  // Result of a branch: inside the context, so that Merge can take it.
  StatusOr<Endpoint> build_result(Endpoint value);

 private:
  Status make_switch(Endpoint value, Endpoint* inside);
  Endpoint pred_;
  Node* pivot_;
  int branch_;
};

// True when `node` was made in `context` or in a context within it.
bool is_in_context(const Node& node, const ControlFlowContext* context);
// True when `context` is `inner` or contains it.
bool contains(const ControlFlowContext* context, const ControlFlowContext* inner);
// The context in which the outputs of `node` are: an Exit's is the one around its loop.
ControlFlowContext* output_context(const Node& node);

bool is_switch(const Node& node);  // Switch, or RefSwitch; likewise:
bool is_enter(const Node& node);
bool is_exit(const Node& node);

// data switched by pred, placed with data: Switch or RefSwitch.
StatusOr<Node*> switch_ref_or_tensor(Endpoint data, Endpoint pred, std::string name = "");

// Makes known of `value`'s shape what `shape` says. False: they contradict each other.
bool refine_shape(Endpoint value, const Shape& shape);

// Makes `context` the current one, while it lives.
class EnteredContext {
 public:
  EnteredContext(Graph& graph, ControlFlowContext* context);
  ~EnteredContext();
  EnteredContext(const EnteredContext&) = delete;
  EnteredContext& operator=(const EnteredContext&) = delete;

 private:
  GraphScope& scope_;
  ControlFlowContext* context_;
};

// Goes back to the context from which `context` was entered last, while it lives. REQUIRES: it is entered.
class LeftContext {
 public:
  LeftContext(Graph& graph, ControlFlowContext* context);
  ~LeftContext();
  LeftContext(const LeftContext&) = delete;
  LeftContext& operator=(const LeftContext&) = delete;

 private:
  GraphScope& scope_;
  ControlFlowContext* context_;
};

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
