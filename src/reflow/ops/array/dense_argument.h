#pragma once

#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {

// dL/dy(0), dense, for the op of a gradient that a GradContext::Scope is open for. Where it is slices they become dense as the
// op's argument called `argument`: their ops stand below the op's name, as TensorFlow converts IndexedSlices.
op::Endpoint dense_argument(op::GradContext& g, const std::string& argument);

}  // namespace reflow::ops
