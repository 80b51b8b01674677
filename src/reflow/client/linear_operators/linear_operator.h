#pragma once

// tf.linalg.LinearOperator: matrices, or batches of them, that know more of themselves than their elements. The classes are
// in linear_operators.h.

#include <memory>
#include <optional>
#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow::linalg {

class LinearOperatorState;  // linear_operator_state.h

// What a program knows of a matrix; unset: nothing. Methods go by these hints and don't check them.
struct LinearOperatorHints {
  std::optional<bool> is_non_singular, is_self_adjoint, is_positive_definite, is_square;
  std::string name;  // "": that of the class
};

struct OperatorMatmulOptions {
  bool adjoint = false;      // of the operator
  bool adjoint_arg = false;  // of the argument
  std::string name = "matmul";
};
struct OperatorVectorOptions {
  bool adjoint = false;
  std::string name;  // "": that of the method
};
struct OperatorSolveOptions {
  bool adjoint = false;
  bool adjoint_arg = false;
  std::string name = "solve";
};

// A matrix of shape [batch.., rows, columns]. A handle: copies are the same operator.
//
//   const tf::linalg::LinearOperatorDiag d({1., 2.});
//   const tf::linalg::LinearOperator a = d.matmul(tf::linalg::LinearOperatorFullMatrix({{1., 2.}, {3., 4.}}));
//   const tf::Output x = a.solve({{5.}, {6.}});
class LinearOperator {
 public:
  explicit LinearOperator(std::shared_ptr<const LinearOperatorState> state) : state_(std::move(state)) {}

  const std::string& name() const;
  DType dtype() const;
  std::optional<bool> is_non_singular() const;
  std::optional<bool> is_self_adjoint() const;
  std::optional<bool> is_positive_definite() const;
  // ValueError: "User set is_square hint to False, but the operator was square.".
  std::optional<bool> is_square() const;

  // What is known of the shape, and of its parts; -1 for a dimension that isn't known.
  Shape shape() const;
  Shape batch_shape() const;
  int64_t domain_dimension() const;  // columns
  int64_t range_dimension() const;   // rows
  std::optional<int> tensor_rank() const;
  // The same as tensors.
  Output shape_tensor(const std::string& name = "shape_tensor") const;
  Output batch_shape_tensor(const std::string& name = "batch_shape_tensor") const;
  Output domain_dimension_tensor(const std::string& name = "domain_dimension_tensor") const;
  Output range_dimension_tensor(const std::string& name = "range_dimension_tensor") const;
  Output tensor_rank_tensor(const std::string& name = "tensor_rank_tensor") const;

  // The product with matrices or vectors; with another operator: an operator. ValueError: sizes that don't fit.
  // TypeError: "Expected argument to have dtype ...".
  Output matmul(const TensorLike& x, const OperatorMatmulOptions& options = {}) const;
  LinearOperator matmul(const LinearOperator& x, const OperatorMatmulOptions& options = {}) const;
  Output matvec(const TensorLike& x, const OperatorVectorOptions& options = {}) const;
  // The X of A X = rhs. NotImplementedError: the hints say that it is singular or not square.
  Output solve(const TensorLike& rhs, const OperatorSolveOptions& options = {}) const;
  LinearOperator solve(const LinearOperator& rhs, const OperatorSolveOptions& options = {}) const;
  Output solvevec(const TensorLike& rhs, const OperatorVectorOptions& options = {}) const;

  // NotImplementedError: it is known not to be square.
  Output determinant(const std::string& name = "det") const;
  Output log_abs_determinant(const std::string& name = "log_abs_det") const;
  Output trace(const std::string& name = "trace") const;
  Output diag_part(const std::string& name = "diag_part") const;
  Output to_dense(const std::string& name = "to_dense") const;
  Output add_to_tensor(const TensorLike& x, const std::string& name = "add_to_tensor") const;

  // The operators of the conjugate transpose, of the inverse, and of the lower triangular L with L L^H = A.
  // ValueError: hints say that there is none.
  LinearOperator adjoint(const std::string& name = "adjoint") const;
  LinearOperator H() const { return adjoint(); }
  LinearOperator inverse(const std::string& name = "inverse") const;
  LinearOperator cholesky(const std::string& name = "cholesky") const;

  // Operations that fail where the matrix isn't so, up to rounding.
  Operation assert_non_singular(const std::string& name = "assert_non_singular") const;
  Operation assert_positive_definite(const std::string& name = "assert_positive_definite") const;
  Operation assert_self_adjoint(const std::string& name = "assert_self_adjoint") const;

  const LinearOperatorState& state() const { return *state_; }

 private:
  LinearOperator together(const LinearOperator& other, bool adjoint, bool adjoint_arg, const char* argument,
                          LinearOperator (*function)(const LinearOperator&, const LinearOperator&),
                          const std::string& name) const;
  Output checked(const TensorLike& x, const char* argument, std::optional<int> axis, int64_t size) const;

  std::shared_ptr<const LinearOperatorState> state_;
};

}  // namespace reflow::linalg
