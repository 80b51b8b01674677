#pragma once

#include "reflow/graph/shape_context.h"
#include "reflow/op/indices.h"

namespace reflow::ops {

// Output 0 has the shape that input `i` says; extra dimensions come behind it.
inline Status shape_from_input(graph::ShapeContext& c, int i, Shape* out) {
  if (c.concrete()) {
    if (const Tensor* sizes = c.value(i)) {
      if (sizes->rank() != 1) {
        return invalid_argument("shape must be a vector of {{int32,int64}}, got shape {}", sizes->shape().str());
      }
      const op::IndexReader size(*sizes);
      for (int64_t d = 0; d < size.size(); ++d) {
        if (size[d] < 0) return invalid_argument("Dimension {} must be >= 0", size[d]);
      }
    }
  }
  return c.value_as_shape(i, out);
}

inline Status random_shape(graph::ShapeContext& c) {
  Shape out;
  RETURN_IF_ERROR(shape_from_input(c, 0, &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

inline Status stateless_shape(graph::ShapeContext& c) {
  if (c.concrete()) {
    if (!(c.input(1) == Shape{2})) return invalid_argument("seed must have shape [2], not {}", c.input(1).str());
  } else {
    Shape seed;
    int64_t two;
    RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &seed));
    RETURN_IF_ERROR(c.with_value(seed.dim(0), 2, &two));
  }
  return random_shape(c);
}

}  // namespace reflow::ops
