#pragma once

// Calls of the extension's functions with objects that aren't what these take.

#include <Python.h>

#include <cstddef>

namespace reflow::python {

// After a call has failed: where nanobind says that the arguments are none of those that the function takes, its error is
// replaced by TensorFlow's for such an object. The arguments are those of a vectorcall (PEP 590). Requires the GIL.
void name_mistake(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names);

}  // namespace reflow::python
