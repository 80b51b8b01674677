#include "reflow/tensor/checked_size.h"

namespace reflow {

StatusOr<int64_t> checked_num_elements(const Shape& shape) {
  if (!shape.known_rank()) return invalid_argument("Shape {} is not fully defined", shape.str());
  int64_t product = 1;
  for (const int64_t d : shape) {
    if (d < 0) return invalid_argument("Dimension {} must be >= 0", d);
    if (__builtin_mul_overflow(product, d, &product)) {
      return invalid_argument("Shape {} is too large (more than 2**63 - 1 entries)", shape.str());
    }
  }
  return product;
}

StatusOr<Tensor> allocate_tensor(DType type, const Shape& shape) {
  ASSIGN_OR_RETURN(const int64_t n, checked_num_elements(shape));
  BufferRef buffer = allocate_buffer(type, n);
  if (!buffer) {
    return resource_exhausted("OOM when allocating tensor with shape{} and type {}", shape.str(), dtype_spec_name(type));
  }
  void* data = buffer->data();
  return Tensor(type, shape, std::move(buffer), data);
}

}  // namespace reflow
