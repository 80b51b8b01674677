#pragma once

#include "reflow/op/kernel.h"
#include "reflow/op/memory_errors.h"

namespace reflow::runtime {

// Runs a kernel. ResourceExhausted: it lacked memory.
inline Status compute(op::Kernel& kernel, op::KernelContext& context) {
  return op::with_memory_errors([&] { return kernel.compute(context); });
}

}  // namespace reflow::runtime
