#pragma once

#include "reflow/base/status.h"
#include "reflow/op/kernel.h"

namespace reflow::op {

// OK, or why the run that this thread works for is to end: Cancelled, DeadlineExceeded. Kernels whose work can be long
// whatever the size of their inputs and outputs ask now and then.
Status check_run(const RunEnv& env);

}  // namespace reflow::op
