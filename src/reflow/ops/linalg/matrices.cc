#include "matrices.h"

namespace reflow::ops {

using namespace op;

Status square_matrices(ShapeContext& c, int input, Shape* out) {
  const Shape& x = c.input(input);
  if (c.concrete()) {
    if (x.rank() < 2) return invalid_argument("Input tensor {} must have rank >= 2", input);
    if (x.dim(x.rank() - 2) != x.dim(x.rank() - 1)) return invalid_argument("Input matrix must be square.");
    *out = x;
    return OkStatus();
  }
  RETURN_IF_ERROR(c.with_rank_at_least(x, 2, out));
  if (!out->known_rank()) return OkStatus();
  int64_t n;
  RETURN_IF_ERROR(c.merge_dim(out->dim(out->rank() - 2), out->dim(out->rank() - 1), &n));
  out->set_dim(out->rank() - 2, n);
  out->set_dim(out->rank() - 1, n);
  return OkStatus();
}

Status square_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(square_matrices(c, 0, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

Status solve_shape(ShapeContext& c, bool square) {
  Shape a = c.input(0), b = c.input(1);
  if (c.concrete()) {
    for (int i : {0, 1}) {
      if (c.input(i).rank() < 2) return invalid_argument("Input tensor {} must have rank >= 2", i);
    }
    if (a.rank() != b.rank()) return invalid_argument("All input tensors must have the same rank.");
    for (int i = 0; i < a.rank() - 2; ++i) {
      if (a.dim(i) != b.dim(i)) return invalid_argument("All input tensors must have the same outer dimensions.");
    }
    const int64_t rows = a.dim(a.rank() - 2), columns = a.dim(a.rank() - 1);
    if (square && rows != columns) return invalid_argument("Input matrix must be square.");
    if (rows != b.dim(b.rank() - 2)) return invalid_argument("Input matrix and rhs are incompatible.");
    b.set_dim(b.rank() - 2, columns);
    c.set_output(0, b);
    return OkStatus();
  }
  if (square) {
    RETURN_IF_ERROR(square_matrices(c, 0, &a));
  } else {
    RETURN_IF_ERROR(c.with_rank_at_least(a, 2, &a));
  }
  RETURN_IF_ERROR(c.with_rank_at_least(b, 2, &b));
  if (!a.known_rank() && !b.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  // What one of the two is not known to be, the other says.
  Shape batch_a = a.known_rank() ? a.sub_shape(0, a.rank() - 2) : Shape::unknown();
  Shape batch_b = b.known_rank() ? b.sub_shape(0, b.rank() - 2) : Shape::unknown();
  RETURN_IF_ERROR(c.merge(batch_a, batch_b, &batch_a));
  int64_t rows = a.known_rank() ? a.dim(a.rank() - 2) : Shape::kUnknown;
  RETURN_IF_ERROR(c.merge_dim(rows, b.known_rank() ? b.dim(b.rank() - 2) : Shape::kUnknown, &rows));
  int64_t columns = a.known_rank() ? a.dim(a.rank() - 1) : Shape::kUnknown;
  if (square) RETURN_IF_ERROR(c.merge_dim(columns, rows, &columns));
  Shape out;
  RETURN_IF_ERROR(c.concatenate(batch_a, Shape{columns, b.known_rank() ? b.dim(b.rank() - 1) : Shape::kUnknown}, &out));
  c.set_output(0, out);
  return OkStatus();
}

}  // namespace reflow::ops
