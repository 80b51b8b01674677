#pragma once

// States of the classes whose products with others are of a known class again. Not for users.

#include "reflow/client/linear_operators/linear_operator_state.h"

namespace reflow::linalg {

class DiagState : public LinearOperatorState {
 public:
  DiagState(const Output& diag, LinearOperatorHints hints);
  const Output& diag() const { return diag_; }

  Shape shape() const override;
  Output shape_tensor() const override;
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output matvec(const Output& x, bool adjoint) const override;
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override;
  Output log_abs_determinant() const override;
  Output diag_part() const override { return diag_; }
  Output to_dense() const override;
  Output add_to_tensor(const Output& x) const override;
  Operation assert_non_singular() const override;
  Operation assert_positive_definite() const override;
  Operation assert_self_adjoint() const override;
  LinearOperator adjoint() const override;
  LinearOperator inverse() const override;
  LinearOperator cholesky() const override;

 private:
  Output numbers(bool adjoint) const;
  Output diag_;
};

class LowerTriangularState : public LinearOperatorState {
 public:
  LowerTriangularState(const Output& tril, LinearOperatorHints hints);

  Shape shape() const override;
  Output shape_tensor() const override;
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override;
  Output log_abs_determinant() const override;
  Output to_dense() const override { return triangle(); }
  Operation assert_non_singular() const override;

 private:
  Output triangle() const;
  Output diagonal() const;
  Output tril_;
};

// Operators whose shape is given by numbers, not by a tensor.
class SizedState : public LinearOperatorState {
 public:
  Shape shape() const override;
  Output shape_tensor() const override;

 protected:
  SizedState(DType dtype, LinearOperatorHints hints, bool assert_proper_shapes);
  // A size as a tensor, and its value where that is known: -1 where it isn't. TypeError, ValueError: no integer, negative.
  Output size_of(const TensorLike& value, const char* name, int64_t* known) const;
  void set_batch_shape(const TensorLike& batch_shape);
  // `x` with the operator's batch dimensions; after an assertion that it has the right number of rows, if that is wanted.
  Output broadcast(const Output& x) const;
  Output asserted(const Output& x) const;
  Output filled_diag(double value) const;
  Output filled_batch(double value) const;

  bool assert_proper_shapes_;
  Output num_rows_, num_columns_, batch_shape_arg_;  // the last isn't valid() where there is no batch
  int64_t known_rows_ = -1, known_columns_ = -1;
  Shape known_batch_;

 private:
  Output guarded(const Output& size, const char* name, int rank) const;
};

class IdentityState : public SizedState {
 public:
  IdentityState(const TensorLike& num_rows, const TensorLike& batch_shape, DType dtype, LinearOperatorHints hints,
                bool assert_proper_shapes);

  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override { return filled_batch(1); }
  Output log_abs_determinant() const override { return filled_batch(0); }
  Output trace() const override;
  Output diag_part() const override { return filled_diag(1); }
  Output add_to_tensor(const Output& x) const override;
  Operation assert_non_singular() const override;
  Operation assert_positive_definite() const override;
  Operation assert_self_adjoint() const override;
  LinearOperator adjoint() const override { return self(); }
  LinearOperator inverse() const override { return self(); }
  LinearOperator cholesky() const override { return self(); }
};

class ScaledIdentityState : public SizedState {
 public:
  ScaledIdentityState(const TensorLike& num_rows, const Output& multiplier, LinearOperatorHints hints,
                      bool assert_proper_shapes);
  const Output& multiplier() const { return multiplier_; }

  Shape shape() const override;
  Output shape_tensor() const override;
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override;
  Output log_abs_determinant() const override;
  Output trace() const override;
  Output diag_part() const override;
  Output add_to_tensor(const Output& x) const override;
  Operation assert_non_singular() const override;
  Operation assert_positive_definite() const override;
  Operation assert_self_adjoint() const override;
  LinearOperator adjoint() const override;
  LinearOperator inverse() const override;
  LinearOperator cholesky() const override;

 private:
  Output factor(bool conjugate) const;
  Output multiplier_;
};

class ZerosState : public SizedState {
 public:
  ZerosState(const TensorLike& num_rows, const TensorLike& num_columns, const TensorLike& batch_shape, DType dtype,
             LinearOperatorHints hints, bool assert_proper_shapes);

  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override { return filled_batch(0); }
  Output trace() const override { return filled_batch(0); }
  Output diag_part() const override { return filled_diag(0); }
  Output add_to_tensor(const Output& x) const override { return broadcast(x); }
  Operation assert_non_singular() const override;
  Operation assert_positive_definite() const override;
  Operation assert_self_adjoint() const override;
};

class CirculantState : public LinearOperatorState {
 public:
  CirculantState(const Output& spectrum, int block_depth, DType input_output_dtype, LinearOperatorHints hints);
  const Output& spectrum() const { return spectrum_; }
  int block_depth() const { return depth_; }
  Output convolution_kernel() const;
  Operation assert_hermitian_spectrum() const;

  Shape shape() const override;
  Output shape_tensor() const override;
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override;
  Output log_abs_determinant() const override;
  Output trace() const override;
  Output diag_part() const override;
  Operation assert_non_singular() const override;
  Operation assert_positive_definite() const override;
  Operation assert_self_adjoint() const override;
  LinearOperator adjoint() const override;
  LinearOperator inverse() const override;

 private:
  template <typename F>
  Output in_fourier_space(const Output& x, const Output& spectrum, F&& function) const;
  Output blocks_of(const Output& matrix) const;
  Output matrix_of(const Output& blocks) const;
  std::vector<int> block_axes() const;

  Output spectrum_, complex_spectrum_;
  int depth_;
};

// The inverse of another operator.
class InversionState : public LinearOperatorState {
 public:
  InversionState(const LinearOperator& op, LinearOperatorHints hints);
  const LinearOperator& inverted() const { return operator_; }

  Shape shape() const override { return operator_.shape(); }
  Output shape_tensor() const override { return operator_.shape_tensor(); }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override;
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override;
  Output determinant() const override;
  Output log_abs_determinant() const override;
  Operation assert_non_singular() const override { return operator_.assert_non_singular(); }
  Operation assert_positive_definite() const override { return operator_.assert_positive_definite(); }
  Operation assert_self_adjoint() const override { return operator_.assert_self_adjoint(); }
  LinearOperator inverse() const override { return operator_; }

 private:
  LinearOperator operator_;
};

// `x` conjugated, where that makes a difference.
Output conjugated(const Output& x);
// The hints of an operator that is the adjoint, inverse, ... of `hints`', which is square: under the class's own name.
LinearOperatorHints hints_of_square(LinearOperatorHints hints);
// `value` as a tensor. ValueError: it has less than `rank` dimensions.
Output tensor_of_rank(const TensorLike& value, const char* argument, int rank, DType preferred = DType::kInvalid);

}  // namespace reflow::linalg
