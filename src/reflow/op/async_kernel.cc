#include "reflow/op/async_kernel.h"

#include <future>

namespace reflow::op {

Status AsyncKernel::compute(KernelContext& c) {
  std::promise<Status> result;
  compute_async(c, [&result](Status status) { result.set_value(std::move(status)); });
  return result.get_future().get();
}

}  // namespace reflow::op
