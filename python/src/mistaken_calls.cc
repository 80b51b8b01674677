#include "mistaken_calls.h"

#include <nanobind/nanobind.h>

#include <cstdint>
#include <exception>
#include <string_view>

#include "conversion.h"

namespace reflow::python {
namespace {

bool is_of_arguments(const nb::python_error& error) {
  return error.matches(PyExc_TypeError) &&
         std::string_view(nb::str(error.value()).c_str()).find("(): incompatible function arguments") !=
             std::string_view::npos;
}

// The error that framework/mistaken_arguments.py has for the arguments; None: it has none.
nb::object mistake_of(nb::handle callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  const Py_ssize_t size = static_cast<uint32_t>(nargsf);  // above it are flags, Python's and nanobind's own
  nb::list values;
  for (Py_ssize_t i = 0; i < size; ++i) values.append(nb::handle(args[i]));
  nb::dict named;
  for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i) {
    named[nb::handle(PyTuple_GET_ITEM(names, i))] = nb::handle(args[size + i]);
  }
  return package_attribute("framework.mistaken_arguments", "mistake_of")(callable, values, named);
}

}  // namespace

void name_mistake(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  if (!PyErr_ExceptionMatches(PyExc_TypeError)) return;
  nb::python_error error;  // takes the error that is set
  try {
    const nb::object mistake = is_of_arguments(error) ? mistake_of(callable, args, nargsf, names) : nb::none();
    if (mistake.is_none()) error.restore();
    else PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(mistake.ptr())), mistake.ptr());
  } catch (nb::python_error& failure) {
    failure.restore();
  } catch (const std::exception& failure) {
    PyErr_SetString(PyExc_SystemError, failure.what());
  }
}

}  // namespace reflow::python
