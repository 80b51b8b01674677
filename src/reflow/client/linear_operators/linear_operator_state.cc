#include "reflow/client/linear_operators/linear_operator_state.h"

#include <fmt/format.h>

#include <limits>

#include "reflow/base/logging.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/eye_ops.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {
namespace {

void warn_of_dense(const char* what, bool cubic = true) {
  log_warning("Using (possibly slow) default implementation of {}.  Requires conversion to a dense matrix{}.", what,
              cubic ? " and O(N^3) operations" : "");
}

double epsilon(DType type) {
  const bool is_double = type == DType::kFloat64 || type == DType::kComplex128;
  return is_double ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
}

}  // namespace

LinearOperatorState::LinearOperatorState(DType dtype, LinearOperatorHints hints)
    : dtype_(base_type(dtype)), hints_(std::move(hints)) {
  if (hints_.is_positive_definite == true) {
    if (hints_.is_non_singular == false) throw ValueError("A positive definite matrix is always non-singular.");
    hints_.is_non_singular = true;
  }
  const auto imply_square = [this](std::optional<bool> hint, const char* kind) {
    if (hint != true) return;
    if (hints_.is_square == false) throw ValueError(fmt::format("A {} matrix is always square.", kind));
    hints_.is_square = true;
  };
  imply_square(hints_.is_non_singular, "non-singular");
  imply_square(hints_.is_self_adjoint, "self-adjoint");
}

Output LinearOperatorState::matvec(const Output& x, bool adjoint) const {
  return squeeze(self().matmul(expand_dims(x, -1), {.adjoint = adjoint}), -1);
}

Output LinearOperatorState::solve(const Output& rhs, bool adjoint, bool adjoint_arg) const {
  if (self().is_square() == false) throw NotImplementedError("Solve is not yet implemented for non-square operators.");
  warn_of_dense("solve");
  const Output side = adjoint_if(adjoint_arg, rhs);
  if (can_use_cholesky()) return cholesky_solve_with_broadcast(reflow::cholesky(self().to_dense()), side);
  return matrix_solve_with_broadcast(self().to_dense(), side, adjoint);
}

Output LinearOperatorState::solvevec(const Output& rhs, bool adjoint) const {
  return squeeze(self().solve(expand_dims(rhs, -1), {.adjoint = adjoint}), -1);
}

Output LinearOperatorState::determinant() const {
  warn_of_dense("determinant");
  if (can_use_cholesky()) return exp(self().log_abs_determinant());
  return matrix_determinant(self().to_dense());
}

Output LinearOperatorState::log_abs_determinant() const {
  warn_of_dense("determinant");
  if (!can_use_cholesky()) return slogdet(self().to_dense()).log_abs_determinant;
  const Output diag = matrix_diag_part(reflow::cholesky(self().to_dense()));
  const Output sum = reduce_sum(log(diag), {-1});
  return 2 * sum;
}

Output LinearOperatorState::trace() const { return reduce_sum(self().diag_part(), -1); }
Output LinearOperatorState::diag_part() const { return matrix_diag_part(self().to_dense()); }

Output LinearOperatorState::to_dense() const {
  const Shape batch = self().batch_shape();
  TensorLike batch_shape;
  if (batch.fully_defined()) batch_shape = constant_shape(batch);
  else batch_shape = self().batch_shape_tensor();
  const int64_t columns = self().domain_dimension();
  const TensorLike size = columns < 0 ? TensorLike(self().domain_dimension_tensor()) : TensorLike(columns);
  return self().matmul(eye(size, {.batch_shape = batch_shape, .dtype = dtype_}));
}

Output LinearOperatorState::add_to_tensor(const Output& x) const { return self().to_dense() + x; }

Operation LinearOperatorState::assert_non_singular() const {
  warn_of_dense("assert_non_singular");
  if (can_use_cholesky()) return self().assert_positive_definite();
  const Output values = svd(self().to_dense(), {.compute_uv = false}).s;
  const Output largest = reduce_max(values, -1);
  const Output condition = largest / reduce_min(values, -1);
  const DType type = base_type(condition.dtype());
  const Output rows = cast(self().range_dimension_tensor(), type);
  const Output columns = cast(self().domain_dimension_tensor(), type);
  const Output size = reduce_max(stack({constant(100., type), rows, columns}));
  return assert_less(condition, 1. / (size * epsilon(dtype_)), {.message = "Singular matrix up to precision epsilon."});
}

Operation LinearOperatorState::assert_positive_definite() const {
  warn_of_dense("assert_positive_definite");
  if (hints_.is_self_adjoint != true) throw NotImplementedError("assert_positive_definite is not implemented.");
  const Output diag = matrix_diag_part(reflow::cholesky(self().to_dense()));
  return assert_positive(real(diag), {.message = "Matrix was not positive definite."});
}

Operation LinearOperatorState::assert_self_adjoint() const {
  const Output dense = self().to_dense();
  warn_of_dense("assert_self_adjoint", false);
  return assert_equal(dense, linalg::adjoint(dense), {.message = "Matrix was not equal to its adjoint."});
}

LinearOperator LinearOperatorState::adjoint() const {
  LinearOperatorHints hints = hints_;
  hints.is_square = self().is_square();
  hints.name.clear();
  return LinearOperatorAdjoint(self(), hints);
}

LinearOperator LinearOperatorState::inverse() const {
  LinearOperatorHints hints = hints_;
  hints.is_square = self().is_square();
  hints.name.clear();
  return LinearOperatorInversion(self(), hints);
}

LinearOperator LinearOperatorState::cholesky() const {
  return LinearOperatorLowerTriangular(reflow::cholesky(self().to_dense()),
                                       {.is_non_singular = true, .is_self_adjoint = false, .is_square = true});
}

LinearOperatorHints named(LinearOperatorHints hints, const std::string& name) {
  if (hints.name.empty()) hints.name = name;
  return hints;
}

Output adjoint_if(bool adjoint, const Output& x) { return adjoint ? linalg::adjoint(x) : x; }

int64_t dimension(const Shape& shape, int axis) {
  const int i = shape.rank() + axis;
  return shape.known_rank() && i >= 0 ? shape.dim(i) : Shape::kUnknown;
}

Shape with_dims(Shape a, std::initializer_list<int64_t> b) {
  if (!a.known_rank()) return a;
  for (const int64_t size : b) a.add_dim(size);
  return a;
}

Output constant_shape(const Shape& shape, const char* name) {
  return constant(std::vector<int32_t>(shape.begin(), shape.end()), {.dtype = DType::kInt32, .name = name});
}

Operation assert_no_zeros(const Output& x, const char* message) {
  const name_scope scope("assert_no_entries_with_modulus_zero");
  const Output modulus = abs(x);
  const Output zero = constant(0, base_type(modulus.dtype()));
  return assert_less(zero, modulus, {.message = message});
}

Operation assert_real(const Output& x, const char* message) {
  const name_scope scope("assert_zero_imag_part");
  if (!is_complex(base_type(x.dtype()))) return no_op();
  const Output imaginary = imag(x);
  const Output zero = constant(0, base_type(imaginary.dtype()));
  return assert_equal(zero, imaginary, {.message = message});
}

}  // namespace reflow::linalg
