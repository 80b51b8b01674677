#pragma once

// Linear algebra. Matrices are the last two dimensions, those before them a batch.

#include <optional>
#include <string>

#include "reflow/client/reduction_ops.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// The lower triangular L with L * L^T = input.
Output cholesky(const TensorLike& input, const NameOptions& options = {});
Output matrix_determinant(const TensorLike& input, const NameOptions& options = {});
struct MatrixInverseOptions {
  bool adjoint = false;
  std::string name;
};
// Of the matrix, or of its adjoint. InvalidArgumentError in the run: "Input is not invertible.".
Output matrix_inverse(const TensorLike& input, const MatrixInverseOptions& options = {});
struct MatrixSolveOptions {
  bool adjoint = false;
  std::string name;
};
// X with matrix * X = rhs.
Output matrix_solve(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveOptions& options = {});
Output matrix_square_root(const TensorLike& input, const NameOptions& options = {});
struct MatrixTriangularSolveOptions {
  bool lower = true;
  bool adjoint = false;
  std::string name;
};
// The same where the matrix is triangular; the other triangle isn't read.
Output matrix_triangular_solve(const TensorLike& matrix, const TensorLike& rhs,
                               const MatrixTriangularSolveOptions& options = {});
struct QrOptions {
  bool full_matrices = false;
  std::string name;
};
struct QrResult {
  Output q, r;
};
// The orthogonal q and the triangular r with q * r = input.
QrResult qr(const TensorLike& input, const QrOptions& options = {});
// X with A * X = rhs, by the Cholesky factor of A.
Output cholesky_solve(const TensorLike& chol, const TensorLike& rhs, const NameOptions& options = {});

struct MatrixSolveLsOptions {
  TensorLike l2_regularizer = 0.0;
  bool fast = true;  // by the normal equations; false: by a complete orthogonal decomposition
  std::string name;
};
// X with matrix * X nearest to rhs. NotImplementedError: a regulariser with complex128.
Output matrix_solve_ls(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveLsOptions& options = {});

struct SelfAdjointEig {
  Output e, v;
};
// Eigenvalues of self-adjoint matrices, the smallest first, and their vectors, which are columns.
SelfAdjointEig self_adjoint_eig(const TensorLike& tensor, const NameOptions& options = {});
Output self_adjoint_eigvals(const TensorLike& tensor, const NameOptions& options = {});

struct SvdOptions {
  bool full_matrices = false;
  bool compute_uv = true;  // false: u and v aren't valid()
  std::string name;
};
struct Svd {
  Output s, u, v;
};
// tensor = u * diag(s) * v^H, the largest singular values first.
Svd svd(const TensorLike& tensor, const SvdOptions& options = {});

}  // namespace reflow

namespace reflow::linalg {

struct SlogdetResult {
  Output sign, log_abs_determinant;
};
// The sign of the determinant, and the logarithm of its absolute value.
SlogdetResult slogdet(const TensorLike& input, const NameOptions& options = {});
struct LuOptions {
  DType output_idx_type = int32;
  std::string name;
};
struct LuResult {
  Output lu, p;
};
// The triangular factors in one matrix, and the permutation of rows.
LuResult lu(const TensorLike& input, const LuOptions& options = {});
Output logm(const TensorLike& input, const NameOptions& options = {});
// The conjugate transpose.
Output adjoint(const TensorLike& matrix, const NameOptions& options = {});
// The logarithm of the determinant of a positive definite matrix.
Output logdet(const TensorLike& matrix, const NameOptions& options = {});
struct MatrixRankOptions {
  TensorLike tol;  // default: the larger size times the largest singular value times the type's epsilon
  bool validate_args = false;
  std::string name;
};
// How many singular values are larger than tol. TypeError: no floats. ValueError: no matrices.
Output matrix_rank(const TensorLike& a, const MatrixRankOptions& options = {});
struct PinvOptions {
  TensorLike rcond;  // default: ten times the larger size times the type's epsilon
  bool validate_args = false;
  std::string name;
};
// Moore and Penrose's inverse; singular values below rcond times the largest count as 0.
Output pinv(const TensorLike& a, const PinvOptions& options = {});

struct NormalizeOptions {
  TensorLike ord = "euclidean";
  TensorLike axis;
  std::string name;
};
struct Normalized {
  Output normalized, norm;
};
// The tensor divided by its norm, and that.
Normalized normalize(const TensorLike& tensor, const NormalizeOptions& options = {});

}  // namespace reflow::linalg
