// What tf.data needs of the engine: functions of elements, and functions that make datasets.

#include "data.h"

#include <nanobind/stl/set.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "casters.h"
#include "functions.h"
#include "reference.h"
#include "reflow/client/concrete_function.h"
#include "reflow/client/graph_state.h"

namespace reflow::python {
namespace {

using function::ConcreteFunction;
using function::TensorSpec;

std::vector<TensorSpec> specs_from_python(nb::handle specs) {
  std::vector<TensorSpec> result;
  for (nb::handle spec : specs) {
    result.push_back({nb::cast<Shape>(spec[1]), nb::cast<DType>(spec[0])});
  }
  return result;
}

}  // namespace

void bind_data(nb::module_& m) {
  // The body is called at once, with a list of tensors, and gives a list of them.
  nb::class_<ConcreteFunction>(m, "ConcreteFunction")
      .def("__init__",
           [](ConcreteFunction* self, const std::string& name, nb::handle arguments, nb::handle body) {
             new (self) ConcreteFunction(name, specs_from_python(arguments), [body](const std::vector<Output>& inputs) {
               nb::list tensors;
               for (const Output& input : inputs) tensors.append(tensor_object(input));
               std::vector<Output> outputs;
               for (nb::handle result : body(tensors)) outputs.push_back(output_from_python(result));
               return outputs;
             });
           },
           nb::arg("name"), nb::arg("arguments"), nb::arg("body"))
      .def_prop_ro("name", [](const ConcreteFunction& self) { return self.name(); })
      .def_prop_ro("captured_inputs", [](const ConcreteFunction& self) { return self.captured_inputs(); });

  m.def("has_device_scope", [] { return !client::default_graph().scope().devices.empty(); });
  m.def("define_by_value",
        [](const std::string& name, const std::string& description, const std::set<std::string>& stateful, nb::handle body) {
          return function::define_by_value(name, description, stateful, [body] { return output_from_python(body()); });
        },
        nb::arg("name"), nb::arg("description"), nb::arg("stateful"), nb::arg("body"));
}

}  // namespace reflow::python
