#pragma once

// tf.linalg. Matrices are the last two dimensions, those before them a batch. What other headers have in namespace
// reflow by the names of this module.

#include "reflow/client/array_ops.h"
#include "reflow/client/clip_ops.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/eye_ops.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/linear_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/special_ops.h"

namespace reflow::linalg {

using nn::l2_normalize;
using reflow::cholesky;
using reflow::cholesky_solve;
using reflow::cross;
using reflow::einsum;
using reflow::global_norm;
using reflow::matmul;
using reflow::matrix_transpose;
using reflow::matvec;
using reflow::norm;
using reflow::qr;
using reflow::svd;
using reflow::tensordot;
using reflow::trace;

inline Output band_part(const TensorLike& input, const TensorLike& num_lower, const TensorLike& num_upper,
                        const NameOptions& options = {}) {
  return reflow::matrix_band_part(input, num_lower, num_upper, options);
}
inline Output det(const TensorLike& input, const NameOptions& options = {}) {
  return reflow::matrix_determinant(input, options);
}
inline Output diag(const TensorLike& diagonal, const NameOptions& options = {"diag"}) {
  return reflow::matrix_diag(diagonal, options);
}
inline Output diag_part(const TensorLike& input, const NameOptions& options = {"diag_part"}) {
  return reflow::matrix_diag_part(input, options);
}
inline SelfAdjointEig eigh(const TensorLike& tensor, const NameOptions& options = {}) {
  return reflow::self_adjoint_eig(tensor, options);
}
inline Output eigvalsh(const TensorLike& tensor, const NameOptions& options = {}) {
  return reflow::self_adjoint_eigvals(tensor, options);
}
inline Output inv(const TensorLike& input, const MatrixInverseOptions& options = {}) {
  return reflow::matrix_inverse(input, options);
}
inline Output lstsq(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveLsOptions& options = {}) {
  return reflow::matrix_solve_ls(matrix, rhs, options);
}
inline Output set_diag(const TensorLike& input, const TensorLike& diagonal, const NameOptions& options = {"set_diag"}) {
  return reflow::matrix_set_diag(input, diagonal, options);
}
inline Output solve(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveOptions& options = {}) {
  return reflow::matrix_solve(matrix, rhs, options);
}
inline Output sqrtm(const TensorLike& input, const NameOptions& options = {}) {
  return reflow::matrix_square_root(input, options);
}
inline Output tensor_diag(const TensorLike& diagonal, const NameOptions& options = {}) {
  return reflow::diag(diagonal, options);
}
inline Output tensor_diag_part(const TensorLike& input, const NameOptions& options = {}) {
  return reflow::diag_part(input, options);
}
inline Output transpose(const TensorLike& a, const NameOptions& options = {"matrix_transpose"}) {
  return reflow::matrix_transpose(a, options);
}
inline Output triangular_solve(const TensorLike& matrix, const TensorLike& rhs,
                               const MatrixTriangularSolveOptions& options = {}) {
  return reflow::matrix_triangular_solve(matrix, rhs, options);
}

}  // namespace reflow::linalg
