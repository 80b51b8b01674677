#pragma once

#include <new>
#include <stdexcept>

#include "reflow/op/kernel.h"

namespace reflow::runtime {

// Runs a kernel. Inputs that ask for more memory than there is, or than there can be, end in ResourceExhausted wherever
// the kernel takes it; that costs nothing otherwise.
inline Status compute(op::Kernel& kernel, op::KernelContext& context) {
  try {
    return kernel.compute(context);
  } catch (const std::bad_alloc&) {
    return resource_exhausted("Out of memory");
  } catch (const std::length_error&) {
    return resource_exhausted("Out of memory: a size is beyond what can be addressed");
  }
}

}  // namespace reflow::runtime
