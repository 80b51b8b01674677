// Operators that are another plus a matrix of low rank. Solutions and determinants go by Woodbury's identity and the matrix
// determinant lemma, through the capacitance C = D^-1 + V^H L^-1 U, which is as small as the rank.

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/diag_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/linalg_ops.h"
#include "reflow/client/linear_operators/linear_operators.h"
#include "reflow/client/linear_operators/operator_states.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/older_names.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::linalg {
namespace {

class LowRankUpdateState : public LinearOperatorState {
 public:
  LowRankUpdateState(const LinearOperator& base, const Output& u, const Output& v, const LinearOperator& diag,
                     bool use_cholesky, LinearOperatorHints hints)
      : LinearOperatorState(base.dtype(), std::move(hints)), base_(base), diag_(diag), u_(u), v_(v), use_cholesky_(use_cholesky) {}

  Shape shape() const override {
    const Shape& u = u_.shape();
    if (!u.known_rank()) return Shape::unknown();
    const Shape batch = broadcast_static_shape(base_.batch_shape(), u.sub_shape(0, u.rank() - 2));
    return with_dims(batch, {base_.range_dimension(), base_.domain_dimension()});
  }
  Output shape_tensor() const override {
    const Output batch = broadcast_dynamic_shape(base_.batch_shape_tensor(), reflow::shape(u_)[Slice({}, -2)]);
    return concat({batch, base_.shape_tensor()[Slice(-2, {})]}, 0);
  }
  Output matmul(const Output& x, bool adjoint, bool adjoint_arg) const override {
    const Output& left = adjoint ? v_ : u_;
    const Output& right = adjoint ? u_ : v_;
    const Output of_base = base_.matmul(x, {.adjoint = adjoint, .adjoint_arg = adjoint_arg});
    const Output reduced = reflow::matmul(right, x, {.adjoint_a = true, .adjoint_b = adjoint_arg});
    return of_base + reflow::matmul(left, diag_.matmul(reduced, {.adjoint = adjoint}));
  }
  Output solve(const Output& rhs, bool adjoint, bool adjoint_arg) const override {
    if (base_.is_non_singular() == false) {
      throw ValueError("Solve not implemented unless this is a perturbation of a non-singular LinearOperator.");
    }
    const Output& left = adjoint ? v_ : u_;
    const Output& right = adjoint ? u_ : v_;
    const Output of_base = base_.solve(rhs, {.adjoint = adjoint, .adjoint_arg = adjoint_arg});
    Output reduced = reflow::matmul(right, of_base, {.adjoint_a = true});
    if (use_cholesky_) reduced = cholesky_solve_with_broadcast(reflow::cholesky(capacitance()), reduced);
    else reduced = matrix_solve_with_broadcast(capacitance(), reduced, adjoint);
    return of_base - base_.solve(reflow::matmul(left, reduced), {.adjoint = adjoint});
  }
  Output determinant() const override {
    if (hints_.is_positive_definite == true) return exp(self().log_abs_determinant());
    const Output of_capacitance = matrix_determinant(capacitance());
    const Output of_diag = diag_.determinant();
    return of_capacitance * of_diag * base_.determinant();
  }
  Output log_abs_determinant() const override {
    const Output of_diag = diag_.log_abs_determinant(), of_base = base_.log_abs_determinant();
    Output of_capacitance;
    if (use_cholesky_) {
      of_capacitance = 2 * reduce_sum(log(matrix_diag_part(reflow::cholesky(capacitance()))), {-1});
    } else {
      of_capacitance = log(abs(matrix_determinant(capacitance())));
      if (is_complex(dtype_)) of_capacitance = cast(of_capacitance, dtype_);
    }
    return of_capacitance + of_diag + of_base;
  }

 private:
  Output capacitance() const {
    const Output reduced = reflow::matmul(v_, base_.solve(u_), {.adjoint_a = true});
    return diag_.inverse().add_to_tensor(reduced);
  }

  LinearOperator base_, diag_;
  Output u_, v_;
  bool use_cholesky_;
};

std::shared_ptr<const LinearOperatorState> low_rank_update(const LinearOperator& base, const TensorLike& u_like,
                                                           const LowRankUpdateOptions& o) {
  LinearOperatorHints hints = named(o.hints, "LinearOperatorLowRankUpdate");
  std::optional<bool> is_positive = o.is_diag_update_positive;
  if (o.diag_update.is_none()) {
    if (is_positive == false) {
      throw ValueError("Default diagonal is the identity, which is positive.  However, user set 'is_diag_update_positive' to "
                       "False.");
    }
    is_positive = true;
  }
  const bool symmetric = o.v.is_none();
  const bool use_cholesky =
      base.is_positive_definite() == true && base.is_self_adjoint() == true && is_positive == true && symmetric;
  if (base.is_self_adjoint() == true && symmetric && !is_complex(base.dtype())) {
    if (hints.is_self_adjoint == false) {
      throw ValueError("A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is self-adjoint, this must be a "
                       "self-adjoint operator.");
    }
    hints.is_self_adjoint = true;
  }
  if (use_cholesky) {
    if (hints.is_positive_definite == false || hints.is_self_adjoint == false || hints.is_non_singular == false) {
      throw ValueError("Arguments imply this is self-adjoint positive-definite operator.");
    }
    hints.is_positive_definite = hints.is_self_adjoint = true;
  }
  const name_scope scope(hints.name);
  const Output u = client::convert(u_like, DType::kInvalid, "u", base.dtype());
  const Output v = symmetric ? u : client::convert(o.v, DType::kInvalid, "v", base.dtype());
  const int64_t rows = dimension(u.shape(), -2);
  if (rows >= 0 && base.domain_dimension() >= 0 && rows != base.domain_dimension()) {
    throw ValueError(fmt::format("Dimensions {} and {} are not compatible", base.domain_dimension(), rows));
  }
  if (!o.diag_update.is_none()) {
    const Output numbers = client::convert(o.diag_update, DType::kInvalid, "diag_update", base.dtype());
    const LinearOperatorDiag diag(numbers, {.is_non_singular = {}, .is_self_adjoint = {}, .is_positive_definite = is_positive,
                                            .is_square = {}, .name = {}});
    return std::make_shared<LowRankUpdateState>(base, u, v, diag, use_cholesky, hints);
  }
  const int64_t rank = dimension(u.shape(), -1);
  const LinearOperatorIdentity identity(rank < 0 ? TensorLike(shape(u)[-1]) : TensorLike(rank),
                                        {.batch_shape = {}, .dtype = base.dtype(), .hints = {}});
  return std::make_shared<LowRankUpdateState>(base, u, v, identity, use_cholesky, hints);
}

}  // namespace

LinearOperatorLowRankUpdate::LinearOperatorLowRankUpdate(const LinearOperator& base_operator, const TensorLike& u,
                                                         const LowRankUpdateOptions& options)
    : LinearOperator(low_rank_update(base_operator, u, options)) {}

}  // namespace reflow::linalg
