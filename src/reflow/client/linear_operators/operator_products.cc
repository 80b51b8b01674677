// The products of operators, and solutions with an operator on the right-hand side: of a known class where there is one.

#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/operators.h"

namespace reflow::linalg {
namespace {

template <typename State>
const State* as(const LinearOperator& op) {
  return dynamic_cast<const State*>(&op.state());
}

// Is the product of two operators square, as far as that is known?
std::optional<bool> is_square(const LinearOperator& a, const LinearOperator& b) {
  const std::optional<bool> left = a.is_square(), right = b.is_square();
  if (left == true && right == true) return true;
  if (left == false && right == false) return a.range_dimension() == b.domain_dimension();
  return left != right && left.has_value() ? std::optional(false) : std::nullopt;
}

std::optional<bool> is_non_singular(const LinearOperator& a, const LinearOperator& b) {
  if (a.is_non_singular() == false || b.is_non_singular() == false) return false;
  return a.is_non_singular() == true ? b.is_non_singular() : std::nullopt;
}

// The hints of the product of two operators that commute.
LinearOperatorHints hints_of_commuting(const LinearOperator& a, const LinearOperator& b, bool definite = true) {
  const bool both = a.is_positive_definite() == true && a.is_self_adjoint() == true && b.is_positive_definite() == true &&
                    b.is_self_adjoint() == true;
  LinearOperatorHints hints;
  hints.is_non_singular = is_non_singular(a, b);
  if (a.is_self_adjoint() && b.is_self_adjoint()) {
    if (*a.is_self_adjoint() && *b.is_self_adjoint()) hints.is_self_adjoint = true;
    else if (*a.is_self_adjoint() != *b.is_self_adjoint()) hints.is_self_adjoint = false;
  }
  if (both && definite) hints.is_positive_definite = true;
  hints.is_square = true;
  return hints;
}

LinearOperator composition(const std::vector<LinearOperator>& factors, const LinearOperator& a, const LinearOperator& b) {
  LinearOperatorHints hints;
  hints.is_square = is_square(a, b);
  const std::optional<bool> other = hints.is_square == false ? std::optional(false) : std::nullopt;
  hints.is_non_singular = hints.is_square == true ? is_non_singular(a, b) : other;
  hints.is_self_adjoint = hints.is_positive_definite = other;
  return LinearOperatorComposition(factors, hints);
}

// What is on the diagonal of an operator that is diagonal; not valid(): it isn't.
Output numbers_of(const LinearOperator& op) {
  if (const auto* diag = as<DiagState>(op)) return diag->diag();
  if (const auto* scaled = as<ScaledIdentityState>(op)) return scaled->multiplier();
  return Output();
}

bool are_diagonal(const LinearOperator& a, const LinearOperator& b) {
  return (as<DiagState>(a) && numbers_of(b).valid()) || (numbers_of(a).valid() && as<DiagState>(b));
}

bool are_circulant(const LinearOperator& a, const LinearOperator& b) {
  const auto* left = as<CirculantState>(a);
  const auto* right = as<CirculantState>(b);
  return left && right && left->block_depth() == 1 && right->block_depth() == 1;
}

// A multiplier of one number for each matrix beside the numbers of a diagonal.
Output beside(const LinearOperator& op, const LinearOperator& other) {
  const Output numbers = numbers_of(op);
  return as<ScaledIdentityState>(op) && as<DiagState>(other) ? expand_dims(numbers, -1) : numbers;
}

LinearOperator zeros_of(const LinearOperator& zeros, const LinearOperator& other) {
  if (zeros.is_square() == true && other.is_square() == true) return zeros;
  throw ValueError("Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not supported at this time.");
}

}  // namespace

LinearOperator product_of(const LinearOperator& a, const LinearOperator& b) {
  if (as<IdentityState>(a)) return b;
  if (as<IdentityState>(b)) return a;
  if (as<ZerosState>(a)) return zeros_of(a, b);
  if (as<ZerosState>(b)) return zeros_of(b, a);
  if (are_diagonal(a, b)) return LinearOperatorDiag(beside(a, b) * beside(b, a), hints_of_commuting(a, b));
  if (const auto* diag = as<DiagState>(a); diag && as<LowerTriangularState>(b)) {
    return LinearOperatorLowerTriangular(expand_dims(diag->diag(), -1) * b.to_dense(), hints_of_commuting(a, b, false));
  }
  if (const auto* diag = as<DiagState>(b); diag && as<LowerTriangularState>(a)) {
    return LinearOperatorLowerTriangular(a.to_dense() * expand_dims(diag->diag(), -2), hints_of_commuting(a, b, false));
  }
  if (are_circulant(a, b)) {
    return LinearOperatorCirculant(as<CirculantState>(a)->spectrum() * as<CirculantState>(b)->spectrum(),
                                   {.input_output_dtype = a.dtype(), .hints = hints_of_commuting(a, b)});
  }
  return composition({a, b}, a, b);
}

LinearOperator solution_of(const LinearOperator& a, const LinearOperator& b) {
  if (as<IdentityState>(a)) return b;
  if (const auto* inverse = as<InversionState>(a)) return inverse->inverted().matmul(b);
  if (are_diagonal(a, b)) return LinearOperatorDiag(beside(b, a) / beside(a, b), hints_of_commuting(a, b));
  if (const auto* diag = as<DiagState>(a); diag && as<LowerTriangularState>(b)) {
    return LinearOperatorLowerTriangular(b.to_dense() / expand_dims(diag->diag(), -1), hints_of_commuting(a, b, false));
  }
  if (are_circulant(a, b)) {
    return LinearOperatorCirculant(as<CirculantState>(b)->spectrum() / as<CirculantState>(a)->spectrum(),
                                   {.input_output_dtype = a.dtype(), .hints = hints_of_commuting(a, b)});
  }
  return composition({LinearOperatorInversion(a), b}, a, b);
}

}  // namespace reflow::linalg
