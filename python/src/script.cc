// Python functions as operations: what PyFunc calls.

#include <absl/cleanup/cleanup.h>
#include <fmt/format.h>

#include "array.h"
#include "bindings.h"
#include "conversion.h"
#include "gil.h"
#include "reference.h"
#include "reflow/base/status.h"
#include "reflow/client/errors.h"
#include "reflow/op/host_functions.h"

namespace reflow::python {
namespace {

// The status that a Python exception becomes, with its traceback, as TensorFlow's py_func has it.
Status status_of(nb::python_error& error) {
  static nb::handle describe = package_attribute("ops.script_ops", "describe_exception").release();
  const nb::object described = describe(error.value());  // (code, text)
  return make_status(static_cast<StatusCode>(nb::cast<int>(described[0])), nb::cast<std::string>(described[1]));
}

Status call(const Reference& function, std::span<const Tensor> inputs, std::vector<Tensor>* outputs) {
  if (interpreter_is_ending()) return cancelled("Python is ending");
  const auto state = or_stop_with_the_interpreter([] { return PyGILState_Ensure(); });
  const auto release = absl::MakeCleanup([state] { PyGILState_Release(state); });
  try {
    nb::list arguments;
    // Python may keep an argument; memory that is only lent to the run is copied.
    for (const Tensor& input : inputs) arguments.append(array_of_tensor(input.retained()));
    const nb::tuple tuple(arguments);
    PyObject* returned = or_stop_with_the_interpreter([&] { return PyObject_CallObject(function.get(), tuple.ptr()); });
    if (returned == nullptr) throw nb::python_error();
    const nb::object result = nb::steal(returned);
    for (nb::handle value : result) outputs->push_back(tensor_of_any(value.ptr()));
    return OkStatus();
  } catch (nb::python_error& error) {
    if (error.matches(PyExc_KeyboardInterrupt)) PyErr_SetInterrupt();  // it is the run's to raise, not the function's
    return status_of(error);
  } catch (const TypeError& error) {
    return unimplemented("{}", error.what());
  }
}

}  // namespace

void bind_script(nb::module_& m) {
  m.def("add_host_function", [](nb::handle function) {
    return op::add_host_function(
        [function = Reference(function.ptr())](std::span<const Tensor> inputs, std::vector<Tensor>* outputs) {
          return call(function, inputs, outputs);
        });
  });
  m.def("remove_host_function", [](const std::string& token) { op::remove_host_function(token); });
}

}  // namespace reflow::python
