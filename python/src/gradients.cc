// Gradients, and the gradient functions that programs register.

#include "reflow/client/gradients.h"

#include <algorithm>

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "reference.h"
#include "reflow/autodiff/emit.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/status_errors.h"
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

op::Gradient to_graph(const Gradient& gradient) {
  if (!gradient) return {};
  if (!gradient.is_slices()) return op::Gradient(client::to_endpoint(gradient.values()));
  const IndexedSlices& slices = gradient.slices();
  return op::Gradient(client::to_endpoint(slices.values), client::to_endpoint(slices.indices),
                      slices.dense_shape.valid() ? client::to_endpoint(slices.dense_shape) : graph::Endpoint());
}

Gradient from_graph(const op::Gradient& gradient) {
  if (!gradient) return {};
  if (!gradient.is_slices()) return Gradient(client::to_output(gradient.values));
  return Gradient(IndexedSlices{client::to_output(gradient.values), client::to_output(gradient.indices),
                                gradient.dense_shape ? client::to_output(gradient.dense_shape) : Output()});
}

// What the gradient function registered for `op_type` gives for the inputs of `op`. Its ops are made under the scopes
// that are open.
std::vector<Gradient> registered_gradient(const std::string& op_type, const Operation& op,
                                          const std::vector<Gradient>& dys) {
  op::GradFn function;
  if (op::GradientRegistry::global().find(op_type, &function) != op::GradientRegistry::Kind::kFunction) {
    throw nb::value_error("There is no gradient function");
  }
  autodiff::GraphEmitter emitter(op.node()->graph());
  std::vector<op::Gradient> dy(op.node()->num_outputs());
  for (size_t i = 0; i < std::min(dy.size(), dys.size()); ++i) dy[i] = to_graph(dys[i]);
  op::GradContext context(op.node(), std::move(dy), emitter);
  check_building(function(context));
  check_building(context.status());
  std::vector<Gradient> dxs;
  for (const op::Gradient& dx : context.all_dx()) dxs.push_back(from_graph(dx));
  return dxs;
}

}  // namespace

void bind_gradients(nb::module_& m) {
  m.def("gradients", gradients_of);
  m.def("register_gradient", register_gradient);
  m.def("registered_gradient", registered_gradient);
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
