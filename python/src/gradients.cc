// Gradients, and the gradient functions that programs register.

#include "reflow/client/gradients.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reference.h"
#include "reflow/op/gradient.h"

namespace reflow::python {
namespace {

std::vector<Gradient> gradients_of(const std::vector<Output>& ys, const std::vector<nb::object>& xs,
                                   const std::vector<Gradient>& grad_ys, nb::handle name, bool colocate,
                                   bool gate, int aggregation_method, const std::vector<Output>& stop_gradients,
                                   bool zeros_if_unconnected) {
  std::vector<GradientSource> sources;
  for (const nb::object& x : xs) {
    if (const Variable* variable = as_variable(x.ptr())) sources.emplace_back(*variable);
    else sources.emplace_back(output_from_python(x));
  }
  GradientsOptions options{.grad_ys = grad_ys, .name = name_from_python(name), .colocate_gradients_with_ops = colocate,
                           .gate_gradients = gate,
                           .aggregation_method = static_cast<AggregationMethod>(aggregation_method),
                           .stop_gradients = stop_gradients};
  if (zeros_if_unconnected) options.unconnected_gradients = UnconnectedGradients::ZERO;
  return gradients(GradientTargets(ys), GradientSources(std::move(sources)), options);
}

// What a Python gradient function gives: one value, or a sequence of them.
std::vector<Gradient> gradients_from_python(nb::handle result) {
  std::vector<Gradient> gradients;
  if (PyList_Check(result.ptr()) || PyTuple_CheckExact(result.ptr())) {
    for (nb::handle gradient : result) gradients.push_back(gradient_from_python(gradient));
  } else {
    gradients.push_back(gradient_from_python(result));
  }
  return gradients;
}

// What stands for the op in the call of a gradient function. One that has run has no object of its own.
nb::object op_argument(const Operation& op) {
  graph::Node* node = op.node();
  if (!graph::is_immediate(node->graph())) return operation_object(node);
  static nb::handle mock = package_attribute("eager.backprop", "_MockOp").release();
  nb::dict attrs;
  for (const auto& [name, value] : node->attrs()) attrs[name.c_str()] = attr_to_python(value);
  nb::list inputs, outputs;
  for (const Output& input : op.inputs()) inputs.append(tensor_object(input));
  for (const Output& output : op.outputs()) outputs.append(tensor_object(output));
  return mock(attrs, inputs, outputs, op.type());
}

void register_gradient(const std::string& op_type, nb::callable function) {
  RegisterGradient(op_type, [function = Reference(function.ptr())](const Operation& op,
                                                                   const std::vector<Output>& grads) {
    const nb::gil_scoped_acquire gil;
    nb::list arguments;
    arguments.append(op_argument(op));
    for (const Output& grad : grads) arguments.append(tensor_object(grad));
    const nb::object result = nb::handle(function.get())(*nb::tuple(arguments));
    return gradients_from_python(result);
  });
}

}  // namespace

void bind_gradients(nb::module_& m) {
  m.def("gradients", gradients_of);
  m.def("register_gradient", register_gradient);
  m.def("not_differentiable", [](const std::string& op_type) { NotDifferentiable(op_type); });
  m.def("gradient_kind", [](const std::string& op_type) {
    op::GradFn fn;
    switch (op::GradientRegistry::global().find(op_type, &fn)) {
      case op::GradientRegistry::Kind::kNone: return "none";
      case op::GradientRegistry::Kind::kFunction: return "function";
      case op::GradientRegistry::Kind::kUnregistered: break;
    }
    return "unregistered";
  });
}

}  // namespace reflow::python
