#include "reflow/client/sparse_tensor.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/graph.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/shape_context.h"

namespace reflow {
namespace {

void check_rank(const Output& tensor, int rank) {
  if (tensor.shape().known_rank() && tensor.shape().rank() != rank) {
    throw ValueError(fmt::format("Shape {} must have rank {}", tensor.shape().str(), rank));
  }
}

void check_sizes(const Output& a, int i, const Output& b, int j) {
  if (!a.shape().known_rank() || !b.shape().known_rank()) return;
  const int64_t x = a.shape().dim(i), y = b.shape().dim(j);
  if (x >= 0 && y >= 0 && x != y) throw ValueError(fmt::format("Dimensions {} and {} are not compatible", x, y));
}

}  // namespace

SparseTensor::SparseTensor(const TensorLike& indices_like, const TensorLike& values_like,
                           const TensorLike& dense_shape_like) {
  const name_scope scope("", "SparseTensor");
  indices = client::convert(indices_like, DType::kInt64, "indices");
  values = client::convert(values_like, DType::kInvalid, "values");
  dense_shape = client::convert(dense_shape_like, DType::kInt64, "dense_shape");
  check_rank(indices, 2);
  check_rank(values, 1);
  check_rank(dense_shape, 1);
  check_sizes(indices, 0, values, 0);
  check_sizes(indices, 1, dense_shape, 0);
}

Shape SparseTensor::shape() const {
  return check_building(graph::constant_value_as_shape(client::to_endpoint(dense_shape)));
}
Graph SparseTensor::graph() const { return values.graph(); }

}  // namespace reflow
