#include "reflow/ops/sparse/sparse_tensor.h"

#include <fmt/format.h>

#include "reflow/op/indices.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::ops {

std::string row_text(std::span<const int64_t> row) { return fmt::format("[{}]", fmt::join(row, ",")); }

Status check_sparse(const Tensor& indices, const Tensor& values, const Tensor& shape, std::string_view suffix) {
  if (indices.rank() != 2) {
    return invalid_argument("Input indices should be a matrix but received shape {}{}", indices.shape().str(), suffix);
  }
  if (values.rank() != 1) {
    return invalid_argument("Input values should be a vector but received shape {}{}", values.shape().str(), suffix);
  }
  if (shape.rank() != 1) {
    return invalid_argument("Input shape{} should be a vector but received shape {}{}", suffix.empty() ? "" : "s",
                            shape.shape().str(), suffix);
  }
  return check_sparse_sizes(indices, values, shape);
}

Status check_sparse_sizes(const Tensor& indices, const Tensor& values, const Tensor& shape) {
  if (indices.dim(0) != values.num_elements()) {
    return invalid_argument("indices and values rows (indexing dimension) must match. (indices = {}, values = {})",
                            indices.dim(0), values.num_elements());
  }
  if (indices.rank() == 2 && indices.dim(1) != shape.num_elements()) {
    return invalid_argument("Order length must be SparseTensor rank.");
  }
  return OkStatus();
}

Status check_within(const IndexRows& rows, std::span<const int64_t> shape) {
  for (int64_t i = 0; i < rows.size(); ++i) {
    if (rows.within(i, shape)) continue;
    const std::span<const int64_t> row(rows[i], static_cast<size_t>(rows.rank()));
    return invalid_argument("indices[{}] = {} is out of bounds: need 0 <= index < {}", i, row_text(row), row_text(shape));
  }
  return OkStatus();
}

Status out_of_order_error(int64_t i, std::span<const int64_t> row) {
  return invalid_argument(
      "indices[{}] = {} is out of order. Many sparse ops require sorted indices.\n    Use `tf.sparse.reorder` to create a "
      "correctly ordered copy.\n\n",
      i, row_text(row));
}

StatusOr<Shape> dense_shape(const Tensor& sizes) {
  const op::IndexReader reader(sizes);
  if (reader.size() > Shape::kMaxRank) return invalid_argument("Shape has more than {} dimensions", Shape::kMaxRank);
  Shape shape;
  for (int64_t i = 0; i < reader.size(); ++i) {
    if (reader[i] < 0) return invalid_argument("Dimension {} must be >= 0", reader[i]);
    shape.add_dim(reader[i]);
  }
  RETURN_IF_ERROR(checked_num_elements(shape).status());
  return shape;
}

}  // namespace reflow::ops
