// Operators that are given by their elements: any matrix, the lower triangle, the diagonal, the axis of a reflection.

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/special_ops.h"

namespace reflow::linalg {

Output conjugated(const Output& x) { return is_complex(base_type(x.dtype())) ? conj(x) : x; }

LinearOperatorHints hints_of_square(LinearOperatorHints hints) {
  hints.is_square = true;
  hints.name.clear();
  return hints;
}

Output tensor_of_rank(const TensorLike& value, const char* argument, int rank, DType preferred) {
  const Output tensor = client::convert(value, DType::kInvalid, argument, preferred);
  if (tensor.shape().known_rank() && tensor.shape().rank() < rank) {
    throw ValueError(fmt::format("Argument {} must have at least {} dimension{}.  Found: {}", argument, rank,
                                 rank == 1 ? "" : "s", client::python_tensor(tensor)));
  }
  return tensor;
}

namespace {

class FullMatrixState : public LinearOperatorState {
 public:
  FullMatrixState(const Output& matrix, LinearOperatorHints hints)
      : LinearOperatorState(matrix.dtype(), std::move(hints)), matrix_(matrix) {
    if (is_floating(dtype_) || is_complex(dtype_)) return;
    throw TypeError(fmt::format("Argument matrix must have dtype in [tf.float16, tf.float32, tf.float64, tf.complex64, "
                                "tf.complex128].  Found: {}",
                                client::python_dtype(dtype_)));
  }

  Shape shape() const override { return matrix_.shape(); }
  Output shape_tensor() const override { return reflow::shape(matrix_); }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    return reflow::matmul(matrix_, x, {.adjoint_a = adjoint, .adjoint_b = adjoint_arg});
  }
  Output to_dense() const override { return matrix_; }

 private:
  Output matrix_;
};

class HouseholderState : public LinearOperatorState {
 public:
  HouseholderState(const Output& axis, LinearOperatorHints hints) : LinearOperatorState(axis.dtype(), std::move(hints)), axis_(axis) {}
  const Output& axis() const { return axis_; }

  Shape shape() const override { return with_dims(axis_.shape(), {dimension(axis_.shape(), -1)}); }
  Output shape_tensor() const override {
    const Output sizes = reflow::shape(axis_);
    return concat({sizes, expand_dims(sizes[-1], 0)}, 0);
  }
  Output matmul(const Output& x, bool, bool adjoint_arg) const override {
    const Output argument = adjoint_if(adjoint_arg, x);
    const Output v = expand_dims(unit_axis(), -1);
    const Output component = reflow::matmul(v, argument, {.adjoint_a = true});
    return argument - 2 * v * component;
  }
  // What is reflected twice is as before.
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override { return matmul(rhs, adjoint, adjoint_arg); }
  Output determinant() const override { return -ones(self().batch_shape_tensor(), {.dtype = dtype_}); }
  Output log_abs_determinant() const override { return zeros(self().batch_shape_tensor(), {.dtype = dtype_}); }
  Output trace() const override {
    const Output size = cast(self().domain_dimension_tensor() - 2, dtype_);
    return size * ones(self().batch_shape_tensor(), {.dtype = dtype_});
  }
  Output diag_part() const override {
    const Output v = unit_axis();
    return 1. - 2 * v * conjugated(v);
  }
  Output to_dense() const override {
    const Output v = expand_dims(unit_axis(), -1);
    const Output matrix = -2 * reflow::matmul(v, v, {.adjoint_b = true});
    return matrix_set_diag(matrix, 1. + matrix_diag_part(matrix));
  }
  Operation assert_non_singular() const override { return no_op("assert_non_singular"); }
  Operation assert_positive_definite() const override {
    throw errors::InvalidArgumentError("Householder operators are always non-positive definite.");
  }
  Operation assert_self_adjoint() const override { return no_op("assert_self_adjoint"); }
  LinearOperator adjoint() const override { return self(); }
  LinearOperator inverse() const override { return self(); }

 private:
  Output unit_axis() const { return axis_ / norm(axis_, {.axis = -1, .keepdims = true}); }
  Output axis_;
};

std::shared_ptr<const LinearOperatorState> full_matrix(const TensorLike& matrix, const LinearOperatorHints& hints) {
  const LinearOperatorHints mine = named(hints, "LinearOperatorFullMatrix");
  const name_scope scope(mine.name);
  return std::make_shared<FullMatrixState>(tensor_of_rank(matrix, "matrix", 2), mine);
}

std::shared_ptr<const LinearOperatorState> lower_triangular(const TensorLike& tril, const LinearOperatorHints& hints) {
  if (hints.is_square == false) throw ValueError("Only square lower triangular operators supported at this time.");
  LinearOperatorHints mine = named(hints, "LinearOperatorLowerTriangular");
  mine.is_square = true;
  const name_scope scope(mine.name);
  return std::make_shared<LowerTriangularState>(tensor_of_rank(tril, "tril", 2), mine);
}

std::shared_ptr<const LinearOperatorState> diagonal_matrix(const TensorLike& diag, const LinearOperatorHints& hints) {
  LinearOperatorHints mine = named(hints, "LinearOperatorDiag");
  const name_scope scope(mine.name);
  const Output numbers = tensor_of_rank(diag, "diag", 1);
  if (!is_complex(base_type(numbers.dtype()))) {
    if (hints.is_self_adjoint == false) throw ValueError("A real diagonal operator is always self adjoint.");
    mine.is_self_adjoint = true;
  }
  if (hints.is_square == false) throw ValueError("Only square diagonal operators currently supported.");
  mine.is_square = true;
  return std::make_shared<DiagState>(numbers, mine);
}

std::shared_ptr<const LinearOperatorState> householder(const TensorLike& axis, const LinearOperatorHints& hints) {
  LinearOperatorHints mine = named(hints, "LinearOperatorHouseholder");
  const name_scope scope(mine.name);
  const Output vectors = tensor_of_rank(axis, "reflection_axis", 1);
  if (hints.is_self_adjoint == false) throw ValueError("A Householder operator is always self adjoint.");
  if (hints.is_positive_definite == true) throw ValueError("A Householder operator is always non-positive definite.");
  if (hints.is_square == false) throw ValueError("A Householder operator is always square.");
  mine.is_self_adjoint = mine.is_square = true;
  mine.is_positive_definite = false;
  return std::make_shared<HouseholderState>(vectors, mine);
}

}  // namespace

LinearOperatorFullMatrix::LinearOperatorFullMatrix(const TensorLike& matrix, const LinearOperatorHints& hints)
    : LinearOperator(full_matrix(matrix, hints)) {}

LinearOperatorLowerTriangular::LinearOperatorLowerTriangular(const TensorLike& tril, const LinearOperatorHints& hints)
    : LinearOperator(lower_triangular(tril, hints)) {}

LinearOperatorDiag::LinearOperatorDiag(const TensorLike& diag, const LinearOperatorHints& hints)
    : LinearOperator(diagonal_matrix(diag, hints)) {}
const Output& LinearOperatorDiag::diag() const { return static_cast<const DiagState&>(state()).diag(); }

LinearOperatorHouseholder::LinearOperatorHouseholder(const TensorLike& reflection_axis, const LinearOperatorHints& hints)
    : LinearOperator(householder(reflection_axis, hints)) {}
const Output& LinearOperatorHouseholder::reflection_axis() const {
  return static_cast<const HouseholderState&>(state()).axis();
}

LowerTriangularState::LowerTriangularState(const Output& tril, LinearOperatorHints hints)
    : LinearOperatorState(tril.dtype(), std::move(hints)), tril_(tril) {}

Output LowerTriangularState::triangle() const { return matrix_band_part(tril_, -1, 0); }
Output LowerTriangularState::diagonal() const { return matrix_diag_part(tril_); }
Shape LowerTriangularState::shape() const { return tril_.shape(); }
Output LowerTriangularState::shape_tensor() const { return reflow::shape(tril_); }

Output LowerTriangularState::matmul(const Output& x, bool adjoint, bool adjoint_arg) const {
  return reflow::matmul(triangle(), x, {.adjoint_a = adjoint, .adjoint_b = adjoint_arg});
}

Output LowerTriangularState::solve(const Output& rhs, bool adjoint, bool adjoint_arg) const {
  const Output side = adjoint_if(adjoint_arg, rhs);
  return triangular_solve_with_broadcast(triangle(), side, true, adjoint);
}

Output LowerTriangularState::determinant() const { return reduce_prod(diagonal(), {-1}); }
Output LowerTriangularState::log_abs_determinant() const { return reduce_sum(log(abs(diagonal())), {-1}); }

Operation LowerTriangularState::assert_non_singular() const {
  return assert_no_zeros(diagonal(), "Singular operator:  Diagonal contained zero values.");
}

DiagState::DiagState(const Output& diag, LinearOperatorHints hints)
    : LinearOperatorState(diag.dtype(), std::move(hints)), diag_(diag) {}

Output DiagState::numbers(bool adjoint) const { return adjoint ? conjugated(diag_) : diag_; }
Shape DiagState::shape() const { return with_dims(diag_.shape(), {dimension(diag_.shape(), -1)}); }

Output DiagState::shape_tensor() const {
  const Output sizes = reflow::shape(diag_);
  return concat({sizes, expand_dims(sizes[-1], 0)}, 0);
}

Output DiagState::matmul(const Output& x, bool adjoint, bool adjoint_arg) const {
  const Output diag = numbers(adjoint);
  const Output argument = adjoint_if(adjoint_arg, x);
  return expand_dims(diag, -1) * argument;
}

Output DiagState::matvec(const Output& x, bool adjoint) const { return numbers(adjoint) * x; }

Output DiagState::solve(const Output& rhs, bool adjoint, bool adjoint_arg) const {
  const Output diag = numbers(adjoint);
  const Output side = adjoint_if(adjoint_arg, rhs);
  return side * expand_dims(1. / diag, -1);
}

Output DiagState::determinant() const { return reduce_prod(diag_, {-1}); }

Output DiagState::log_abs_determinant() const {
  const Output sum = reduce_sum(log(abs(diag_)), {-1});
  return is_complex(dtype_) ? cast(sum, dtype_) : sum;
}

Output DiagState::to_dense() const { return matrix_diag(diag_); }

Output DiagState::add_to_tensor(const Output& x) const {
  const Output sum = diag_ + matrix_diag_part(x);
  return matrix_set_diag(x, sum);
}

Operation DiagState::assert_non_singular() const {
  return assert_no_zeros(diag_, "Singular operator:  Diagonal contained zero values.");
}

Operation DiagState::assert_positive_definite() const {
  return assert_positive(
      real(diag_),
      {.message = is_complex(dtype_)
                      ? "Diagonal operator had diagonal entries with non-positive real part, thus was not positive definite."
                      : "Real diagonal operator had non-positive diagonal entries, thus was not positive definite."});
}

Operation DiagState::assert_self_adjoint() const {
  return assert_real(diag_,
                     "This diagonal operator contained non-zero imaginary values.   Thus it was not self-adjoint.");
}

LinearOperator DiagState::adjoint() const { return LinearOperatorDiag(conjugated(diag_), hints_of_square(hints_)); }
LinearOperator DiagState::inverse() const { return LinearOperatorDiag(1. / diag_, hints_of_square(hints_)); }

LinearOperator DiagState::cholesky() const {
  return LinearOperatorDiag(sqrt(diag_), {.is_non_singular = true,
                                          .is_self_adjoint = true,
                                          .is_positive_definite = true,
                                          .is_square = true,
                                          .name = {}});
}

}  // namespace reflow::linalg
