#pragma once

#include "reflow/op/kernel.h"

namespace reflow::op {

// A kernel that may have to wait for something: it says what to do then and gives its thread back. What waits has to
// end when c.cancellation() is cancelled.
class AsyncKernel : public Kernel {
 public:
  bool is_async() const final { return true; }
  void compute_async(KernelContext& c, std::function<void(Status)> done) override = 0;
  // Waits for compute_async: for callers that have nothing else to do.
  Status compute(KernelContext& c) final;
};

}  // namespace reflow::op
