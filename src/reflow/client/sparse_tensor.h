#pragma once

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// A tensor of which few elements are not zero: values[i] lies at row i of `indices` [count, rank]; `dense_shape` [rank].
// Rows of indices are in order where ops want them so.
struct SparseTensor {
  SparseTensor() = default;
  // Makes tensors of them, below the name scope "SparseTensor". ValueError: shapes that don't fit.
  SparseTensor(const TensorLike& indices, const TensorLike& values, const TensorLike& dense_shape);

  DType dtype() const { return values.dtype(); }
  // The shape as far as dense_shape is known.
  Shape shape() const;
  Operation op() const { return values.op(); }
  Graph graph() const;

  Output indices, values, dense_shape;
};

}  // namespace reflow
