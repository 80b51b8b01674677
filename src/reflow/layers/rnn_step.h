#pragma once

// What recurrent networks share: their scope, their states, and steps of sequences that may have ended. Not for users.

#include <optional>
#include <string>

#include "reflow/client/variable_scope.h"
#include "reflow/layers/rnn_cell.h"

namespace reflow::nn::rnn_step {

// The scope of a recurrent network: outside of loops values of its variables are kept where the variables are.
class RnnScope {
 public:
  RnnScope(const std::string& name, const std::optional<VariableScope>& scope);
  VariableScope scope() const { return scope_->scope(); }

 private:
  std::optional<reflow::variable_scope> scope_;
};

// `x` with its first two dimensions exchanged.
Output swap_batch_and_time(const Output& x);
// [batch, size] as a tensor.
Output shape_of(const TensorLike& batch, int64_t size);
// The given state, or zeros. ValueError: `no_dtype`, where there is neither.
rnn_cell::State state_or_zeros(rnn_cell::RNNCell& cell, const std::optional<rnn_cell::State>& initial_state,
                               const TensorLike& batch, DType dtype, const char* no_dtype);
// `fresh`, with the rows of `old` where `finished` is true.
Output keep_finished(const Output& finished, const Output& old, const Output& fresh);

}  // namespace reflow::nn::rnn_step
