#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "reflow/client/gradients.h"
#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow::function {

class DefinedFunction;

struct DefunOptions {
  std::string func_name;               // "": base_name and a hash of the definition
  std::string base_name = "function";
  std::vector<std::string> arg_names;  // "": x_0, x_1, ...
  std::vector<std::string> out_names;
  bool noinline = false;               // calls stay calls
  std::shared_ptr<const DefinedFunction> grad_func;  // arguments and gradients of results -> gradients of arguments
  std::string description;
};

// A function of tensors, defined once and called often: a FunctionDef in the library of the graph that calls it. Its
// body is built when it is first called, in a graph of its own; tensors of other graphs that it uses become arguments,
// given by each call. It has the gradient of its body unless it is given another. A handle.
//
//   const tf::function::Defun cube({tf::float32}, [](const std::vector<tf::Output>& x) { return x[0] * x[0] * x[0]; });
//   const tf::Output y = cube({x})[0];
class Defun {
 public:
  // What a body gives: one tensor, or several.
  struct Results {
    Results(const Output& one) : list{one} {}
    Results(std::vector<Output> several) : list(std::move(several)) {}
    Results(std::initializer_list<Output> several) : list(several) {}
    std::vector<Output> list;
  };
  using Body = std::function<Results(const std::vector<Output>& arguments)>;

  Defun(std::vector<DType> input_types, Body body, DefunOptions options = {});

  // Adds a call to the default graph; its outputs. ValueError: "Expected number of arguments: 2, received: 1".
  std::vector<Output> operator()(const std::vector<TensorLike>& inputs, const std::string& name = "") const;
  Output operator()(const Output& input) const { return (*this)(std::vector<TensorLike>{input}).at(0); }

  // The same with other tensors in place of those that the body has captured: where these aren't to be had, as within
  // another function. ValueError: not as many.
  std::vector<Output> call(const std::vector<TensorLike>& inputs, const std::vector<Output>& captured,
                           const std::string& name = "") const;

  // Known once it has been called, or add_to_graph.
  const std::string& name() const;
  const std::vector<Output>& captured_inputs() const;
  // Builds the body and adds it to the library of the default graph, without a call.
  void add_to_graph() const;
  std::shared_ptr<const DefinedFunction> definition() const { return function_; }

 private:
  std::shared_ptr<DefinedFunction> function_;
};

}  // namespace reflow::function
