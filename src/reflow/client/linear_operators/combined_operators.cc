// Operators that are made of others: adjoints, inverses, products, blocks.

#include <fmt/format.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_lists.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {

void check_operators(const std::vector<LinearOperator>& operators, const char* message) {
  if (operators.empty()) throw ValueError(fmt::format("{} Found: []", message));
  std::string found;
  bool differ = false;
  for (const LinearOperator& op : operators) {
    differ |= op.dtype() != operators[0].dtype();
    found += fmt::format("{}('{}', {})", found.empty() ? "" : "   ", op.name(), client::python_dtype(op.dtype()));
  }
  if (differ) throw TypeError("Expected all operators to have the same dtype.  Found " + found);
}

std::string joined_names(const std::vector<LinearOperator>& operators, const char* between) {
  std::string names;
  for (const LinearOperator& op : operators) names += (names.empty() ? "" : between) + op.name();
  return names;
}

void imply_hint(const std::vector<LinearOperator>& operators, std::optional<bool> (LinearOperator::*hint)() const,
                const std::string& message, std::optional<bool>* given) {
  for (const LinearOperator& op : operators) {
    if ((op.*hint)() != true) return;
  }
  if (*given == false) throw ValueError(message);
  *given = true;
}

Shape broadcast_batch_shape(const std::vector<LinearOperator>& operators) {
  Shape batch = operators[0].batch_shape();
  for (size_t i = 1; i < operators.size(); ++i) batch = broadcast_static_shape(batch, operators[i].batch_shape());
  return batch;
}

Output broadcast_batch_shape_tensor(const std::vector<LinearOperator>& operators) {
  Output batch = operators[0].batch_shape_tensor();
  for (size_t i = 1; i < operators.size(); ++i) batch = broadcast_dynamic_shape(batch, operators[i].batch_shape_tensor());
  return batch;
}

namespace {

// The hint of an operator or the one given, whichever is known: what is so of one is so of its inverse or adjoint.
void relate_hint(std::optional<bool> of_operator, const char* kind, const char* relation, std::optional<bool>* given) {
  if (of_operator && *given && *of_operator != **given) {
    throw ValueError(fmt::format("An operator is {0} if and only if its {1} is {0}.", kind, relation));
  }
  if (!*given) *given = of_operator;
}

LinearOperatorHints related_hints(const LinearOperator& op, const char* relation, const char* suffix,
                                  const LinearOperatorHints& given) {
  LinearOperatorHints hints = named(given, op.name() + suffix);
  relate_hint(op.is_square(), "square", relation, &hints.is_square);
  relate_hint(op.is_non_singular(), "non-singular", relation, &hints.is_non_singular);
  relate_hint(op.is_self_adjoint(), "self-adjoint", relation, &hints.is_self_adjoint);
  relate_hint(op.is_positive_definite(), "positive-definite", relation, &hints.is_positive_definite);
  return hints;
}

class AdjointState : public LinearOperatorState {
 public:
  AdjointState(const LinearOperator& op, LinearOperatorHints hints)
      : LinearOperatorState(op.dtype(), std::move(hints)), operator_(op) {}

  Shape shape() const override {
    const Shape all = operator_.shape();
    return with_dims(operator_.batch_shape(), {dimension(all, -1), dimension(all, -2)});
  }
  Output shape_tensor() const override {
    const Output all = operator_.shape_tensor();
    return concat({all[Slice({}, -2)], expand_dims(all[-1], 0), expand_dims(all[-2], 0)}, 0);
  }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    return operator_.matmul(x, {.adjoint = !adjoint, .adjoint_arg = adjoint_arg});
  }
  Output matvec(const Output& x, bool adjoint) const override { return operator_.matvec(x, {.adjoint = !adjoint}); }
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override {
    return operator_.solve(rhs, {.adjoint = !adjoint, .adjoint_arg = adjoint_arg});
  }
  Output solvevec(const Output& rhs, bool adjoint) const override { return operator_.solvevec(rhs, {.adjoint = !adjoint}); }
  Output determinant() const override { return conjugate(operator_.determinant()); }
  Output log_abs_determinant() const override { return operator_.log_abs_determinant(); }
  Output trace() const override { return conjugate(operator_.trace()); }
  Output to_dense() const override { return adjoint_if(hints_.is_self_adjoint != true, operator_.to_dense()); }
  Operation assert_non_singular() const override { return operator_.assert_non_singular(); }
  Operation assert_positive_definite() const override { return operator_.assert_positive_definite(); }
  Operation assert_self_adjoint() const override { return operator_.assert_self_adjoint(); }
  LinearOperator adjoint() const override { return operator_; }

 private:
  Output conjugate(const Output& value) const { return hints_.is_self_adjoint == true ? value : conjugated(value); }
  LinearOperator operator_;
};

void check_invertible(const char* hint, std::optional<bool> of_operator, std::optional<bool> given) {
  if (of_operator != false && given != false) return;
  const auto text = [](std::optional<bool> value) { return !value ? "None" : *value ? "True" : "False"; };
  throw ValueError(fmt::format(
      "operator and supplied hints must have `{}` equal to `True` or `None`.  Found {}, {}", hint, text(of_operator), text(given)));
}

class CompositionState : public LinearOperatorState {
 public:
  CompositionState(std::vector<LinearOperator> operators, LinearOperatorHints hints)
      : LinearOperatorState(operators[0].dtype(), std::move(hints)), operators_(std::move(operators)) {}

  Shape shape() const override {
    for (size_t i = 0; i + 1 < operators_.size(); ++i) {
      const int64_t columns = operators_[i].domain_dimension(), rows = operators_[i + 1].range_dimension();
      if (columns >= 0 && rows >= 0 && columns != rows) {
        throw ValueError(fmt::format("Dimensions {} and {} are not compatible", columns, rows));
      }
    }
    return with_dims(broadcast_batch_shape(operators_),
                     {operators_.front().range_dimension(), operators_.back().domain_dimension()});
  }
  Output shape_tensor() const override {
    const Output rows = operators_.front().range_dimension_tensor();
    const Output sizes = stack({rows, operators_.back().domain_dimension_tensor()});
    return concat({broadcast_batch_shape_tensor(operators_), sizes}, 0);
  }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    return applied(x, adjoint, [&](const LinearOperator& op, const Output& value, bool first) {
      return op.matmul(value, {.adjoint = adjoint, .adjoint_arg = first && adjoint_arg});
    });
  }
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override {
    return applied(rhs, !adjoint, [&](const LinearOperator& op, const Output& value, bool first) {
      return op.solve(value, {.adjoint = adjoint, .adjoint_arg = first && adjoint_arg});
    });
  }
  Output determinant() const override {
    return folded([](const LinearOperator& op) { return op.determinant(); }, [](auto& a, auto& b) { return a * b; });
  }
  Output log_abs_determinant() const override {
    return folded([](const LinearOperator& op) { return op.log_abs_determinant(); }, [](auto& a, auto& b) { return a + b; });
  }

 private:
  template <typename F>
  Output applied(Output x, bool from_the_left, F&& function) const {
    for (size_t i = 0; i < operators_.size(); ++i) {
      x = function(operators_[from_the_left ? i : operators_.size() - 1 - i], x, i == 0);
    }
    return x;
  }
  template <typename F, typename G>
  Output folded(F&& of_one, G&& together) const {
    Output result = of_one(operators_[0]);
    for (size_t i = 1; i < operators_.size(); ++i) {
      const Output next = of_one(operators_[i]);
      result = together(result, next);
    }
    return result;
  }
  std::vector<LinearOperator> operators_;
};

class BlockDiagState : public LinearOperatorState {
 public:
  BlockDiagState(std::vector<LinearOperator> operators, LinearOperatorHints hints)
      : LinearOperatorState(operators[0].dtype(), std::move(hints)), operators_(std::move(operators)) {}

  Shape shape() const override {
    int64_t size = 0;
    for (const LinearOperator& op : operators_) {
      size = size < 0 || op.domain_dimension() < 0 ? -1 : size + op.domain_dimension();
    }
    return with_dims(broadcast_batch_shape(operators_), {size, size});
  }
  Output shape_tensor() const override {
    const Output size = sum([](const LinearOperator& op) { return op.domain_dimension_tensor(); });
    return concat({broadcast_batch_shape_tensor(operators_), stack({size, size})}, 0);
  }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    return by_blocks(x, adjoint_arg, [&](const LinearOperator& op, const Output& part) {
      return op.matmul(part, {.adjoint = adjoint, .adjoint_arg = adjoint_arg});
    });
  }
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override {
    return by_blocks(rhs, adjoint_arg, [&](const LinearOperator& op, const Output& part) {
      return op.solve(part, {.adjoint = adjoint, .adjoint_arg = adjoint_arg});
    });
  }
  Output determinant() const override {
    Output result = operators_[0].determinant();
    for (size_t i = 1; i < operators_.size(); ++i) result = result * operators_[i].determinant();
    return result;
  }
  Output log_abs_determinant() const override {
    return sum([](const LinearOperator& op) { return op.log_abs_determinant(); });
  }
  Output trace() const override {
    return sum([](const LinearOperator& op) { return op.trace(); });
  }
  Output diag_part() const override {
    std::vector<Output> columns;
    for (const LinearOperator& op : operators_) columns.push_back(expand_dims(op.diag_part(), -1));
    return squeeze(concat(broadcast_matrix_batch_dims(columns), -2), -1);
  }
  Output to_dense() const override {
    std::vector<Output> blocks, rows;
    for (const LinearOperator& op : operators_) blocks.push_back(op.to_dense());
    const Output all = self().domain_dimension_tensor();
    Output left = constant(0);
    for (const Output& block : broadcast_matrix_batch_dims(blocks)) {
      const Output sizes = reflow::shape(block), leading = sizes[Slice({}, -1)];
      const Output before = zeros(concat({leading, expand_dims(left, 0)}, 0), {.dtype = dtype_});
      left = left + sizes[-1];
      const Output after = zeros(concat({leading, expand_dims(all - left, 0)}, 0), {.dtype = dtype_});
      rows.push_back(concat({before, block, after}, -1));
    }
    const Output matrix = concat(rows, -2);
    matrix.set_shape(shape());
    return matrix;
  }
  Operation assert_non_singular() const override {
    return all([](const LinearOperator& op) { return op.assert_non_singular(); });
  }
  Operation assert_self_adjoint() const override {
    return all([](const LinearOperator& op) { return op.assert_self_adjoint(); });
  }
  Operation assert_positive_definite() const override {
    return all([](const LinearOperator& op) { return op.assert_positive_definite(); });
  }
  LinearOperator adjoint() const override {
    return LinearOperatorBlockDiag(each(operators_, [](auto& op) { return op.adjoint(); }), hints_of_square(hints_));
  }
  LinearOperator inverse() const override {
    return LinearOperatorBlockDiag(each(operators_, [](auto& op) { return op.inverse(); }), hints_of_square(hints_));
  }
  LinearOperator cholesky() const override {
    return LinearOperatorBlockDiag(each(operators_, [](auto& op) { return op.cholesky(); }), kHintsOfFactors);
  }

 private:
  template <typename F>
  Output sum(F&& of_one) const {
    Output total = of_one(operators_[0]);
    for (size_t i = 1; i < operators_.size(); ++i) total = total + of_one(operators_[i]);
    return total;
  }
  template <typename F>
  Operation all(F&& assertion) const {
    std::vector<GraphElement> assertions;
    for (const LinearOperator& op : operators_) assertions.emplace_back(assertion(op));
    return group(assertions);
  }
  template <typename F>
  Output by_blocks(const Output& x, bool adjoint_arg, F&& function) const {
    std::vector<Output> sizes, results;
    for (const LinearOperator& op : operators_) sizes.push_back(op.domain_dimension_tensor());
    const std::vector<Output> parts = split(x, stack(sizes), {.axis = adjoint_arg ? -1 : -2, .num = static_cast<int>(sizes.size())});
    for (size_t i = 0; i < parts.size(); ++i) results.push_back(function(operators_[i], parts[i]));
    return concat(broadcast_matrix_batch_dims(results), -2);
  }
  std::vector<LinearOperator> operators_;
};

std::shared_ptr<const LinearOperatorState> composition(const std::vector<LinearOperator>& operators,
                                                       const LinearOperatorHints& given) {
  check_operators(operators, "Expected a non-empty list of operators.");
  LinearOperatorHints hints = named(given, joined_names(operators, "_o_"));
  imply_hint(operators, &LinearOperator::is_non_singular, "The composition of non-singular operators is always non-singular.",
             &hints.is_non_singular);
  return std::make_shared<CompositionState>(operators, hints);
}

std::shared_ptr<const LinearOperatorState> block_diag(const std::vector<LinearOperator>& operators,
                                                      const LinearOperatorHints& given) {
  check_operators(operators, "Expected a non-empty list of operators.");
  LinearOperatorHints hints = named(given, joined_names(operators, "_ds_"));
  imply_hints(operators, "The direct sum of {0} operators is always {0}.", "positive definite", &hints);
  for (const LinearOperator& op : operators) {
    if (given.is_square == false || op.is_square() != true) {
      throw ValueError("Can only represent a block diagonal of square matrices.");
    }
  }
  hints.is_square = true;
  return std::make_shared<BlockDiagState>(operators, hints);
}

}  // namespace

void imply_hints(const std::vector<LinearOperator>& operators, const char* text, const char* positive,
                 LinearOperatorHints* hints) {
  const auto message = [&](const char* kind) { return fmt::format(fmt::runtime(text), kind); };
  imply_hint(operators, &LinearOperator::is_non_singular, message("non-singular"), &hints->is_non_singular);
  imply_hint(operators, &LinearOperator::is_self_adjoint, message("self-adjoint"), &hints->is_self_adjoint);
  imply_hint(operators, &LinearOperator::is_positive_definite, message(positive), &hints->is_positive_definite);
}

InversionState::InversionState(const LinearOperator& op, LinearOperatorHints hints)
    : LinearOperatorState(op.dtype(), std::move(hints)), operator_(op) {}

Output InversionState::matmul(const Output& x, bool adjoint, bool adjoint_arg) const {
  return operator_.solve(x, {.adjoint = adjoint, .adjoint_arg = adjoint_arg});
}

Output InversionState::solve(const Output& rhs, bool adjoint, bool adjoint_arg) const {
  return operator_.matmul(rhs, {.adjoint = adjoint, .adjoint_arg = adjoint_arg});
}

Output InversionState::determinant() const { return 1. / operator_.determinant(); }
Output InversionState::log_abs_determinant() const { return -1. * operator_.log_abs_determinant(); }

namespace {

std::shared_ptr<const LinearOperatorState> inversion(const LinearOperator& op, const LinearOperatorHints& hints) {
  check_invertible("is_non_singular", op.is_non_singular(), hints.is_non_singular);
  check_invertible("is_square", op.is_square(), hints.is_square);
  return std::make_shared<InversionState>(op, related_hints(op, "inverse", "_inv", hints));
}

}  // namespace

LinearOperatorAdjoint::LinearOperatorAdjoint(const LinearOperator& op, const LinearOperatorHints& hints)
    : LinearOperator(std::make_shared<AdjointState>(op, related_hints(op, "adjoint", "_adjoint", hints))) {}

LinearOperatorInversion::LinearOperatorInversion(const LinearOperator& op, const LinearOperatorHints& hints)
    : LinearOperator(inversion(op, hints)) {}

LinearOperatorComposition::LinearOperatorComposition(const std::vector<LinearOperator>& operators,
                                                     const LinearOperatorHints& hints)
    : LinearOperator(composition(operators, hints)) {}

LinearOperatorBlockDiag::LinearOperatorBlockDiag(const std::vector<LinearOperator>& operators, const LinearOperatorHints& hints)
    : LinearOperator(block_diag(operators, hints)) {}

}  // namespace reflow::linalg
