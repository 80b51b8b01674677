#pragma once

// Tensors and NumPy's arrays. The only source that includes NumPy's headers is array.cc. All functions require the GIL.

#include <nanobind/nanobind.h>

#include "reflow/tensor/tensor.h"

namespace reflow::python {

namespace nb = nanobind;

// Loads NumPy's C API. ImportError: there is no NumPy.
void import_numpy();

bool is_array(PyObject* object);   // numpy.ndarray
bool is_scalar(PyObject* object);  // numpy.generic

// The elements of an array or a NumPy scalar, copied. TypeError: a type that no tensor has.
Tensor tensor_of_array(PyObject* array);

// `value`, anything that numpy.asarray takes, as a tensor of `dtype`. The memory of an array that has this type and is
// contiguous is borrowed, which the tensor says (transient): it is good as long as `value` and `*keep` live.
Tensor tensor_of_value(PyObject* value, DType dtype, nb::object* keep);

// `value` as numpy.array makes it of its own accord: for sequences and objects that aren't lists. Copied.
Tensor tensor_of_any(PyObject* value);

// A NumPy scalar for a tensor without dimensions, else an array, which shares the tensor's memory. Strings are bytes.
// UnimplementedError for types that NumPy hasn't: resource, variant.
nb::object array_of_tensor(Tensor tensor);

}  // namespace reflow::python
