#pragma once

#include "reflow/op/kernel.h"

namespace reflow::op {

// What the op's shape function says of the inputs' shapes. For kernels that have no outputs, or set them themselves: before
// these the run doesn't ask it, since nothing is allocated.
Status check_input_shapes(const KernelContext& c);

}  // namespace reflow::op
