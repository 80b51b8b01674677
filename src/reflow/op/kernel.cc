#include "reflow/op/kernel.h"

namespace reflow::op {

Status KernelContext::allocate_output(int i, const Shape& shape) {
  Value& value = outputs_[i];
  value.ref = nullptr;
  const DType type = base_type(node_->output_type(i));
  // What the executor has allocated already, in its arena too.
  const Tensor& there = value.tensor;
  const bool writable = there.owns_alone() || (there.buffer() && there.buffer()->transient());
  if (writable && there.dtype() == type && there.shape() == shape) return OkStatus();
  ASSIGN_OR_RETURN(value.tensor, allocate_tensor(type, shape));
  return OkStatus();
}

}  // namespace reflow::op
