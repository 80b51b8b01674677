#pragma once

#include "reflow/client/output.h"

namespace reflow {

// An operation that checks all tensors of floats in the default graph for NaN and infinity, one after the other.
// ValueError: a tensor is within a cond or a loop.
Operation add_check_numerics_ops();

}  // namespace reflow
