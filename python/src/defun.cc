// Defun: functions of tensors that a graph calls, with bodies that Python builds.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "bindings.h"
#include "casters.h"
#include "concrete_functions.h"
#include "functions.h"
#include "reference.h"
#include "reflow/client/function.h"

namespace reflow::python {
namespace {

using function::Defun;
using function::DefunOptions;

// A Python function of a list of tensors that gives a list of them.
Defun::Body body_from_python(nb::handle body) {
  return [body = Reference(body.ptr())](const std::vector<Output>& arguments) -> Defun::Results {
    const nb::gil_scoped_acquire gil;
    nb::list tensors;
    for (const Output& argument : arguments) tensors.append(tensor_object(argument));
    const nb::object results = nb::handle(body.get())(tensors);
    std::vector<Output> outputs;
    for (nb::handle result : results) outputs.push_back(output_from_python(result));
    return outputs;
  };
}

struct FunctionObject {
  Defun defun;
};

}  // namespace

void bind_defun(nb::module_& m) {
  bind_concrete_functions(m);
  nb::class_<FunctionObject>(m, "DefinedFunction")
      .def("__init__",
           [](FunctionObject* self, const std::vector<DType>& input_types, nb::handle body, nb::handle func_name,
              const std::string& base_name, const std::vector<std::string>& arg_names,
              const std::vector<std::string>& out_names, bool noinline, const FunctionObject* gradient,
              nb::handle description) {
             DefunOptions options{.func_name = string_from_python(func_name), .base_name = base_name,
                                  .arg_names = arg_names, .out_names = out_names, .noinline = noinline,
                                  .description = string_from_python(description)};
             if (gradient != nullptr) options.grad_func = gradient->defun.definition();
             new (self) FunctionObject{Defun(input_types, body_from_python(body), std::move(options))};
           },
           nb::arg("input_types"), nb::arg("body"), nb::arg("func_name").none(), nb::arg("base_name"),
           nb::arg("arg_names"), nb::arg("out_names"), nb::arg("noinline"), nb::arg("gradient").none(),
           nb::arg("description").none())
      .def("__call__", [](const FunctionObject& self, nb::handle inputs, nb::handle name) {
        return self.defun(list_from_python(inputs), string_from_python(name));
      }, nb::arg("inputs"), nb::arg("name").none())
      .def("call", [](const FunctionObject& self, nb::handle inputs, const std::vector<Output>& captured) {
        return self.defun.call(list_from_python(inputs), captured);
      })
      .def("add_to_graph", [](const FunctionObject& self) { self.defun.add_to_graph(); })
      .def_prop_ro("name", [](const FunctionObject& self) { return self.defun.name(); })
      .def_prop_ro("captured_inputs", [](const FunctionObject& self) { return self.defun.captured_inputs(); });
}

}  // namespace reflow::python
