#pragma once

// Linear algebra. Matrices are the last two dimensions, those before them a batch: [..., M, N], of floats or complex
// numbers. Where nothing else is said they are square, the result has their shape, and what isn't is an
// InvalidArgumentError or ValueError: "Input matrix must be square.", "Dimensions must be equal, but are 2 and 3 ...".

#include <optional>
#include <string>

#include "reflow/client/reduction_ops.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// The lower triangular L with L * L^H = input, which is self-adjoint and positive definite; only its lower triangle is
// read. InvalidArgumentError in the run: "Cholesky decomposition was not successful. The input might not be valid.".
Output cholesky(const TensorLike& input, const NameOptions& options = {});
// The determinant, [...].
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
// X, [..., M, K], with matrix * X = rhs, or of the matrix's adjoint; rhs: [..., M, K].
// InvalidArgumentError in the run: "Input matrix is not invertible.".
Output matrix_solve(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveOptions& options = {});
// The matrix whose product with itself is the input.
Output matrix_square_root(const TensorLike& input, const NameOptions& options = {});
struct MatrixTriangularSolveOptions {
  bool lower = true;
  bool adjoint = false;
  std::string name;
};
// X as matrix_solve gives it, where the matrix is triangular; the other triangle isn't read.
Output matrix_triangular_solve(const TensorLike& matrix, const TensorLike& rhs,
                               const MatrixTriangularSolveOptions& options = {});
struct QrOptions {
  bool full_matrices = false;
  std::string name;
};
struct QrResult {
  Output q, r;
};
// The orthogonal q and the triangular r with q * r = input, [..., M, N]: [..., M, P] and [..., P, N], P being min(M,
// N), or with full_matrices [..., M, M] and [..., M, N].
QrResult qr(const TensorLike& input, const QrOptions& options = {});
// X with A * X = rhs, [..., M, K], by the Cholesky factor of A.
Output cholesky_solve(const TensorLike& chol, const TensorLike& rhs, const NameOptions& options = {});

struct MatrixSolveLsOptions {
  TensorLike l2_regularizer = 0.0;
  bool fast = true;  // by the normal equations; false: by a complete orthogonal decomposition
  std::string name;
};
// X, [..., N, K], with matrix * X nearest to rhs; matrix: [..., M, N], rhs: [..., M, K]. NotImplementedError: a
// regulariser with complex128. InvalidArgumentError in the run: "Input matrix was rank deficient or ill-conditioned.
// ...".
Output matrix_solve_ls(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveLsOptions& options = {});

struct SelfAdjointEig {
  Output e, v;
};
// Eigenvalues of self-adjoint matrices, the smallest first, [..., N], and their vectors, which are columns, [..., N,
// N]. Only the lower triangle is read.
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
// tensor = u * diag(s) * v^H, the largest singular values first. tensor: [..., M, N]; s: [..., P], P being min(M, N);
// u: [..., M, P], v: [..., N, P], or with full_matrices [..., M, M] and [..., N, N].
Svd svd(const TensorLike& tensor, const SvdOptions& options = {});

}  // namespace reflow

namespace reflow::linalg {

struct SlogdetResult {
  Output sign, log_abs_determinant;
};
// The sign of the determinant, and the logarithm of its absolute value, [...].
SlogdetResult slogdet(const TensorLike& input, const NameOptions& options = {});
struct LuOptions {
  DType output_idx_type = int32;
  std::string name;
};
struct LuResult {
  Output lu, p;
};
// The triangular factors in one matrix (of the lower one the diagonal of ones isn't kept), and the permutation of rows,
// [..., M].
LuResult lu(const TensorLike& input, const LuOptions& options = {});
// The logarithm of complex matrices.
Output logm(const TensorLike& input, const NameOptions& options = {});
// The conjugate transpose: [..., N, M] of [..., M, N].
Output adjoint(const TensorLike& matrix, const NameOptions& options = {});
// The logarithm of the determinant of a self-adjoint, positive definite matrix, [...].
Output logdet(const TensorLike& matrix, const NameOptions& options = {});
struct MatrixRankOptions {
  TensorLike tol;  // default: the larger size times the largest singular value times the type's epsilon
  bool validate_args = false;
  std::string name;
};
// How many singular values of [..., M, N] are larger than tol, int32, [...]. TypeError: no floats. ValueError: no
// matrices.
Output matrix_rank(const TensorLike& a, const MatrixRankOptions& options = {});
struct PinvOptions {
  TensorLike rcond;  // default: ten times the larger size times the type's epsilon
  bool validate_args = false;
  std::string name;
};
// Moore and Penrose's inverse of [..., M, N]: [..., N, M]; singular values below rcond times the largest count as 0.
Output pinv(const TensorLike& a, const PinvOptions& options = {});

struct NormalizeOptions {
  TensorLike ord = "euclidean";
  TensorLike axis;
  std::string name;
};
struct Normalized {
  Output normalized, norm;
};
// The tensor divided by its norm over `axis` (all, where there is none), and that, with dimensions of 1. `ord`: as of
// tf::norm.
Normalized normalize(const TensorLike& tensor, const NormalizeOptions& options = {});

}  // namespace reflow::linalg
