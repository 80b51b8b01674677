#include "reflow/op/kernel.h"

namespace reflow::op {

Status KernelContext::allocate_output(int i, const Shape& shape) {
  Value& value = outputs_[i];
  value.ref = nullptr;
  const DType type = base_type(node_->output_type(i));
  if (value.tensor.owns_alone() && value.tensor.dtype() == type && value.tensor.shape() == shape) return OkStatus();
  ASSIGN_OR_RETURN(value.tensor, allocate_tensor(type, shape));
  return OkStatus();
}

}  // namespace reflow::op
