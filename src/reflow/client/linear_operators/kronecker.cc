// Kronecker products. Products and solutions go by (A kron B) vec(X) = vec(B X A^T), one factor after the other.

#include <fmt/format.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_lists.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {
namespace {

// The columns of matrices below each other.
Output vec(const Output& x) {
  return reshape(matrix_transpose(x), concat({shape(x)[Slice({}, -2)], {-1}}, 0));
}

// Matrices of `columns` columns that `vec` makes `y` of.
Output unvec(const Output& y, const Output& columns) {
  return matrix_transpose(reshape(y, concat({shape(y)[Slice({}, -1)], expand_dims(columns, 0), {-1}}, 0)));
}

// `x` with its last dimension first, or its first dimension last.
Output rotated(const Output& x, bool right) {
  const Output dims = rank(x);
  const Output order = right ? concat({expand_dims(dims - 1, 0), range(0, dims - 1)}, 0) : concat({range(1, dims), {0}}, 0);
  return transpose(x, order);
}

class KroneckerState : public LinearOperatorState {
 public:
  KroneckerState(std::vector<LinearOperator> operators, LinearOperatorHints hints)
      : LinearOperatorState(operators[0].dtype(), std::move(hints)), operators_(std::move(operators)) {}

  Shape shape() const override {
    int64_t rows = 1, columns = 1;
    for (const LinearOperator& op : operators_) {
      rows = rows < 0 || op.range_dimension() < 0 ? -1 : rows * op.range_dimension();
      columns = columns < 0 || op.domain_dimension() < 0 ? -1 : columns * op.domain_dimension();
    }
    return with_dims(broadcast_batch_shape(operators_), {rows, columns});
  }
  Output shape_tensor() const override {
    Output rows = operators_[0].range_dimension_tensor(), columns = operators_[0].domain_dimension_tensor();
    for (size_t i = 1; i < operators_.size(); ++i) {
      rows = rows * operators_[i].range_dimension_tensor();
      columns = columns * operators_[i].domain_dimension_tensor();
    }
    return concat({broadcast_batch_shape_tensor(operators_), stack({rows, columns})}, 0);
  }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    return factor_by_factor(
        x, adjoint, adjoint_arg,
        [&](const LinearOperator& op, const Output& value) { return op.matmul(value, {.adjoint = adjoint}); },
        [&](const LinearOperator& op, const Output& value) { return op.matvec(value, {.adjoint = adjoint}); });
  }
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override {
    return factor_by_factor(
        rhs, adjoint, adjoint_arg,
        [&](const LinearOperator& op, const Output& value) { return op.solve(value, {.adjoint = adjoint}); },
        [&](const LinearOperator& op, const Output& value) { return op.solvevec(value, {.adjoint = adjoint}); });
  }
  Output determinant() const override {
    Output result;
    for (const LinearOperator& op : operators_) {
      const Output power = pow(op.determinant(), times(op));
      result = result.valid() ? result * power : power;
    }
    return result;
  }
  Output log_abs_determinant() const override {
    Output result;
    for (const LinearOperator& op : operators_) {
      const Output part = op.log_abs_determinant() * times(op);
      result = result.valid() ? result + part : part;
    }
    return result;
  }
  Output trace() const override {
    Output result = operators_[0].trace();
    for (size_t i = 1; i < operators_.size(); ++i) result = result * operators_[i].trace();
    return result;
  }
  Output diag_part() const override {
    Output diag = operators_[0].diag_part();
    for (size_t i = 1; i < operators_.size(); ++i) {
      const Output grid = expand_dims(diag, -1) * expand_dims(operators_[i].diag_part(), -2);
      diag = reshape(grid, concat({reflow::shape(grid)[Slice({}, -2)], {-1}}, 0));
    }
    return diag;
  }
  Output to_dense() const override {
    Output product = operators_[0].to_dense();
    for (size_t i = 1; i < operators_.size(); ++i) {
      const Output left = product[{ellipsis, Slice(), newaxis, Slice(), newaxis}];
      const Output grid = left * operators_[i].to_dense()[{ellipsis, newaxis, Slice(), newaxis, Slice()}];
      const Output sizes = reflow::shape(grid);
      const Output both = stack({sizes[-4] * sizes[-3], sizes[-2] * sizes[-1]});
      product = reshape(grid, concat({sizes[Slice({}, -4)], both}, 0));
    }
    product.set_shape(shape());
    return product;
  }
  Operation assert_non_singular() const override {
    return of_factors("invertible", [](const LinearOperator& op) { return op.assert_non_singular(); });
  }
  Operation assert_self_adjoint() const override {
    return of_factors("self adjoint", [](const LinearOperator& op) { return op.assert_self_adjoint(); });
  }
  LinearOperator adjoint() const override {
    return LinearOperatorKronecker(each(operators_, [](auto& op) { return op.adjoint(); }), hints_of_square(hints_));
  }
  LinearOperator inverse() const override {
    return LinearOperatorKronecker(each(operators_, [](auto& op) { return op.inverse(); }), hints_of_square(hints_));
  }
  LinearOperator cholesky() const override {
    return LinearOperatorKronecker(each(operators_, [](auto& op) { return op.cholesky(); }), kHintsOfFactors);
  }

 private:
  // How often the determinant of a factor counts.
  Output times(const LinearOperator& op) const {
    const Output all = self().domain_dimension_tensor();
    return cast(all / op.domain_dimension_tensor(), dtype_);
  }

  template <typename F, typename G>
  Output factor_by_factor(const Output& x, bool adjoint, bool adjoint_arg, F&& of_matrices, G&& of_vectors) const {
    Output argument = adjoint_if(adjoint_arg, x);
    // As many dimensions as the operator's batch needs.
    const Output batch = concat({ones_like(self().batch_shape_tensor()), {1, 1}}, 0);
    argument = argument + zeros(batch, {.dtype = dtype_});
    Output output = expand_dims(rotated(argument, true), 0);
    for (size_t i = 0; i + 1 < operators_.size(); ++i) {
      const LinearOperator& op = operators_[i];
      const Output size = adjoint ? op.range_dimension_tensor() : op.domain_dimension_tensor();
      output = of_matrices(op, matrix_transpose(unvec(output, size)));
      output = rotated(vec(rotated(matrix_transpose(output), false)), true);
    }
    output = of_vectors(operators_.back(), output);
    output = rotated(vec(rotated(output, false)), false);
    if (argument.shape().fully_defined() && shape().known_rank()) {
      const Shape& in = argument.shape();
      const Shape leading = broadcast_static_shape(in.sub_shape(0, in.rank() - 2), self().batch_shape());
      const int64_t rows = adjoint ? self().domain_dimension() : self().range_dimension();
      output.set_shape(with_dims(leading, {rows, dimension(in, -1)}));
    }
    return output;
  }

  template <typename F>
  Operation of_factors(const char* purpose, F&& assertion) const {
    std::vector<GraphElement> assertions;
    for (const LinearOperator& op : operators_) {
      if (op.is_square() != true) {
        throw errors::InvalidArgumentError(
            fmt::format("All Kronecker factors must be square for the product to be {}.", purpose));
      }
      assertions.emplace_back(assertion(op));
    }
    return group(assertions);
  }

  std::vector<LinearOperator> operators_;
};

std::shared_ptr<const LinearOperatorState> kronecker(const std::vector<LinearOperator>& operators,
                                                     const LinearOperatorHints& given) {
  check_operators(operators, "Expected a list of >=1 operators.");
  LinearOperatorHints hints = named(given, joined_names(operators, "_x_"));
  imply_hints(operators, "The Kronecker product of {0} operators is always {0}.", "positive-definite", &hints);
  return std::make_shared<KroneckerState>(operators, hints);
}

}  // namespace

LinearOperatorKronecker::LinearOperatorKronecker(const std::vector<LinearOperator>& operators, const LinearOperatorHints& hints)
    : LinearOperator(kronecker(operators, hints)) {}

}  // namespace reflow::linalg
