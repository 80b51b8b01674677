#pragma once

// Functions with gradients of their own.

#include <functional>
#include <vector>

#include "reflow/client/gradients.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow {

// What such a function gives: its results, and the function that computes dL/dx for each argument, and then for each of
// the variables that the results depend on as well, from dL/dy for each result. It is called when gradients are made.
struct CustomGradient {
  std::vector<Output> results;
  std::function<std::vector<Gradient>(const std::vector<Output>& grads)> grad_fn;
  std::vector<Variable> variables;
};
using CustomGradientFunction = std::function<CustomGradient(const std::vector<Output>& args)>;

// Calls `f`, and has gradients() take its grad_fn instead of the gradients of the ops that it makes.
std::vector<Output> custom_gradient(const CustomGradientFunction& f, const TensorList& args);

// Calls `f`, and has gradients() call it once more, after the gradients of its results are there: what it computes
// needn't be kept until then.
std::vector<Output> recompute_grad(const std::function<std::vector<Output>(const std::vector<Output>& args)>& f,
                                   const TensorList& args);

}  // namespace reflow
