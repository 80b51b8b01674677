#pragma once

#include "reflow/graph/shape_context.h"

namespace reflow::ops {

// Checks what is known of a sparse tensor that is the inputs i (indices), i + 1 (values) and i + 2 (shape).
// InvalidArgument: "Number of elements in index (2) and values (1) do not match.", "Index rank (2) and shape rank (3) do
// not match.".
inline Status check_sparse_shapes(graph::ShapeContext& c, int i) {
  Shape indices, values, sizes;
  RETURN_IF_ERROR(c.with_rank(c.input(i), 2, &indices));
  RETURN_IF_ERROR(c.with_rank(c.input(i + 1), 1, &values));
  RETURN_IF_ERROR(c.with_rank(c.input(i + 2), 1, &sizes));
  const auto differ = [](int64_t a, int64_t b) { return a >= 0 && b >= 0 && a != b; };
  if (differ(indices.dim(0), values.dim(0))) {
    return invalid_argument("Number of elements in index ({}) and values ({}) do not match.", indices.dim(0), values.dim(0));
  }
  if (differ(indices.dim(1), sizes.dim(0))) {
    return invalid_argument("Index rank ({}) and shape rank ({}) do not match.", indices.dim(1), sizes.dim(0));
  }
  return OkStatus();
}

// The rank of that tensor, -1 where it isn't known.
inline int64_t sparse_rank(const graph::ShapeContext& c, int i) {
  const Shape& sizes = c.input(i + 2);
  return sizes.rank() == 1 ? sizes.dim(0) : Shape::kUnknown;
}

}  // namespace reflow::ops
