#include "reflow/ops/lookup/table.h"

#include "reflow/op/resource_handle.h"

namespace reflow::ops {

using namespace ::reflow::op;

Status LookupTable::values_shape_for(const Shape& shape, Shape* result) const {
  const int outer = shape.rank() - key_shape_.rank();
  if (outer < 0 || !(shape.sub_shape(outer, shape.rank()) == key_shape_)) {
    return invalid_argument("Input key shape {} must end with the table's key shape {}", shape.str(), key_shape_.str());
  }
  *result = shape.sub_shape(0, outer);
  for (const int64_t size : value_shape_.dims()) result->add_dim(size);
  return OkStatus();
}

Status LookupTable::check_values(const Tensor& keys, const Tensor& values) const {
  Shape expected;
  RETURN_IF_ERROR(values_shape_for(keys.shape(), &expected));
  if (values.shape() == expected) return OkStatus();
  return invalid_argument("Expected shape {} for value, got {}", expected.str(), values.shape().str());
}

StatusOr<std::shared_ptr<LookupTable>> table_of(KernelContext& c) {
  const Tensor& handle = c.input(0);
  if (handle.dtype() == DType::kString && handle.num_elements() != 2) {
    return invalid_argument("Lookup table handle must be scalar, but had shape: {}", handle.shape().str());
  }
  return resource_at<LookupTable>(c, 0);
}

}  // namespace reflow::ops
