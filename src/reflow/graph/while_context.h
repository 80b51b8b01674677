#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/graph/control_flow.h"

namespace reflow::graph {

class WhileContext;

// How the context of a gradient loop gets at the values of its forward loop: what it reads of one iteration is kept on a
// stack. autodiff/ implements it; ops made in the gradient loop need not know.
class ForwardHistory {
 public:
  virtual ~ForwardHistory() = default;
  virtual WhileContext* forward_context() const = 0;
  // `value` of the forward loop as it was in the iteration that the gradient loop is in.
  virtual StatusOr<Endpoint> real_value(Endpoint value) = 0;
};

// A while loop: its frame, the nodes that steer it, and the ways of values into and out of it.
class WhileContext : public ControlFlowContext {
 public:
  struct Options {
    Endpoint maximum_iterations;  // none: no limit
    int parallel_iterations = 10;
    bool back_prop = true, swap_memory = false;
  };
  WhileContext(std::string name, ControlFlowContext* outer, Options options)
      : ControlFlowContext(std::move(name), outer), options_(options) {}

  bool is_while() const override { return true; }
  Status add_op(Node* node) override;
  Status adopt(Node* node) override;
  StatusOr<Endpoint> add_value(Endpoint value) override;
  // That of the body, or before there is one that of the predicate.
  Node* pivot() const override { return pivot_for_body ? pivot_for_body.node : pivot_for_pred.node; }
  const Options& options() const { return options_; }

  // An Enter of `value` into the frame; the caller fixes its context.
  StatusOr<Endpoint> enter(Endpoint value, bool is_constant, bool keeps_shape = true, std::string name = "Enter");
  // Makes an Enter belong here, with those of the scope's control inputs that come from contexts around the loop.
  void fix_control_inputs(Endpoint enter);
  // Forgets all values but these.
  void set_values(const std::vector<Endpoint>& values);
  // The values are seen in the context around the loop.
  void exit_result(const std::vector<Endpoint>& exits);

  Endpoint pivot_for_pred;  // controls what the predicate makes without inputs
  Endpoint pivot_for_body;  // the same for the body
  Endpoint condition;       // LoopCond: whether there is another iteration
  std::vector<Endpoint> loop_enters, loop_exits;  // of the loop variables, counters of gradients included
  // Of a gradient loop; null in others.
  std::unique_ptr<ForwardHistory> history;

 private:
  bool depends_on_invariants_only(const Node& node) const;
  Status pull_in(Node* node, const std::vector<Node*>& external_controls);
  Options options_;
};

// The innermost loop that contains `context`, itself included; null: none.
WhileContext* containing_while(ControlFlowContext* context);

// True for the Switch of a loop variable.
bool is_loop_switch(const Node& node);
// The constant Enter that brings `value` into its loop, looked for through Switch and Identity; null: there is none.
Node* constant_enter_of(Endpoint value);

// The steps of building a while loop, in this order; the context has been entered.
class WhileBuilder {
 public:
  WhileBuilder(Graph& graph, WhileContext* context) : graph_(graph), context_(context) {}

  // Enter and Merge of each variable: what the predicate reads. Shapes are those that hold in all iterations.
  // InvalidArgument: "The shape invariant specified for {} is not compatible with the initial shape ...".
  StatusOr<std::vector<Endpoint>> begin(const std::vector<Endpoint>& loop_vars, const std::vector<Shape>& invariants);
  // LoopCond, and Switch and Identity of each variable: what the body reads.
  StatusOr<std::vector<Endpoint>> set_condition(Endpoint condition);
  // NextIteration of each result of the body, and the Exits.
  // InvalidArgument: "Input tensor '{}' enters the loop with shape {}, but has shape {} after one iteration. ...", and
  // another number or other types than those of the variables.
  StatusOr<std::vector<Endpoint>> end(const std::vector<Endpoint>& results);

 private:
  Graph& graph_;
  WhileContext* context_;
  std::vector<Endpoint> merges_;
  std::vector<Node*> switches_;
};

// Closes the loop of `merge` with `value`, by a NextIteration.
StatusOr<Endpoint> add_back_edge(Endpoint merge, Endpoint value);

}  // namespace reflow::graph
