#pragma once

// Ops that several gradients of sparse ops make, as Python's tf functions make them.

#include "reflow/op/gradient.h"

namespace reflow::ops {

// tf.shape(x)[0].
op::Endpoint first_size(op::GradContext& g, op::Endpoint x);
// tf.range(n).
op::Endpoint range_to(op::GradContext& g, op::Endpoint n);
// tf.gather(x, indices).
op::Endpoint gather(op::GradContext& g, op::Endpoint x, op::Endpoint indices);
// x[:, column] of a matrix.
op::Endpoint column_of(op::GradContext& g, op::Endpoint x, int64_t column);

}  // namespace reflow::ops
