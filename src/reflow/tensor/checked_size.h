#pragma once

#include <cstdint>

#include "reflow/base/status.h"
#include "reflow/tensor/dtype.h"
#include "reflow/tensor/shape.h"
#include "reflow/tensor/tensor.h"

namespace reflow {

// The number of elements of a fully defined shape. InvalidArgument: a negative dimension, or a product that overflows.
StatusOr<int64_t> checked_num_elements(const Shape& shape);

// A tensor of uninitialised elements. InvalidArgument as above; ResourceExhausted: no memory
// ("OOM when allocating tensor with shape[..] and type ..").
StatusOr<Tensor> allocate_tensor(DType type, const Shape& shape);

}  // namespace reflow
