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
  // Names of inner values, and outer name -> inner name: CondContextDef.values_def.
  const std::vector<std::string>& values() const { return values_; }
  const std::vector<std::pair<std::string, Endpoint>>& external_values() const { return external_values_; }

 private:
  Endpoint pred_;
  Node* pivot_;
  int branch_;
  std::vector<std::string> values_;
  std::vector<std::pair<std::string, Endpoint>> external_values_;
};

}  // namespace reflow::graph
