#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "reflow/client/output.h"

namespace reflow::function {

// What is known of a tensor before it exists.
struct TensorSpec {
  Shape shape = Shape::unknown();
  DType dtype = DType::kFloat32;
};

using TraceBody = std::function<std::vector<Output>(const std::vector<Output>& arguments)>;

// A function of tensors that is built at once, as tf.function traces one: its body in a graph of its own, what it takes
// from elsewhere as further arguments, its side effects in the order of the program. The library of the graph that is the
// default one has it, named "__inference_{name}_{number}".
class ConcreteFunction {
 public:
  // The arguments are called `args_0`, `args_1`, ....
  ConcreteFunction(const std::string& name, const std::vector<TensorSpec>& arguments, const TraceBody& body);
  const std::string& name() const { return name_; }
  // The tensors of other graphs that it takes, in the order of the arguments behind its own.
  const std::vector<Output>& captured_inputs() const { return captured_; }
  const std::vector<TensorSpec>& results() const { return results_; }
  // Has it nodes with state, those apart that make datasets?
  bool is_stateful() const { return is_stateful_; }

 private:
  std::string name_;
  std::vector<Output> captured_;
  std::vector<TensorSpec> results_;
  bool is_stateful_ = false;
};

// Adds a function without arguments to the library of the default graph, and gives its name: "{name}_{hash}". The nodes
// that its body takes from other graphs are copied into it. `stateful`: names of those that may be copied though they have
// state. ValueError: "Cannot capture a stateful node (name:v, type:VariableV2) by value.", "Cannot capture a placeholder
// (name:p, type:Placeholder) by value.".
std::string define_by_value(const std::string& name, const std::string& description,
                            const std::set<std::string>& stateful, const std::function<Output()>& body);

}  // namespace reflow::function
