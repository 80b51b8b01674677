// Operators that are given by their sizes: identities and zeros.

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/numpy_text.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {

SizedState::SizedState(DType dtype, LinearOperatorHints hints, bool assert_proper_shapes)
    : LinearOperatorState(dtype, std::move(hints)), assert_proper_shapes_(assert_proper_shapes) {}

Output SizedState::guarded(const Output& size, const char* name, int rank) const {
  if (!assert_proper_shapes_) return size;
  const Operation has_rank = assert_rank(size, rank, {.message = fmt::format("Argument {} must be a {}-D Tensor.", name, rank)});
  const Operation fits = assert_non_negative(size, {.message = fmt::format("Argument {} must be non-negative.", name)});
  return with_dependencies({has_rank, fits}, size);
}

Output SizedState::size_of(const TensorLike& value, const char* name, int64_t* known) const {
  const Output size = guarded(client::convert(value, DType::kInvalid, name), name, 0);
  if (!is_integer(base_type(size.dtype()))) {
    throw TypeError(fmt::format("Argument {} must be integer type.  Found: {}", name, client::python_tensor(size)));
  }
  const Tensor number = constant_value(size);
  *known = -1;
  if (!number.valid()) return size;
  if (number.shape().rank() != 0) {
    throw ValueError(fmt::format("Argument {} must be a 0-D Tensor.  Found: {}", name, client::numpy_str(number)));
  }
  *known = number.dtype() == DType::kInt64 ? number.item<int64_t>() : number.item<int32_t>();
  if (*known < 0) throw ValueError(fmt::format("Argument {} must be non-negative.  Found:{}", name, *known));
  return size;
}

void SizedState::set_batch_shape(const TensorLike& batch_shape) {
  if (batch_shape.is_none()) return;
  const Output sizes = client::convert(batch_shape, DType::kInvalid, "batch_shape_arg", DType::kInt32);
  batch_shape_arg_ = guarded(sizes, "batch_shape", 1);
  if (!is_integer(base_type(sizes.dtype()))) {
    throw TypeError("Argument batch_shape must be integer type.  Found: " + client::python_tensor(sizes));
  }
  const Tensor value = constant_value(sizes);
  if (!value.valid()) {
    const int64_t rank = dimension(sizes.shape(), -1);
    known_batch_ = rank < 0 ? Shape::unknown() : Shape::unknown_of_rank(static_cast<int>(rank));
    return;
  }
  if (value.shape().rank() != 1) {
    throw ValueError("Argument batch_shape must be a 1-D Tensor.  Found: " + client::numpy_str(value));
  }
  for (int64_t i = 0; i < value.num_elements(); ++i) {
    const int64_t size = value.dtype() == DType::kInt64 ? value.data<int64_t>()[i] : value.data<int32_t>()[i];
    if (size < 0) throw ValueError("Argument batch_shape must be non-negative.  Found:" + client::numpy_str(value));
    known_batch_.add_dim(size);
  }
}

Shape SizedState::shape() const { return with_dims(known_batch_, {known_rows_, known_columns_}); }

Output SizedState::shape_tensor() const {
  const Output sizes = stack({num_rows_, num_columns_});
  return batch_shape_arg_.valid() ? concat({batch_shape_arg_, sizes}, 0) : sizes;
}

Output SizedState::broadcast(const Output& x) const {
  if (!batch_shape_arg_.valid()) return x;
  const Shape ones_behind = with_dims(known_batch_, {1, 1});
  Output sizes;
  if (ones_behind.fully_defined()) {
    if (broadcast_static_shape(x.shape(), ones_behind) == x.shape()) return x;
    sizes = constant_shape(ones_behind);
  } else {
    sizes = concat({self().batch_shape_tensor(), {1, 1}}, 0);
  }
  return x + zeros(sizes, {.dtype = dtype_});
}

Output SizedState::asserted(const Output& x) const {
  if (!assert_proper_shapes_) return x;
  const Operation fits = assert_equal(
      reflow::shape(x)[-2], self().domain_dimension_tensor(),
      {.message = "Dimensions are not compatible.  shape[-2] of argument to be the same as this operator"});
  return with_dependencies({fits}, x);
}

Output SizedState::filled_diag(double value) const {
  Output sizes;
  if (shape().fully_defined()) {
    sizes = constant_shape(with_dims(known_batch_, {std::min(known_rows_, known_columns_)}));
  } else {
    const Output smaller = reduce_min(self().shape_tensor()[Slice(-2, {})]);
    sizes = concat({self().batch_shape_tensor(), expand_dims(smaller, 0)}, 0);
  }
  return value == 0 ? zeros(sizes, {.dtype = dtype_}) : ones(sizes, {.dtype = dtype_});
}

Output SizedState::filled_batch(double value) const {
  const Output sizes = self().batch_shape_tensor();
  return value == 0 ? zeros(sizes, {.dtype = dtype_}) : ones(sizes, {.dtype = dtype_});
}

namespace {

void require(std::optional<bool> hint, bool wanted, const char* text) {
  if (hint && *hint != wanted) throw ValueError(text);
}

std::shared_ptr<const LinearOperatorState> identity_state(const TensorLike& num_rows, const IdentityOptions& o) {
  LinearOperatorHints hints = named(o.hints, "LinearOperatorIdentity");
  require(hints.is_self_adjoint, true, "An identity operator is always self adjoint.");
  require(hints.is_non_singular, true, "An identity operator is always non-singular.");
  require(hints.is_positive_definite, true, "An identity operator is always positive-definite.");
  require(hints.is_square, true, "An identity operator is always square.");
  hints.is_self_adjoint = hints.is_non_singular = hints.is_positive_definite = hints.is_square = true;
  const name_scope scope(hints.name);
  return std::make_shared<IdentityState>(num_rows, o.batch_shape, o.dtype, hints, o.assert_proper_shapes);
}

std::shared_ptr<const LinearOperatorState> scaled_identity(const TensorLike& num_rows, const TensorLike& multiplier,
                                                           const LinearOperatorHints& given, bool assert_proper_shapes) {
  LinearOperatorHints hints = named(given, "LinearOperatorScaledIdentity");
  const name_scope scope(hints.name);
  const Output factor = client::convert(multiplier, DType::kInvalid, "multiplier");
  if (!is_complex(base_type(factor.dtype()))) {
    require(hints.is_self_adjoint, true, "A real diagonal operator is always self adjoint.");
    hints.is_self_adjoint = true;
  }
  require(hints.is_square, true, "A ScaledIdentity operator is always square.");
  hints.is_square = true;
  return std::make_shared<ScaledIdentityState>(num_rows, factor, hints, assert_proper_shapes);
}

std::shared_ptr<const LinearOperatorState> zeros_state(const TensorLike& num_rows, const ZerosOperatorOptions& o) {
  LinearOperatorHints hints = named(o.hints, "LinearOperatorZeros");
  if (!hints.is_square) hints.is_square = true;
  if (*hints.is_square) require(hints.is_self_adjoint, true, "A zero operator is always self adjoint.");
  require(hints.is_non_singular, false, "A zero operator is always singular.");
  require(hints.is_positive_definite, false, "A zero operator is always not positive-definite.");
  hints.is_non_singular = hints.is_positive_definite = false;
  hints.is_self_adjoint = *hints.is_square;
  const name_scope scope(hints.name);
  return std::make_shared<ZerosState>(num_rows, o.num_columns.is_none() ? num_rows : o.num_columns, o.batch_shape, o.dtype,
                                      hints, o.assert_proper_shapes);
}

}  // namespace

LinearOperatorIdentity::LinearOperatorIdentity(const TensorLike& num_rows, const IdentityOptions& options)
    : LinearOperator(identity_state(num_rows, options)) {}

LinearOperatorScaledIdentity::LinearOperatorScaledIdentity(const TensorLike& num_rows, const TensorLike& multiplier,
                                                           const LinearOperatorHints& hints, bool assert_proper_shapes)
    : LinearOperator(scaled_identity(num_rows, multiplier, hints, assert_proper_shapes)) {}
const Output& LinearOperatorScaledIdentity::multiplier() const {
  return static_cast<const ScaledIdentityState&>(state()).multiplier();
}

LinearOperatorZeros::LinearOperatorZeros(const TensorLike& num_rows, const ZerosOperatorOptions& options)
    : LinearOperator(zeros_state(num_rows, options)) {}

IdentityState::IdentityState(const TensorLike& num_rows, const TensorLike& batch_shape, DType dtype,
                             LinearOperatorHints hints, bool assert_proper_shapes)
    : SizedState(dtype, std::move(hints), assert_proper_shapes) {
  num_rows_ = num_columns_ = size_of(num_rows, "num_rows", &known_rows_);
  known_columns_ = known_rows_;
  set_batch_shape(batch_shape);
}

Output IdentityState::matmul(const Output& x, bool, bool adjoint_arg) const {
  return broadcast(asserted(adjoint_if(adjoint_arg, x)));
}

Output IdentityState::solve(const Output& rhs, bool, bool adjoint_arg) const { return matmul(rhs, false, adjoint_arg); }

Output IdentityState::trace() const { return cast(num_rows_, dtype_) * filled_batch(1); }

Output IdentityState::add_to_tensor(const Output& x) const { return matrix_set_diag(x, 1 + matrix_diag_part(x)); }

Operation IdentityState::assert_non_singular() const { return no_op("assert_non_singular"); }
Operation IdentityState::assert_positive_definite() const { return no_op("assert_positive_definite"); }
Operation IdentityState::assert_self_adjoint() const { return no_op("assert_self_adjoint"); }

ScaledIdentityState::ScaledIdentityState(const TensorLike& num_rows, const Output& multiplier, LinearOperatorHints hints,
                                         bool assert_proper_shapes)
    : SizedState(multiplier.dtype(), std::move(hints), assert_proper_shapes), multiplier_(multiplier) {
  num_rows_ = num_columns_ = size_of(num_rows, "num_rows", &known_rows_);
  known_columns_ = known_rows_;
}

Shape ScaledIdentityState::shape() const { return with_dims(multiplier_.shape(), {known_rows_, known_columns_}); }

Output ScaledIdentityState::shape_tensor() const {
  const Output sizes = stack({num_rows_, num_columns_});
  return concat({reflow::shape(multiplier_), sizes}, 0);
}

Output ScaledIdentityState::factor(bool conjugate) const {
  const Output matrix = expand_dims(expand_dims(multiplier_, -1), -1);
  return conjugate ? conjugated(matrix) : matrix;
}

Output ScaledIdentityState::matmul(const Output& x, bool adjoint, bool adjoint_arg) const {
  return asserted(adjoint_if(adjoint_arg, x)) * factor(adjoint);
}

Output ScaledIdentityState::solve(const Output& rhs, bool adjoint, bool adjoint_arg) const {
  return asserted(adjoint_if(adjoint_arg, rhs)) / factor(adjoint);
}

Output ScaledIdentityState::determinant() const { return pow(multiplier_, cast(num_rows_, dtype_)); }

Output ScaledIdentityState::log_abs_determinant() const {
  const Output logarithm = log(abs(multiplier_));
  return cast(num_rows_, base_type(logarithm.dtype())) * logarithm;
}

Output ScaledIdentityState::trace() const { return multiplier_ * cast(num_rows_, dtype_); }

Output ScaledIdentityState::diag_part() const { return filled_diag(1) * expand_dims(multiplier_, -1); }

Output ScaledIdentityState::add_to_tensor(const Output& x) const {
  return matrix_set_diag(x, expand_dims(multiplier_, -1) + matrix_diag_part(x));
}

Operation ScaledIdentityState::assert_non_singular() const {
  return assert_positive(abs(multiplier_), {.message = "LinearOperator was singular"});
}

Operation ScaledIdentityState::assert_positive_definite() const {
  return assert_positive(real(multiplier_), {.message = "LinearOperator was not positive definite."});
}

Operation ScaledIdentityState::assert_self_adjoint() const {
  return assert_real(multiplier_, "LinearOperator was not self-adjoint");
}

LinearOperator ScaledIdentityState::adjoint() const {
  return LinearOperatorScaledIdentity(num_rows_, conjugated(multiplier_), hints_of_square(hints_));
}

LinearOperator ScaledIdentityState::inverse() const {
  return LinearOperatorScaledIdentity(num_rows_, 1. / multiplier_, hints_of_square(hints_));
}

LinearOperator ScaledIdentityState::cholesky() const {
  return LinearOperatorScaledIdentity(num_rows_, sqrt(multiplier_),
                                      {.is_non_singular = true,
                                       .is_self_adjoint = true,
                                       .is_positive_definite = true,
                                       .is_square = true,
                                       .name = {}});
}

ZerosState::ZerosState(const TensorLike& num_rows, const TensorLike& num_columns, const TensorLike& batch_shape, DType dtype,
                       LinearOperatorHints hints, bool assert_proper_shapes)
    : SizedState(dtype, std::move(hints), assert_proper_shapes) {
  num_rows_ = size_of(num_rows, "num_rows", &known_rows_);
  num_columns_ = size_of(num_columns, "num_columns", &known_columns_);
  if (hints_.is_square == true && known_rows_ >= 0 && known_columns_ >= 0 && known_rows_ != known_columns_) {
    throw ValueError(fmt::format("LinearOperatorZeros initialized as is_square=True, but got num_rows({}) != num_columns({})",
                                 known_rows_, known_columns_));
  }
  set_batch_shape(batch_shape);
}

Output ZerosState::matmul(const Output& x, bool adjoint, bool adjoint_arg) const {
  const Output argument = asserted(adjoint_if(adjoint_arg, x));
  const Output sizes = reflow::shape(argument);
  const Output rows = expand_dims(adjoint ? num_columns_ : num_rows_, 0);
  const Output all = concat({sizes[Slice({}, -2)], rows, sizes[Slice(-1, {})]}, 0);
  return broadcast(zeros(all, {.dtype = base_type(argument.dtype())}));
}

Operation ZerosState::assert_non_singular() const {
  throw errors::InvalidArgumentError("Zero operators are always non-invertible.");
}

Operation ZerosState::assert_positive_definite() const {
  throw errors::InvalidArgumentError("Zero operators are always non-positive definite.");
}

Operation ZerosState::assert_self_adjoint() const { return no_op("assert_self_adjoint"); }

}  // namespace reflow::linalg
