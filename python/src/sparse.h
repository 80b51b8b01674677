#pragma once

// Sparse tensors of Python as the C++ API takes them.

#include "conversion.h"
#include "reflow/client/sparse_tensor.h"

namespace reflow::python {

// An object with indices, values and dense_shape. REQUIRES: the GIL.
inline SparseTensor sparse_from_python(nb::handle object) {
  SparseTensor sparse;
  sparse.indices = output_from_python(object.attr("indices"));
  sparse.values = output_from_python(object.attr("values"));
  sparse.dense_shape = output_from_python(object.attr("dense_shape"));
  return sparse;
}

}  // namespace reflow::python
