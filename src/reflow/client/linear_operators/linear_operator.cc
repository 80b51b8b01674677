#include "reflow/client/linear_operators/linear_operator.h"

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linear_operators/linear_operator_state.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {
namespace {

// The scope of a method.
class MethodScope {
 public:
  MethodScope(const LinearOperator& op, const std::string& name) : scope_(op.name() + "/" + name) {}

 private:
  name_scope scope_;
};

}  // namespace

const std::string& LinearOperator::name() const { return state_->hints().name; }
DType LinearOperator::dtype() const { return state_->dtype(); }
std::optional<bool> LinearOperator::is_non_singular() const { return state_->hints().is_non_singular; }
std::optional<bool> LinearOperator::is_self_adjoint() const { return state_->hints().is_self_adjoint; }
std::optional<bool> LinearOperator::is_positive_definite() const { return state_->hints().is_positive_definite; }

std::optional<bool> LinearOperator::is_square() const {
  const int64_t rows = range_dimension(), columns = domain_dimension();
  std::optional<bool> by_shape;
  if (rows >= 0 && columns >= 0) by_shape = rows == columns;
  const std::optional<bool>& by_hints = state_->hints().is_square;
  if (by_hints == false && by_shape == true) {
    throw ValueError("User set is_square hint to False, but the operator was square.");
  }
  return by_hints ? by_hints : by_shape;
}

Shape LinearOperator::shape() const { return state_->shape(); }
int64_t LinearOperator::domain_dimension() const { return dimension(shape(), -1); }
int64_t LinearOperator::range_dimension() const { return dimension(shape(), -2); }

Shape LinearOperator::batch_shape() const {
  const Shape all = shape();
  return all.known_rank() ? all.sub_shape(0, all.rank() - 2) : Shape::unknown();
}

std::optional<int> LinearOperator::tensor_rank() const {
  const Shape all = shape();
  return all.known_rank() ? std::optional(all.rank()) : std::nullopt;
}

Output LinearOperator::shape_tensor(const std::string& name) const {
  const MethodScope scope(*this, name);
  return shape().fully_defined() ? constant_shape(shape()) : state_->shape_tensor();
}

Output LinearOperator::batch_shape_tensor(const std::string& name) const {
  const MethodScope scope(*this, name);
  if (batch_shape().fully_defined()) return constant_shape(batch_shape(), "batch_shape");
  return shape_tensor()[Slice({}, -2)];
}

Output LinearOperator::domain_dimension_tensor(const std::string& name) const {
  const MethodScope scope(*this, name);
  const int64_t size = domain_dimension();
  return size < 0 ? shape_tensor()[-1] : convert_to_tensor(size);
}

Output LinearOperator::range_dimension_tensor(const std::string& name) const {
  const MethodScope scope(*this, name);
  const int64_t size = range_dimension();
  return size < 0 ? shape_tensor()[-2] : convert_to_tensor(size);
}

Output LinearOperator::tensor_rank_tensor(const std::string& name) const {
  const MethodScope scope(*this, name);
  return tensor_rank() ? convert_to_tensor(*tensor_rank()) : size(shape_tensor());
}

Output LinearOperator::checked(const TensorLike& x, const char* argument, std::optional<int> axis, int64_t size) const {
  const Output tensor = client::convert(x, DType::kInvalid, argument, dtype());
  if (base_type(tensor.dtype()) != dtype()) {
    throw TypeError(fmt::format("Expected argument to have dtype {}.  Found: {} in tensor {}", client::python_dtype(dtype()),
                                client::python_dtype(tensor.dtype()), client::python_tensor(tensor)));
  }
  if (!axis) return tensor;
  const int64_t found = dimension(tensor.shape(), *axis);
  if (size >= 0 && found >= 0 && size != found) {
    throw ValueError(fmt::format("Dimensions {} and {} are not compatible", size, found));
  }
  return tensor;
}

LinearOperator LinearOperator::together(const LinearOperator& other, bool adjoint, bool adjoint_arg, const char* argument,
                                        LinearOperator (*function)(const LinearOperator&, const LinearOperator&),
                                        const std::string& name) const {
  const LinearOperator left = adjoint ? this->adjoint() : *this;
  const LinearOperator right = adjoint_arg ? other.adjoint() : other;
  if (right.range_dimension() >= 0 && left.domain_dimension() >= 0 && right.range_dimension() != left.domain_dimension()) {
    throw ValueError(fmt::format("Operators are incompatible. Expected `{}` to have dimension {} but got {}.", argument,
                                 left.domain_dimension(), right.range_dimension()));
  }
  const MethodScope scope(*this, name);
  return function(left, right);
}

Output LinearOperator::matmul(const TensorLike& x, const OperatorMatmulOptions& options) const {
  const MethodScope scope(*this, options.name);
  const Output value = checked(x, "x", options.adjoint_arg ? -1 : -2, options.adjoint ? range_dimension() : domain_dimension());
  return state_->matmul(value, options.adjoint, options.adjoint_arg);
}

LinearOperator LinearOperator::matmul(const LinearOperator& x, const OperatorMatmulOptions& options) const {
  return together(x, options.adjoint, options.adjoint_arg, "x", product_of, options.name);
}

Output LinearOperator::matvec(const TensorLike& x, const OperatorVectorOptions& options) const {
  const MethodScope scope(*this, options.name.empty() ? "matvec" : options.name);
  const Output value = checked(x, "x", -1, options.adjoint ? range_dimension() : domain_dimension());
  return state_->matvec(value, options.adjoint);
}

namespace {

void check_solvable(const LinearOperator& op) {
  const char* const text = "Exact solve not implemented for an operator that is expected to {}.";
  if (op.is_non_singular() == false) throw NotImplementedError(fmt::format(fmt::runtime(text), "be singular"));
  if (op.is_square() == false) throw NotImplementedError(fmt::format(fmt::runtime(text), "not be square"));
}

void check_determinant(const LinearOperator& op) {
  if (op.is_square() != false) return;
  throw NotImplementedError("Determinant not implemented for an operator that is expected to not be square.");
}

}  // namespace

Output LinearOperator::solve(const TensorLike& rhs, const OperatorSolveOptions& options) const {
  check_solvable(*this);
  const MethodScope scope(*this, options.name);
  const Output value =
      checked(rhs, "rhs", options.adjoint_arg ? -1 : -2, options.adjoint ? domain_dimension() : range_dimension());
  return state_->solve(value, options.adjoint, options.adjoint_arg);
}

LinearOperator LinearOperator::solve(const LinearOperator& rhs, const OperatorSolveOptions& options) const {
  check_solvable(*this);
  return together(rhs, options.adjoint, options.adjoint_arg, "rhs", solution_of, options.name);
}

Output LinearOperator::solvevec(const TensorLike& rhs, const OperatorVectorOptions& options) const {
  const MethodScope scope(*this, options.name.empty() ? "solve" : options.name);
  const Output value = checked(rhs, "rhs", -1, options.adjoint ? domain_dimension() : range_dimension());
  return state_->solvevec(value, options.adjoint);
}

Output LinearOperator::determinant(const std::string& name) const {
  check_determinant(*this);
  const MethodScope scope(*this, name);
  return state_->determinant();
}

Output LinearOperator::log_abs_determinant(const std::string& name) const {
  check_determinant(*this);
  const MethodScope scope(*this, name);
  return state_->log_abs_determinant();
}

Output LinearOperator::trace(const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->trace();
}

Output LinearOperator::diag_part(const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->diag_part();
}

Output LinearOperator::to_dense(const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->to_dense();
}

Output LinearOperator::add_to_tensor(const TensorLike& x, const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->add_to_tensor(checked(x, "x", std::nullopt, -1));
}

LinearOperator LinearOperator::adjoint(const std::string& name) const {
  if (is_self_adjoint() == true) return *this;
  const MethodScope scope(*this, name);
  return state_->adjoint();
}

LinearOperator LinearOperator::inverse(const std::string& name) const {
  const char* const text = "Cannot take the Inverse: This operator represents a {} matrix.";
  if (is_square() == false) throw ValueError(fmt::format(fmt::runtime(text), "non square"));
  if (is_non_singular() == false) throw ValueError(fmt::format(fmt::runtime(text), "singular"));
  const MethodScope scope(*this, name);
  return state_->inverse();
}

LinearOperator LinearOperator::cholesky(const std::string& name) const {
  if (is_self_adjoint() != true || is_positive_definite() != true) {
    throw ValueError("Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix.");
  }
  const MethodScope scope(*this, name);
  return state_->cholesky();
}

Operation LinearOperator::assert_non_singular(const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->assert_non_singular();
}

Operation LinearOperator::assert_positive_definite(const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->assert_positive_definite();
}

Operation LinearOperator::assert_self_adjoint(const std::string& name) const {
  const MethodScope scope(*this, name);
  return state_->assert_self_adjoint();
}

}  // namespace reflow::linalg
