#pragma once

// The functions of conds and loops that are ops (If, Case, While). Not for users.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/output.h"
#include "reflow/graph/graph_to_function.h"

namespace reflow::client {

// Are conds and loops that are made now ops that call functions?
bool builds_functional_control_flow();
// Makes them so in all graphs; else only in the bodies of functions that tf.function traces, and in those of datasets.
void enable_control_flow_v2(bool enable);
bool control_flow_v2_enabled();

// Part of the graph that is the default one, in a graph of its own: a branch, or the condition or body of a loop. Side effects
// in it are ordered as they are in the graph around it. Not thread-safe.
class BranchFunction {
 public:
  struct Argument {
    std::string name;
    DType dtype;
    Shape shape;
  };
  using Body = std::function<std::vector<Output>(const std::vector<Output>& arguments)>;

  // Calls `body` once. What it takes from the graph around, and `captured` whether or not it does, are further arguments.
  BranchFunction(const std::vector<Argument>& arguments, const std::vector<Output>& captured, const Body& body);

  // The tensors from outside that it takes, in the order of its arguments behind its own.
  const std::vector<Output>& captured() const { return captured_; }
  // The operations from outside that it is to wait for.
  const std::vector<GraphElement>& control_captured() const { return control_captured_; }
  // Takes exactly these, which those captured are among. `named`: what is new is called as outside.
  void take(const std::vector<Output>& tensors, bool named);
  // Gives what it has captured as further results.
  void give_captured();

  std::vector<DType> result_types() const;
  std::vector<Shape> result_shapes() const;
  const Output result(size_t i) const { return {outline_.outputs[i].node, outline_.outputs[i].index}; }
  bool is_stateful() const;
  // Is the tensor of its own graph?
  bool has(const Output& tensor) const;

  // Adds it to the library of the default graph.
  void define(const std::string& name);

 private:
  graph::Endpoint placeholder(DType dtype, const Shape& shape, const std::string& name);

  Graph graph_;
  size_t num_arguments_;
  graph::FunctionOutline outline_;
  std::vector<Output> captured_;
  std::vector<GraphElement> control_captured_;
};

// "{scope}_{name}_{number}", with underscores for slashes.
std::string branch_function_name(const std::string& scope, const std::string& name);
// What the branches take, each tensor once; all of them take these from then on.
// ValueError: "Tensor {} in {} is accessed from {}.", by their `names`.
std::vector<Output> match_captures(const std::vector<BranchFunction*>& branches, const std::vector<std::string>& names);
// What holds of the shapes of each result in all branches.
std::vector<Shape> common_result_shapes(const std::vector<BranchFunction*>& branches);

}  // namespace reflow::client
