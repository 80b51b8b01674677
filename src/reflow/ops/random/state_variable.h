#pragma once

#include "reflow/base/philox.h"
#include "reflow/op/kernel.h"

namespace reflow::ops {

// The generator in the variable at input 0, which is moved on by `blocks` blocks.
// NotFound: no such variable, or it has no value. InvalidArgument: its value is no state of a generator.
StatusOr<Philox> take_blocks(op::KernelContext& c, uint64_t blocks);
// InvalidArgument: input 1 is no algorithm that there is.
Status check_algorithm(op::KernelContext& c);

}  // namespace reflow::ops
