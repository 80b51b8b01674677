// Functions with gradients of their own (ops/custom_gradient.py).

#include "reflow/client/custom_gradient.h"

#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "functions.h"
#include "reference.h"

namespace reflow::python {
namespace {

nb::list list_of(const std::vector<Output>& tensors) {
  nb::list list;
  for (const Output& tensor : tensors) list.append(tensor_object(tensor));
  return list;
}

// `function` is called with the arguments as tensors and gives (results, grad_fn, variables); grad_fn is called with the
// gradients of the results and gives those of the arguments and the variables.
std::vector<Output> custom_gradient_of(nb::handle function, nb::handle args) {
  const CustomGradientFunction f = [function](const std::vector<Output>& inputs) {
    const nb::tuple made = nb::cast<nb::tuple>(function(list_of(inputs)));
    CustomGradient result;
    for (nb::handle tensor : made[0]) result.results.push_back(output_from_python(tensor));
    for (nb::handle variable : made[2]) result.variables.push_back(nb::cast<Variable>(variable));
    result.grad_fn = [grad_fn = Reference(nb::object(made[1]).ptr())](const std::vector<Output>& grads) {
      const nb::gil_scoped_acquire gil;
      std::vector<Gradient> gradients;
      for (nb::handle gradient : nb::object(nb::handle(grad_fn.get())(list_of(grads)))) {
        gradients.push_back(gradient_from_python(gradient));
      }
      return gradients;
    };
    return result;
  };
  return custom_gradient(f, list_from_python(args));
}

}  // namespace

void bind_custom_gradients(nb::module_& m) { m.def("custom_gradient", custom_gradient_of); }

}  // namespace reflow::python
