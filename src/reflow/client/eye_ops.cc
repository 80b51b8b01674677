#include "reflow/client/eye_ops.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {

using client::convert;

namespace {

// The sizes that a list or a vector of numbers names.
TensorList sizes_of(const TensorLike& shape) {
  if (shape.is_none()) return {};
  if (const TensorLike::List* list = shape.list()) return TensorList(list->begin(), list->end());
  const Tensor tensor = client::to_tensor(shape, DType::kInt64);
  const int64_t* sizes = tensor.data<int64_t>();
  return TensorList(std::vector<int64_t>(sizes, sizes + tensor.num_elements()));
}

bool is_number(const TensorLike& value) { return std::holds_alternative<int64_t>(value.value()); }
int64_t number(const TensorLike& value) { return std::get<int64_t>(value.value()); }

}  // namespace

Output eye(const TensorLike& num_rows, const BatchEyeOptions& options) {
  const TensorLike columns = options.num_columns.is_none() ? num_rows : options.num_columns;
  const name_scope scope(options.name, "eye");
  bool is_square;
  TensorLike length;
  if (client::is_symbolic(num_rows) || client::is_symbolic(columns)) {
    is_square = options.num_columns.is_none();
    length = minimum(num_rows, columns);
  } else if (is_number(num_rows) && is_number(columns)) {
    is_square = number(num_rows) == number(columns);
    length = std::min(number(num_rows), number(columns));
  } else {
    throw TypeError("num_rows and num_columns must be positive integer values.");
  }
  TensorLike batch_shape = options.batch_shape;
  const bool dynamic = client::is_symbolic(batch_shape) || client::is_symbolic(length);
  if (dynamic) batch_shape = convert(client::shape_argument(batch_shape), int32, "shape");
  const auto joined = [&](const TensorList& sizes) -> TensorLike {
    if (dynamic) return concat({batch_shape, TensorLike(sizes)}, 0);
    TensorList all = sizes_of(batch_shape);
    all.insert(all.end(), sizes.begin(), sizes.end());
    return all;
  };
  const TensorLike diagonal_shape = joined({length});
  if (is_square) return matrix_diag(ones(diagonal_shape, {.dtype = options.dtype}));
  const TensorLike shape = joined({num_rows, columns});
  const Output diagonal = ones(diagonal_shape, {.dtype = options.dtype});
  return matrix_set_diag(zeros(shape, {.dtype = options.dtype}), diagonal);
}

}  // namespace reflow::linalg
