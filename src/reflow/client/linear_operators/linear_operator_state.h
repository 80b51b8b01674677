#pragma once

// What is behind a LinearOperator. Not for users.

#include <memory>
#include <string>
#include <vector>

#include "reflow/client/linear_operators/linear_operator.h"

namespace reflow::linalg {

// Subclasses have `shape`, `shape_tensor` and `matmul`, and override what they know a faster way for.
class LinearOperatorState : public std::enable_shared_from_this<LinearOperatorState> {
 public:
  virtual ~LinearOperatorState() = default;
  DType dtype() const { return dtype_; }
  const LinearOperatorHints& hints() const { return hints_; }
  LinearOperator self() const { return LinearOperator(shared_from_this()); }

  virtual Shape shape() const = 0;
  virtual Output shape_tensor() const = 0;
  virtual Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const = 0;
  virtual Output matvec(const Output& x, bool adjoint) const;
  virtual Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const;
  virtual Output solvevec(const Output& rhs, bool adjoint) const;
  virtual Output determinant() const;
  virtual Output log_abs_determinant() const;
  virtual Output trace() const;
  virtual Output diag_part() const;
  virtual Output to_dense() const;
  virtual Output add_to_tensor(const Output& x) const;
  virtual Operation assert_non_singular() const;
  virtual Operation assert_positive_definite() const;
  virtual Operation assert_self_adjoint() const;
  virtual LinearOperator adjoint() const;
  virtual LinearOperator inverse() const;
  virtual LinearOperator cholesky() const;

 protected:
  // Completes the hints: what is positive definite is not singular, ... ValueError: hints that contradict each other.
  LinearOperatorState(DType dtype, LinearOperatorHints hints);
  bool can_use_cholesky() const { return hints_.is_self_adjoint.value_or(false) && hints_.is_positive_definite.value_or(false); }

  DType dtype_;
  LinearOperatorHints hints_;
};

// The hints, with `name` where they have none.
LinearOperatorHints named(LinearOperatorHints hints, const std::string& name);
// `x`, or its adjoint.
Output adjoint_if(bool adjoint, const Output& x);
// The last dimension at `shape.rank() + axis`, -1 where it isn't known.
int64_t dimension(const Shape& shape, int axis);
// `a` with the dimensions `b` behind.
Shape with_dims(Shape a, std::initializer_list<int64_t> b);
// The shape as a constant where it is known.
Output constant_shape(const Shape& shape, const char* name = "");

// The matrices with batch dimensions broadcast against each other.
std::vector<Output> broadcast_matrix_batch_dims(const std::vector<Output>& matrices);
// Solving with batch dimensions broadcast.
Output cholesky_solve_with_broadcast(const Output& chol, const Output& rhs);
Output matrix_solve_with_broadcast(const Output& matrix, const Output& rhs, bool adjoint);
Output triangular_solve_with_broadcast(const Output& matrix, const Output& rhs, bool lower, bool adjoint);
// An operation that fails where `x` is 0; where it isn't real.
Operation assert_no_zeros(const Output& x, const char* message);
Operation assert_real(const Output& x, const char* message);

// The products and solutions of operators as operators of a known class.
LinearOperator product_of(const LinearOperator& a, const LinearOperator& b);
LinearOperator solution_of(const LinearOperator& a, const LinearOperator& b);

}  // namespace reflow::linalg
