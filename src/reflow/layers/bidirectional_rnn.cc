#include "reflow/client/array_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/layers/rnn.h"

namespace reflow::nn {

BidirectionalDynamicRnnResult bidirectional_dynamic_rnn(rnn_cell::RNNCell& cell_fw, rnn_cell::RNNCell& cell_bw,
                                                        const Output& inputs,
                                                        const BidirectionalDynamicRnnOptions& options) {
  const int time_axis = options.time_major ? 0 : 1;
  const auto backwards = [&](const Output& value) {
    if (options.sequence_length.is_none()) return reverse(value, std::vector<int>{time_axis});
    return reverse_sequence(value, options.sequence_length, {.seq_axis = time_axis, .batch_axis = 1 - time_axis});
  };
  const auto run = [&](rnn_cell::RNNCell& cell, const Output& values, const std::optional<rnn_cell::State>& initial_state,
                       const VariableScope& scope) {
    return dynamic_rnn(cell, values,
                       {.sequence_length = options.sequence_length, .initial_state = initial_state, .dtype = options.dtype,
                        .parallel_iterations = options.parallel_iterations, .swap_memory = options.swap_memory,
                        .time_major = options.time_major, .variable_scope = scope});
  };
  DynamicRnnResult forward, backward;
  {
    const variable_scope scope(options.scope);
    {
      const variable_scope direction("fw");
      forward = run(cell_fw, inputs, options.initial_state_fw, direction.scope());
    }
    {
      const variable_scope direction("bw");
      backward = run(cell_bw, backwards(inputs), options.initial_state_bw, direction.scope());
    }
  }
  return {forward.outputs, backwards(backward.outputs), forward.state, backward.state};
}

}  // namespace reflow::nn
