#include "reflow/layers/rnn_step.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow::nn::rnn_step {

RnnScope::RnnScope(const std::string& name, const std::optional<VariableScope>& scope) {
  VariableScopeOptions options;
  if (!(scope ? *scope : get_variable_scope()).caching_device()) options.caching_device = "";
  if (scope) scope_.emplace(*scope, options);
  else scope_.emplace(name, options);
}

Output swap_batch_and_time(const Output& x) {
  const Output all = rank(x);
  const Output swapped = transpose(x, concat({TensorLike(std::vector<int>{1, 0}), range(2, all)}, 0));
  const Shape& s = x.shape();
  swapped.set_shape(Shape{s.dim(1), s.dim(0), s.dim(2)});
  return swapped;
}

Output shape_of(const TensorLike& batch, int64_t size) {
  const auto* number = std::get_if<int64_t>(&batch.value());
  const Output first = number ? constant(std::vector<int>{static_cast<int>(*number)}) : expand_dims(batch, 0);
  return concat({first, constant(std::vector<int>{static_cast<int>(size)})}, 0);
}

rnn_cell::State state_or_zeros(rnn_cell::RNNCell& cell, const std::optional<rnn_cell::State>& initial_state,
                               const TensorLike& batch, DType dtype, const char* no_dtype) {
  if (initial_state) return *initial_state;
  if (dtype == DType::kInvalid) throw ValueError(no_dtype);
  return cell.zero_state(batch, dtype);
}

Output keep_finished(const Output& finished, const Output& old, const Output& fresh) {
  if (old.shape().known_rank() && old.shape().rank() == 0) return fresh;
  const colocate_with place(fresh);
  return where(finished, old, fresh);
}

}  // namespace reflow::nn::rnn_step
