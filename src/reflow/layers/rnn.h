#pragma once

// Recurrent networks: a cell that is run for each step of a sequence. tf.nn.static_rnn and tf.nn.dynamic_rnn.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"
#include "reflow/layers/rnn_cell.h"

namespace reflow::nn {

struct StaticRnnOptions {
  std::optional<rnn_cell::State> initial_state;  // default: zeros of `dtype`
  DType dtype = DType::kInvalid;
  std::string scope = "rnn";
};
struct StaticRnnResult {
  std::vector<Output> outputs;
  rnn_cell::State state;
};
// Runs the cell on each of `inputs`, [batch, depth], a part of the graph for each.
// ValueError: "inputs must not be empty", "If no initial_state is provided, dtype must be specified".
StaticRnnResult static_rnn(rnn_cell::RNNCell& cell, const std::vector<Output>& inputs,
                           const StaticRnnOptions& options = {});

struct DynamicRnnOptions {
  TensorLike sequence_length;  // [batch]: after so many steps outputs are zeros, and the state stays
  std::optional<rnn_cell::State> initial_state;
  DType dtype = DType::kInvalid;
  int parallel_iterations = 32;
  bool swap_memory = false;
  bool time_major = false;  // inputs and outputs are [time, batch, ..]
  std::string scope = "rnn";
};
struct DynamicRnnResult {
  Output outputs;
  rnn_cell::State state;
};
// Runs the cell in a loop over `inputs`, [batch, time, depth].
// ValueError: "If there is no initial_state, you must give a dtype.", "Input size (depth of inputs) must be accessible via
// shape inference, but saw value None."
DynamicRnnResult dynamic_rnn(rnn_cell::RNNCell& cell, const Output& inputs, const DynamicRnnOptions& options = {});

}  // namespace reflow::nn
