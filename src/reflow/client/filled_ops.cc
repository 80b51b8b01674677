// zeros, ones and their kin.

#include <algorithm>
#include <optional>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

constexpr int64_t kMaxConstantElements = 1000;

// Python multiplies the dimensions to see whether the result is small, even where some are tensors and the product
// tells nothing: the ops of that are in the graph.
void multiply_dims(const TensorLike::List& dims) {
  TensorLike product = dims.front();
  for (size_t i = 1; i < dims.size(); ++i) {
    const auto* a = std::get_if<int64_t>(&product.value());
    const auto* b = std::get_if<int64_t>(&dims[i].value());
    product = a && b ? TensorLike(*a * *b) : TensorLike(client::binary_operator("Mul", "mul", product, dims[i]));
  }
  client::compare("Less", product, kMaxConstantElements);
}

// The shape that `value` is; nothing where it is known to the graph only, or is none: that's for an op to say.
std::optional<Shape> known_shape(const TensorLike& value, bool* is_list) {
  if (client::is_symbolic(value)) return std::nullopt;
  try {
    const Tensor sizes = client::to_tensor(value, DType::kInt64);
    *is_list = sizes.rank() > 0;
    if (sizes.rank() > 1) return std::nullopt;
    const auto dims = sizes.flat<int64_t>();
    if (std::ranges::any_of(dims, [](int64_t d) { return d < 0; })) return std::nullopt;
    return Shape(dims);
  } catch (const TypeError&) {
    return std::nullopt;
  }
}

Output filled(const TensorLike& shape_or_none, int value, const char* default_name, const FilledOptions& options) {
  const name_scope scope(options.name, default_name);
  const TensorLike shape = client::shape_argument(shape_or_none);
  const DType dtype = base_type(options.dtype);
  const TensorLike element = dtype == DType::kBool ? TensorLike(value != 0)
                             : dtype == DType::kString ? TensorLike(value ? "1" : "") : TensorLike(value);
  Output dims;
  bool is_list = false;
  if (const std::optional<Shape> dimensions = known_shape(shape, &is_list)) {
    const Shape& known = *dimensions;
    const int64_t n = known.num_elements();
    if (is_list && n == 0) return constant(Tensor(dtype, known), {.name = scope.name()});  // one element is too many
    if (is_list && n >= 0 && n < kMaxConstantElements) {
      return constant(element, {.dtype = dtype, .shape = known, .name = scope.name()});
    }
    dims = convert(known, DType::kInvalid, "shape_as_tensor");
  } else if (const Output* tensor = shape.output()) {
    dims = *tensor;
  } else {
    if (client::is_symbolic(shape) && shape.list() && !shape.list()->empty()) multiply_dims(*shape.list());
    dims = convert(shape, DType::kInt32, "");
  }
  if (dims.shape().rank() == 0) dims = reshape(dims, {-1});
  return apply_op("Fill", scope.name(), {dims, constant(element, {.dtype = dtype})});
}

}  // namespace

Output zeros(const TensorLike& shape, const FilledOptions& options) { return filled(shape, 0, "zeros", options); }
Output ones(const TensorLike& shape, const FilledOptions& options) { return filled(shape, 1, "ones", options); }

Output fill(const TensorLike& dims, const TensorLike& value, const NameOptions& options) {
  return apply_op("Fill", options.name, {client::shape_argument(dims), value});
}

Output zeros_like(const TensorLike& tensor, const LikeOptions& options) {
  const name_scope scope(options.name, "zeros_like");
  const Output x = convert(tensor, DType::kInvalid, "tensor");
  const DType own = base_type(x.dtype());
  const DType dtype = options.dtype == DType::kInvalid ? own : options.dtype;
  if (options.optimize && x.shape().fully_defined() && own != DType::kVariant) {
    return zeros(x.shape(), {.dtype = dtype, .name = scope.name()});
  }
  if (dtype == own || own == DType::kVariant) return apply_op("ZerosLike", scope.name(), {x});
  return zeros(shape(x, {.optimize = options.optimize}), {.dtype = dtype, .name = scope.name()});
}

Output ones_like(const TensorLike& tensor, const LikeOptions& options) {
  const name_scope scope(options.name, "ones_like");
  const Output x = convert(tensor, DType::kInvalid, "tensor");
  const DType dtype = options.dtype == DType::kInvalid ? base_type(x.dtype()) : options.dtype;
  const Output result = ones(shape(x, {.optimize = options.optimize}), {.dtype = dtype, .name = scope.name()});
  result.set_shape(x.shape());
  return result;
}

Output eye(int64_t num_rows, const EyeOptions& options) {
  const name_scope scope(options.name, "eye");
  const int64_t columns = options.num_columns.value_or(num_rows);
  const Output diagonal = ones(Shape{std::min(num_rows, columns)}, {.dtype = options.dtype});
  if (columns == num_rows) return apply_op("MatrixDiag", "diag", {diagonal});
  const Output zero = zeros(Shape{num_rows, columns}, {.dtype = options.dtype});
  return apply_op("MatrixSetDiag", "set_diag", {zero, diagonal});
}

}  // namespace reflow
