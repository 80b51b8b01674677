#pragma once

// NumPy's type for bfloat16: scalars of the class `bfloat16`, arrays of them, casts from and to the other types of numbers,
// comparisons. Arithmetic of arrays is done in wider types, as TensorFlow leaves it to NumPy. Requires the GIL.

#include <nanobind/nanobind.h>

namespace reflow::python {

// Makes the type known to NumPy and adds it to the module as `bfloat16`.
void bind_bfloat16(nanobind::module_& m);

// NumPy's number of the type. REQUIRES: bind_bfloat16() was called.
int bfloat16_numpy_type();

}  // namespace reflow::python
