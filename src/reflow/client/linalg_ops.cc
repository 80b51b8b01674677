#include "reflow/client/linalg_ops.h"

#include <algorithm>
#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow {

using client::apply_op;
using client::convert;
using client::make_op;

Output cholesky(const TensorLike& input, const NameOptions& options) {
  return apply_op("Cholesky", options.name, {input});
}

Output matrix_determinant(const TensorLike& input, const NameOptions& options) {
  return apply_op("MatrixDeterminant", options.name, {input});
}

Output matrix_inverse(const TensorLike& input, const MatrixInverseOptions& options) {
  return apply_op("MatrixInverse", options.name, {input}, {{"adjoint", options.adjoint}});
}

Output matrix_solve(const TensorLike& matrix, const TensorLike& rhs, const MatrixSolveOptions& options) {
  return apply_op("MatrixSolve", options.name, {matrix, rhs}, {{"adjoint", options.adjoint}});
}

Output matrix_square_root(const TensorLike& input, const NameOptions& options) {
  return apply_op("MatrixSquareRoot", options.name, {input});
}

Output matrix_triangular_solve(const TensorLike& matrix, const TensorLike& rhs,
                               const MatrixTriangularSolveOptions& options) {
  return apply_op("MatrixTriangularSolve", options.name, {matrix, rhs},
                  {{"lower", options.lower}, {"adjoint", options.adjoint}});
}

QrResult qr(const TensorLike& input, const QrOptions& options) {
  graph::Node* node = make_op("Qr", options.name, {input}, {{"full_matrices", options.full_matrices}});
  return {Output(node, 0), Output(node, 1)};
}

Output cholesky_solve(const TensorLike& chol, const TensorLike& rhs, const NameOptions& options) {
  const name_scope scope(options.name, "cholesky_solve");
  const Output y = matrix_triangular_solve(chol, rhs);
  return matrix_triangular_solve(chol, y, {.adjoint = true});
}

SelfAdjointEig self_adjoint_eig(const TensorLike& tensor, const NameOptions& options) {
  graph::Node* node = make_op("SelfAdjointEigV2", options.name, {tensor}, {{"compute_v", true}});
  return {Output(node, 0), Output(node, 1)};
}

Output self_adjoint_eigvals(const TensorLike& tensor, const NameOptions& options) {
  return apply_op("SelfAdjointEigV2", options.name, {tensor}, {{"compute_v", false}});
}

Svd svd(const TensorLike& tensor, const SvdOptions& options) {
  graph::Node* node = make_op("Svd", options.name, {tensor},
                              {{"compute_uv", options.compute_uv}, {"full_matrices", options.full_matrices}});
  if (!options.compute_uv) return {Output(node, 0), Output(), Output()};
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

}  // namespace reflow

namespace reflow::linalg {

using client::apply_op;
using client::convert;
using client::make_op;

SlogdetResult slogdet(const TensorLike& input, const NameOptions& options) {
  graph::Node* node = make_op("LogMatrixDeterminant", options.name, {input});
  return {Output(node, 0), Output(node, 1)};
}

LuResult lu(const TensorLike& input, const LuOptions& options) {
  graph::Node* node = make_op("Lu", options.name, {input}, {{"output_idx_type", options.output_idx_type}});
  return {Output(node, 0), Output(node, 1)};
}

Output logm(const TensorLike& input, const NameOptions& options) {
  return apply_op("MatrixLogarithm", options.name, {input});
}

Output adjoint(const TensorLike& matrix, const NameOptions& options) {
  const name_scope scope(options.name, "adjoint");
  const Output value = convert(matrix, DType::kInvalid, "matrix");
  if (!is_complex(base_type(value.dtype()))) return matrix_transpose(value);
  const int rank = value.shape().rank();
  const name_scope transposing("matrix_transpose");
  if (rank < 0) throw ValueError("adjoint of complex numbers needs a tensor of known rank");
  if (rank < 2)
    throw ValueError("Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: " + value.shape().str());
  std::vector<int32_t> perm;
  for (int i = 0; i < rank - 2; ++i) perm.push_back(i);
  perm.insert(perm.end(), {rank - 1, rank - 2});
  return apply_op("ConjugateTranspose", "transpose", {value, perm});
}

Output logdet(const TensorLike& matrix, const NameOptions& options) {
  const name_scope scope(options.name, "logdet");
  const Output diagonal = matrix_diag_part(cholesky(matrix));
  const Output sum = reduce_sum(log(real(diagonal)), {-1});
  return 2.0 * sum;
}

namespace {

// `a`, of which it is known or checked that it is matrices of floats.
Output checked_matrix(const TensorLike& a, bool validate_args) {
  const Output value = convert(a, DType::kInvalid, "a", DType::kFloat32);
  const DType type = base_type(value.dtype());
  if (!is_floating(type)) {
    throw TypeError("Input `a` must have `float`-like `dtype` (saw " + dtype_name(type) + ").");
  }
  const int rank = value.shape().rank();
  if (rank >= 2) return value;
  if (rank >= 0) {
    throw ValueError("Input `a` must have at least 2 dimensions (saw: " + std::to_string(rank) + ").");
  }
  if (!validate_args) return value;
  const Operation check = assert_rank_at_least(value, 2, {.message = "Input `a` must have at least 2 dimensions."});
  const control_dependencies after({check});
  return identity(value);
}

double epsilon_of(DType type) {
  switch (type) {
    case DType::kFloat64:
      return std::numeric_limits<double>::epsilon();
    case DType::kHalf:
      return 0.000977;
    default:
      return std::numeric_limits<float>::epsilon();
  }
}

// The sizes of the last two dimensions; -1 where one isn't known.
std::pair<int64_t, int64_t> matrix_sizes(const Shape& shape) {
  const int rank = shape.rank();
  if (rank < 2) return {-1, -1};
  return {shape.dim(rank - 2), shape.dim(rank - 1)};
}

}  // namespace

Output matrix_rank(const TensorLike& a, const MatrixRankOptions& options) {
  const name_scope scope(options.name, "matrix_rank");
  const Output matrix = checked_matrix(a, options.validate_args);
  const DType type = base_type(matrix.dtype());
  const Output s = svd(matrix, {.compute_uv = false}).s;
  TensorLike tol = options.tol;
  if (tol.is_none()) {
    const auto [rows, columns] = matrix_sizes(matrix.shape());
    TensorLike largest;
    if (rows >= 0 && columns >= 0) {
      Tensor size(int64, Shape{});
      *size.data<int64_t>() = std::max(rows, columns);
      largest = size;
    } else {
      largest = reduce_max(shape(matrix)[{Slice(-2, {})}]);
    }
    const Output size = cast(largest, type);
    const Output scaled = epsilon_of(type) * size;
    tol = scaled * reduce_max(s, -1, {.keepdims = true});
  }
  return reduce_sum(cast(greater(s, tol), int32), -1);
}

Output pinv(const TensorLike& a, const PinvOptions& options) {
  const name_scope scope(options.name, "pinv");
  const Output matrix = checked_matrix(a, options.validate_args);
  const DType type = base_type(matrix.dtype());
  const auto [rows, columns] = matrix_sizes(matrix.shape());
  TensorLike rcond = options.rcond;
  if (rcond.is_none() && rows >= 0 && columns >= 0) {
    rcond = 10. * static_cast<double>(std::max(rows, columns)) * epsilon_of(type);
  } else if (rcond.is_none()) {
    const auto size = [&](int64_t known, int axis) {
      return cast(known >= 0 ? TensorLike(known) : TensorLike(shape(matrix)[axis]), type);
    };
    const Output height = size(rows, -2);
    const Output width = size(columns, -1);
    rcond = 10. * maximum(height, width) * epsilon_of(type);
  }
  const Output limit = convert(rcond, type, "rcond");
  const Svd parts = svd(matrix);
  const Output cutoff = limit * reduce_max(parts.s, -1);
  const Output kept = parts.s > expand_dims(cutoff, -1);
  const Output s = apply_op("SelectV2", "", {kept, parts.s, std::numeric_limits<double>::infinity()});
  const Output scaled = parts.v / expand_dims(s, -2);
  const Output inverse = matmul(scaled, parts.u, {.adjoint_b = true});
  if (matrix.shape().known_rank()) {
    Shape turned = matrix.shape();
    turned.set_dim(turned.rank() - 2, columns);
    turned.set_dim(turned.rank() - 1, rows);
    inverse.set_shape(turned);
  }
  return inverse;
}

Normalized normalize(const TensorLike& tensor, const NormalizeOptions& options) {
  const name_scope scope(options.name, "normalize");
  const Output value = convert(tensor, DType::kInvalid, "");
  Output length = reflow::norm(value, {.ord = options.ord, .axis = options.axis, .keepdims = true});
  length = cast(length, base_type(value.dtype()));
  return {value / length, length};
}

}  // namespace reflow::linalg
