// Arithmetic on dimensions and the shape functions that many ops share.

#include "reflow/graph/shape_context.h"

namespace reflow::graph {

Status add_dims(int64_t a, int64_t b, int64_t* out) {
  if (a == 0 || b == 0) {
    *out = a == 0 ? b : a;
  } else if (a < 0 || b < 0) {
    *out = Shape::kUnknown;
  } else if (__builtin_add_overflow(a, b, out)) {
    return invalid_argument("Dimension size overflow from adding {} and {}", a, b);
  }
  return OkStatus();
}

Status subtract_dims(int64_t a, int64_t b, int64_t* out) {
  if (b == 0) {
    *out = a;
  } else if (a < 0 || b < 0) {
    *out = Shape::kUnknown;
  } else if (a < b) {
    return invalid_argument("Negative dimension size caused by subtracting {} from {}", b, a);
  } else {
    *out = a - b;
  }
  return OkStatus();
}

Status multiply_dims(int64_t a, int64_t b, int64_t* out) {
  if (a == 0 || b == 0) {
    *out = 0;
  } else if (a == 1 || b == 1) {
    *out = a == 1 ? b : a;
  } else if (a < 0 || b < 0) {
    *out = Shape::kUnknown;
  } else if (__builtin_mul_overflow(a, b, out)) {
    return invalid_argument("Negative dimension size caused by overflow when multiplying {} and {}", a, b);
  }
  return OkStatus();
}

Status divide_dim(int64_t a, int64_t b, bool evenly, int64_t* out) {
  if (b == 1) {
    *out = a;
    return OkStatus();
  }
  if (b == 0) return invalid_argument("Divisor must be positive but is 0");
  if (a < 0 || b < 0) {
    *out = Shape::kUnknown;
    return OkStatus();
  }
  if (evenly && a % b != 0) return invalid_argument("Dimension size must be evenly divisible by {} but is {}", b, a);
  *out = a / b;
  return OkStatus();
}

Status broadcast_shapes(ShapeContext& c, const Shape& a, const Shape& b, Shape* out) {
  if (!a.known_rank() || !b.known_rank()) {
    *out = Shape::unknown();
    return OkStatus();
  }
  const int rank = std::max(a.rank(), b.rank());
  Shape result = Shape::unknown_of_rank(rank);
  for (int i = 0; i < rank; ++i) {
    const int from_a = i - (rank - a.rank()), from_b = i - (rank - b.rank());
    const int64_t x = from_a < 0 ? 1 : a.dim(from_a), y = from_b < 0 ? 1 : b.dim(from_b);
    int64_t size;
    if (x == 1 || y == 1) size = x == 1 ? y : x;
    else if (x == y) size = x;
    // A known size above 1 can only meet that size, or a 1.
    else if (x < 0 || y < 0) size = x > 1 ? x : y > 1 ? y : Shape::kUnknown;
    else if (c.concrete()) return invalid_argument("Incompatible shapes: {} vs. {}", a.str(), b.str());
    else return invalid_argument("Dimensions must be equal, but are {} and {}", x, y);
    result.set_dim(i, size);
  }
  *out = std::move(result);
  return OkStatus();
}

Status scalar_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{});
  return OkStatus();
}

Status unknown_shape(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape::unknown());
  return OkStatus();
}

Status no_outputs(ShapeContext&) { return OkStatus(); }

Status unchanged_shape(ShapeContext& c) {
  c.set_output(0, c.input(0));
  return OkStatus();
}

Status broadcast_shape_fn(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(broadcast_shapes(c, c.input(0), c.input(1), &shape));
  c.set_output(0, std::move(shape));
  return OkStatus();
}

Status merged_shape_fn(ShapeContext& c) {
  Shape shape = Shape::unknown();
  for (int i = 0; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.merge(shape, c.input(i), &shape));
  c.set_output(0, std::move(shape));
  return OkStatus();
}

}  // namespace reflow::graph
