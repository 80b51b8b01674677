#include "reflow/graph/shape_context.h"

namespace reflow::graph {
namespace {

bool is_index_type(const Tensor& t) { return t.dtype() == DType::kInt32 || t.dtype() == DType::kInt64; }
int64_t element(const Tensor& t, int64_t i) {
  return t.dtype() == DType::kInt32 ? t.data<int32_t>()[i] : t.data<int64_t>()[i];
}

Status scalar_of(const Tensor& t, int64_t* value) {
  if (t.rank() != 0) return invalid_argument("Input must be scalar but has rank {}", t.rank());
  if (!is_index_type(t)) return invalid_argument("Scalar input must be int32 or int64.");
  *value = element(t, 0);
  return OkStatus();
}

}  // namespace

ShapeContext::ShapeContext(const Node& node, std::span<const Shape> inputs, std::span<const Tensor* const> values,
                           std::span<const Shape> partial_values, bool concrete)
    : node_(node),
      inputs_(inputs),
      values_(values),
      partial_values_(partial_values),
      outputs_(node.num_outputs(), Shape::unknown()),
      concrete_(concrete) {}

Status shape_from_tensor(const Tensor& value, Shape* shape) {
  if (value.rank() != 1) return invalid_argument("Input tensor must be rank 1, but was rank {}", value.rank());
  if (!is_index_type(value)) {
    return invalid_argument("Input tensor must be int32 or int64, but was {}", dtype_spec_name(value.dtype()));
  }
  const int64_t rank = value.num_elements();
  if (rank > Shape::kMaxRank) return invalid_argument("Shapes have at most {} dimensions, but got {}", Shape::kMaxRank, rank);
  *shape = Shape::unknown_of_rank(static_cast<int>(rank));
  for (int64_t i = 0; i < rank; ++i) {
    const int64_t size = element(value, i);
    if (size < -1) return invalid_argument("Invalid value in tensor used for shape: {}", size);
    shape->set_dim(static_cast<int>(i), size);
  }
  return OkStatus();
}

Status ShapeContext::value_as_shape(int i, Shape* shape) {
  asked_shapes_ |= bit(i);
  if (i < static_cast<int>(partial_values_.size()) && partial_values_[i].known_rank()) {
    *shape = partial_values_[i];
    return OkStatus();
  }
  const Tensor* known = value(i);
  Shape vector;
  RETURN_IF_ERROR(with_rank(input(i), 1, &vector));
  if (known) return shape_from_tensor(*known, shape);
  const int64_t rank = vector.dim(0);
  if (rank > Shape::kMaxRank) return invalid_argument("Shapes have at most {} dimensions, but got {}", Shape::kMaxRank, rank);
  *shape = rank < 0 ? Shape::unknown() : Shape::unknown_of_rank(static_cast<int>(rank));
  return OkStatus();
}

Status ShapeContext::value_as_int(int i, int64_t* result, bool* known) {
  const Tensor* t = value(i);
  *known = t != nullptr;
  return t ? scalar_of(*t, result) : OkStatus();
}

Status ShapeContext::value_as_ints(int i, std::vector<int64_t>* values, bool* known) {
  const Tensor* t = value(i);
  *known = t != nullptr;
  values->clear();
  if (t == nullptr) return OkStatus();
  if (!is_index_type(*t)) {
    return invalid_argument("Input tensor must be int32 or int64, but was {}", dtype_spec_name(t->dtype()));
  }
  values->resize(t->num_elements());
  for (int64_t k = 0; k < t->num_elements(); ++k) (*values)[k] = element(*t, k);
  return OkStatus();
}

Status ShapeContext::dim_from_scalar(int i, int64_t* out) {
  *out = Shape::kUnknown;
  bool known = false;
  int64_t size = 0;
  RETURN_IF_ERROR(value_as_int(i, &size, &known));
  if (!known) return OkStatus();
  if (size < 0) {
    return invalid_argument("Dimension size, given by scalar input {}, must be non-negative but is {}", i, size);
  }
  *out = size;
  return OkStatus();
}

Status ShapeContext::axis_from_scalar(int i, int rank, int64_t* out) {
  *out = Shape::kUnknown;
  bool known = false;
  int64_t axis = 0;
  RETURN_IF_ERROR(value_as_int(i, &axis, &known));
  if (!known) return OkStatus();
  if (axis < 0) {
    if (rank < 0) return OkStatus();
    if (axis + rank < 0) {
      return invalid_argument("Dimension size, given by scalar input {} must be in range [-{}, {})", axis, rank, rank);
    }
    axis += rank;
  } else if (rank >= 0 && axis >= rank) {
    return invalid_argument("Dimension size, given by scalar input {} must be in range [-{}, {})", axis, rank, rank);
  }
  *out = axis;
  return OkStatus();
}

Status ShapeContext::with_rank(const Shape& shape, int rank, Shape* out) const {
  if (!shape.known_rank()) {
    if (rank > Shape::kMaxRank) return invalid_argument("Shape must be rank {}, which no shape is", rank);
    *out = Shape::unknown_of_rank(rank);  // a rank below 0 is unknown, too
  } else if (shape.rank() == rank) {
    *out = shape;
  } else {
    return invalid_argument("Shape must be rank {} but is rank {}", rank, shape.rank());
  }
  return OkStatus();
}

Status ShapeContext::with_rank_at_least(const Shape& shape, int rank, Shape* out) const {
  if (shape.known_rank() && shape.rank() < rank) {
    return invalid_argument("Shape must be at least rank {} but is rank {}", rank, shape.rank());
  }
  *out = shape;
  return OkStatus();
}

Status ShapeContext::with_rank_at_most(const Shape& shape, int rank, Shape* out) const {
  if (shape.known_rank() && shape.rank() > rank) {
    return invalid_argument("Shape must be at most rank {} but is rank {}", rank, shape.rank());
  }
  *out = shape;
  return OkStatus();
}

Status ShapeContext::with_value(int64_t dim, int64_t size, int64_t* out) const {
  if (dim >= 0 && dim != size) return invalid_argument("Dimension must be {} but is {}", size, dim);
  *out = size;
  return OkStatus();
}

Status ShapeContext::merge_dim(int64_t a, int64_t b, int64_t* out) const {
  if (a >= 0 && b >= 0 && a != b) return invalid_argument("Dimensions must be equal, but are {} and {}", a, b);
  *out = a >= 0 ? a : b;
  return OkStatus();
}

Status ShapeContext::merge(const Shape& a, const Shape& b, Shape* out) const {
  if (!a.known_rank() || !b.known_rank()) {
    *out = a.known_rank() ? a : b;
    return OkStatus();
  }
  if (a.rank() != b.rank()) {
    return invalid_argument("Shapes must be equal rank, but are {} and {}", a.rank(), b.rank());
  }
  Shape merged = a;
  for (int i = 0; i < a.rank(); ++i) {
    const int64_t x = a.dim(i), y = b.dim(i);
    if (x >= 0 && y >= 0 && x != y) {
      return invalid_argument("Dimension {} in both shapes must be equal, but are {} and {}. Shapes are {} and {}.", i, x, y,
                              a.str(), b.str());
    }
    if (x < 0) merged.set_dim(i, y);
  }
  *out = std::move(merged);
  return OkStatus();
}

Status ShapeContext::sub_shape(const Shape& shape, int begin, int end, Shape* out) const {
  const int first = begin, last = end;
  const int rank = shape.rank();
  if (begin == 0 && (!shape.known_rank() ? end == INT32_MAX : end >= rank)) {
    *out = shape;
    return OkStatus();
  }
  if (!shape.known_rank()) {
    *out = Shape::unknown();
    return OkStatus();
  }
  begin = std::min(begin, rank);
  end = std::min(end, rank);
  if (begin < 0 && (begin += rank) < 0) {
    return invalid_argument("Subshape start out of bounds: {}, for shape with rank {}", first, rank);
  }
  if (end < 0 && (end += rank) < 0) {
    return invalid_argument("Subshape end out of bounds: {}, for shape with rank {}", last, rank);
  }
  if (begin > end) {
    return invalid_argument(
        "Subshape must have computed start <= end, but is {} and {} (computed from start {} and end {} over shape with rank {})",
        begin, end, first, last, rank);
  }
  *out = Shape(shape.dims().subspan(begin, end - begin));
  return OkStatus();
}

Status ShapeContext::concatenate(const Shape& a, const Shape& b, Shape* out) const {
  if (!a.known_rank() || !b.known_rank()) {
    *out = Shape::unknown();
    return OkStatus();
  }
  Shape joined = a;
  for (const int64_t size : b.dims()) joined.add_dim(size);
  *out = std::move(joined);
  return OkStatus();
}

Status ShapeContext::replace_dim(const Shape& shape, int i, int64_t size, Shape* out) const {
  if (!shape.known_rank()) {
    *out = Shape::unknown();
    return OkStatus();
  }
  const int at = i < 0 ? i + shape.rank() : i;
  if (at < 0 || at >= shape.rank()) {
    return invalid_argument("Out of range dim_index {} for shape with {} dimensions", i, shape.rank());
  }
  *out = shape;
  out->set_dim(at, size);
  return OkStatus();
}

}  // namespace reflow::graph
