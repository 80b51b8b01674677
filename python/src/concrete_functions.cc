// Functions that tf.function has traced.

#include "concrete_functions.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "casters.h"
#include "graph_objects.h"
#include "reference.h"
#include "reflow/client/trace.h"
#include "reflow/client/traced_function.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/variable_state.h"
#include "reflow/graph/immediate.h"
#include "variable_objects.h"

namespace reflow::python {
namespace {

using function::TracedFunction;

// A Python function of a list of tensors that gives a list of them.
TracedFunction::Body body_from_python(nb::handle body) {
  return [body = Reference(body.ptr())](const std::vector<Output>& arguments) {
    const nb::gil_scoped_acquire gil;
    nb::list tensors;
    for (const Output& argument : arguments) tensors.append(tensor_object(argument));
    const nb::object results = nb::handle(body.get())(tensors);
    std::vector<Output> outputs;
    for (nb::handle result : results) outputs.push_back(output_from_python(result));
    return outputs;
  };
}

struct Traced {
  std::shared_ptr<TracedFunction> function;
};

Traced trace(const std::string& name, nb::list arguments, nb::callable body) {
  std::vector<TracedFunction::Argument> specs;
  for (nb::handle argument : arguments) {
    const nb::object name(argument[0]), dtype(argument[1]), shape(argument[2]);
    specs.push_back({string_from_python(name), dtype_from_python(dtype), shape_from_python(shape)});
  }
  return {TracedFunction::trace(name, specs, body_from_python(body))};
}

}  // namespace

void bind_concrete_functions(nb::module_& m) {
  nb::class_<Traced>(m, "TracedFunction")
      .def_prop_ro("name", [](const Traced& t) { return t.function->name(); })
      .def_prop_ro("graph", [](const Traced& t) { return graph_object(t.function->graph()); })
      .def_prop_ro("inputs", [](const Traced& t) { return t.function->inputs(); })
      .def_prop_ro("outputs", [](const Traced& t) { return t.function->outputs(); })
      .def_prop_ro("captured", [](const Traced& t) { return t.function->captured(); })
      .def_prop_ro("created_variables", [](const Traced& t) { return t.function->created_variables(); })
      .def("add_to_graph", [](const Traced& t) { t.function->add_to_graph(); })
      .def("call", [](const Traced& t, const std::vector<Output>& arguments) { return t.function->call(arguments); })
      .def("call_forward", [](const Traced& t, const std::vector<Output>& arguments) {
        return t.function->call_forward(arguments).outputs();
      })
      .def("call_results", [](const Traced& t, const std::vector<Output>& arguments) {
        return t.function->call(arguments).outputs();
      })
      .def("call_backward", [](const Traced& t, nb::list dys, const std::vector<Output>& intermediates) {
        std::vector<Output> gradients;
        for (nb::handle dy : dys) gradients.push_back(dy.is_none() ? Output() : output_from_python(dy));
        return t.function->call_backward(gradients, intermediates);
      });
  m.def("trace_function", trace);
  m.def("graph_around", []() -> nb::object {
    const Graph* graph = function::graph_around(client::default_graph());
    return graph ? graph_object(*graph) : nb::none();
  });
  // The variable of eager execution whose handle it is; None: it is no such handle.
  m.def("variable_of_handle", [](const Output& handle) -> nb::object {
    graph::Node* const node = handle.node();
    graph::ImmediateExecutor* const executor = graph::immediate_executor(node->graph());
    if (executor == nullptr || node->type() != "VarHandleOp") return nb::none();
    auto state = executor->owner(node);
    if (!state) return nb::none();
    return variable_object(Variable(std::static_pointer_cast<client::VariableState>(std::move(state))));
  });
  m.def("captured_so_far", [] {
    nb::list pairs;
    for (const auto& [outside, inside] : function::captured_so_far()) {
      pairs.append(nb::make_tuple(tensor_object(outside), tensor_object(inside)));
    }
    return pairs;
  });
}

}  // namespace reflow::python
