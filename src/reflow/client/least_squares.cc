#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/eye_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {

using client::apply_op;
using client::convert;

namespace {

// Batches of more bytes that are small matrices are left to the op.
constexpr int64_t kLargeBatchBytes = 256000;

bool is_zero(const TensorLike& value) {
  if (const auto* number = std::get_if<double>(&value.value())) return *number == 0;
  const auto* whole = std::get_if<int64_t>(&value.value());
  return whole && *whole == 0;
}

// Cholesky's factor of matrix^H * matrix, or of matrix * matrix^H, with the regulariser on the diagonal.
Output gramian_factor(const Output& matrix, const TensorLike& l2_regularizer, bool of_columns) {
  Output gramian = matmul(matrix, matrix, {.adjoint_a = of_columns, .adjoint_b = !of_columns});
  if (!is_zero(l2_regularizer)) {
    const Shape& known = matrix.shape();
    const int axis = of_columns ? -1 : -2;
    const Output dims = shape(matrix);
    const Output batch = dims[{Slice({}, -2)}];
    const Output ones_on_diagonal = linalg::eye(dims[axis], {.batch_shape = batch, .dtype = base_type(matrix.dtype())});
    if (known.known_rank()) {
      Shape square = known;
      const int64_t size = known.dim(known.rank() + axis);
      square.set_dim(known.rank() - 1, size);
      square.set_dim(known.rank() - 2, size);
      ones_on_diagonal.set_shape(square);
    }
    const Output added = client::binary_operator("Mul", "mul", l2_regularizer, ones_on_diagonal);
    gramian = gramian + added;
  }
  return cholesky(gramian);
}

Output solve_normal_equations(const Output& matrix, const TensorLike& rhs, const MatrixSolveLsOptions& options) {
  const name_scope scope(options.name, "matrix_solve_ls");
  const auto overdetermined = [&] {
    const Output factor = gramian_factor(matrix, options.l2_regularizer, true);
    return cholesky_solve(factor, matmul(matrix, rhs, {.adjoint_a = true}));
  };
  const auto underdetermined = [&] {
    const Output factor = gramian_factor(matrix, options.l2_regularizer, false);
    return matmul(matrix, cholesky_solve(factor, rhs), {.adjoint_a = true});
  };
  const Shape& known = matrix.shape();
  const int rank = known.rank();
  if (rank >= 2 && known.dim(rank - 2) >= 0 && known.dim(rank - 1) >= 0) {
    return known.dim(rank - 2) >= known.dim(rank - 1) ? overdetermined() : underdetermined();
  }
  const Output dims = shape(matrix)[{Slice(-2, {})}];
  const Output rows = dims[-2];
  return cond(rows >= dims[-1], overdetermined, underdetermined);
}

}  // namespace

Output matrix_solve_ls(const TensorLike& matrix_like, const TensorLike& rhs, const MatrixSolveLsOptions& options) {
  const Output matrix = convert(matrix_like, DType::kInvalid, "matrix");
  if (base_type(matrix.dtype()) == DType::kComplex128 && !is_zero(options.l2_regularizer)) {
    throw NotImplementedError(
        "matrix_solve_ls is currently disabled for complex128 and l2_regularizer != 0 due to poor accuracy.");
  }
  const Shape& known = matrix.shape();
  bool to_the_op = !options.fast;
  if (options.fast && known.fully_defined() && known.rank() >= 2) {
    const int64_t rows = known.dim(known.rank() - 2), columns = known.dim(known.rank() - 1);
    const int64_t bytes = known.num_elements() * static_cast<int64_t>(dtype_size(base_type(matrix.dtype())));
    const int64_t batch = rows * columns == 0 ? 0 : known.num_elements() / (rows * columns);
    to_the_op = bytes > kLargeBatchBytes && batch > std::min(rows, columns);
  }
  if (!to_the_op) return solve_normal_equations(matrix, rhs, options);
  return apply_op("MatrixSolveLs", options.name, {matrix, rhs, options.l2_regularizer}, {{"fast", options.fast}});
}

}  // namespace reflow
