#pragma once

// Recurrent networks: a cell that is run for each step of a sequence. tf.nn.static_rnn, tf.nn.dynamic_rnn and those of
// both directions.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_array.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable_scope.h"
#include "reflow/layers/rnn_cell.h"

namespace reflow::nn {

struct StaticRnnOptions {
  std::optional<rnn_cell::State> initial_state;  // default: zeros of `dtype`
  DType dtype = DType::kInvalid;
  TensorLike sequence_length;  // [batch]: after so many steps outputs are zeros, and the state stays
  std::string scope = "rnn";
  std::optional<VariableScope> variable_scope;  // in place of `scope`
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
  std::optional<VariableScope> variable_scope;  // in place of `scope`
};
struct DynamicRnnResult {
  Output outputs;
  rnn_cell::State state;
};
// Runs the cell in a loop over `inputs`, [batch, time, depth].
// ValueError: "If there is no initial_state, you must give a dtype.", "Input size (depth of inputs) must be accessible via
// shape inference, but saw value None."
DynamicRnnResult dynamic_rnn(rnn_cell::RNNCell& cell, const Output& inputs, const DynamicRnnOptions& options = {});

struct StaticBidirectionalRnnOptions {
  std::optional<rnn_cell::State> initial_state_fw, initial_state_bw;
  DType dtype = DType::kInvalid;
  TensorLike sequence_length;
  std::string scope = "bidirectional_rnn";
  std::optional<VariableScope> variable_scope;
};
struct StaticBidirectionalRnnResult {
  std::vector<Output> outputs;  // of both directions, side by side
  rnn_cell::State state_fw, state_bw;
};
// static_rnn of two cells, one of which runs from the end.
StaticBidirectionalRnnResult static_bidirectional_rnn(rnn_cell::RNNCell& cell_fw, rnn_cell::RNNCell& cell_bw,
                                                      const std::vector<Output>& inputs,
                                                      const StaticBidirectionalRnnOptions& options = {});

struct BidirectionalDynamicRnnOptions {
  TensorLike sequence_length;
  std::optional<rnn_cell::State> initial_state_fw, initial_state_bw;
  DType dtype = DType::kInvalid;
  int parallel_iterations = 32;
  bool swap_memory = false, time_major = false;
  std::string scope = "bidirectional_rnn";
};
struct BidirectionalDynamicRnnResult {
  Output output_fw, output_bw;
  rnn_cell::State state_fw, state_bw;
};
// dynamic_rnn of two cells, one of which runs from the end.
BidirectionalDynamicRnnResult bidirectional_dynamic_rnn(rnn_cell::RNNCell& cell_fw, rnn_cell::RNNCell& cell_bw,
                                                        const Output& inputs,
                                                        const BidirectionalDynamicRnnOptions& options = {});

// Where states come from and go to between runs of an unrolled network.
class StateSaver {
 public:
  virtual ~StateSaver() = default;
  virtual Output state(const std::string& name) = 0;
  virtual Output save_state(const std::string& name, const Output& value) = 0;
};
struct StateSavingRnnOptions {
  TensorLike sequence_length;
  std::string scope = "rnn";
};
// static_rnn whose state, a tensor for each of `state_names`, is read from a StateSaver and given to it.
// ValueError: "#elems(state_name) != #elems(state_size): 1 vs. 2".
StaticRnnResult static_state_saving_rnn(rnn_cell::RNNCell& cell, const std::vector<Output>& inputs, StateSaver& state_saver,
                                        const std::vector<std::string>& state_names,
                                        const StateSavingRnnOptions& options = {});

// What the function that steers raw_rnn says of a step.
struct RawRnnStep {
  Output finished;    // [batch] of bool
  Output next_input;  // [batch, depth]
  rnn_cell::State next_state;
  Output emit;                     // into the array of outputs; before the first step none
  std::vector<Output> loop_state;  // empty: there is none
};
// `output` isn't valid() and the states are empty before the first step, which has to give the initial state.
using RawRnnFn = std::function<RawRnnStep(const Output& time, const Output& output, const rnn_cell::State& state,
                                          const std::vector<Output>& loop_state)>;
struct RawRnnOptions {
  int parallel_iterations = 32;
  bool swap_memory = false;
  std::string scope = "rnn";
};
struct RawRnnResult {
  TensorArray emitted;
  rnn_cell::State state;
  std::vector<Output> loop_state;
};
// Runs the cell in a loop whose inputs may depend on its outputs, until all sequences are finished.
RawRnnResult raw_rnn(rnn_cell::RNNCell& cell, const RawRnnFn& loop_fn, const RawRnnOptions& options = {});

}  // namespace reflow::nn
