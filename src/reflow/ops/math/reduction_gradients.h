#pragma once

#include "reflow/op/gradient.h"

namespace reflow::ops {

// The gradients of reductions; op inputs (x, axes).
void sum_gradient(op::GradContext& g);
void mean_gradient(op::GradContext& g);
void prod_gradient(op::GradContext& g);
// Max and Min: shared out evenly among the elements that have the extreme value.
void extremum_reduction_gradient(op::GradContext& g);

}  // namespace reflow::ops
