#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reflow/client/gradients.h"
#include "reflow/client/output.h"
#include "reflow/client/variable.h"
#include "reflow/graph/graph_to_function.h"
#include "reflow/graph/immediate.h"
#include "reflow/op/gradient.h"

namespace reflow::function {

struct BackwardFunction;

// What tf.function makes of a function of tensors for arguments of given types and shapes: a body of ops, traced once, that
// PartitionedCall and StatefulPartitionedCall ops call by name. Tensors and variables of other graphs that the body uses
// become arguments, given by each call; variables that it makes are made outside of it, where it is traced. Ops with side
// effects run, in their order. Its gradient calls a backward function, to which the forward call hands what it has computed:
// for that a call that is differentiated becomes one of a forward function with more outputs. Not thread-safe.
class TracedFunction : public std::enable_shared_from_this<TracedFunction> {
 public:
  struct Argument {
    std::string name;
    DType dtype;
    Shape shape;
  };
  using Body = std::function<std::vector<Output>(const std::vector<Output>& arguments)>;

  // Calls `body` with placeholders, in a graph of its own. The function's name has `name` and a number in it.
  static std::shared_ptr<TracedFunction> trace(const std::string& name, const std::vector<Argument>& arguments,
                                                 const Body& body);
  ~TracedFunction();

  const std::string& name() const { return outline_.name; }
  // REQUIRES: it was traced.
  const Graph& graph() const { return *graph_; }
  // The placeholders of arguments, and then of what is captured.
  std::vector<Output> inputs() const;
  std::vector<Output> outputs() const;
  const std::vector<Output>& captured() const { return captured_; }
  const std::vector<Variable>& created_variables() const { return created_; }
  bool is_stateful() const { return is_stateful_; }

  // Adds it to the library of the default graph.
  void add_to_graph();
  // Adds a call with the captured tensors to the default graph, or runs it; the results.
  Operation call(const std::vector<Output>& arguments);

  // For who records what runs by himself. The results of call_forward are those of call, and more that the backward function
  // takes.
  Operation call_forward(const std::vector<Output>& arguments);
  // dL/dx of each argument and captured tensor, from dL/dy of each result and all that call_forward has given.
  std::vector<Gradient> call_backward(const std::vector<Output>& dys, const std::vector<Output>& forward_results);

 private:
  friend struct BackwardFunction;
  TracedFunction() = default;
  graph::Graph& body() const { return graph_ ? graph_->impl() : *own_; }
  void finish();
  void forget_foreign_colocation();
  void add_to(graph::Graph* library);
  BackwardFunction& backward();
  void register_gradient();
  Operation make_call(const std::vector<Output>& inputs, const std::string& function, const graph::FunctionOutline& outline);
  graph::AttrMap call_attrs(const std::string& function, const std::vector<graph::Endpoint>& outputs) const;
  Status differentiate(op::GradContext& g);

  std::string base_name_;
  std::unique_ptr<Graph> graph_;        // of a traced body
  std::unique_ptr<graph::Graph> own_;   // of a backward one
  std::unique_ptr<graph::Graph> written_;  // the body as it was before gradients of it were asked for
  graph::FunctionOutline outline_;
  std::vector<Output> captured_;
  std::vector<graph::NodeRef> held_;  // what is captured and has its value
  std::vector<Variable> created_;
  bool is_stateful_ = false;
  std::string gradient_name_;
  std::unique_ptr<BackwardFunction> backward_;
};

}  // namespace reflow::function
