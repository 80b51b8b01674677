#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/layers/rnn.h"
#include "reflow/layers/rnn_step.h"

namespace reflow::nn {

using namespace rnn_step;

namespace {

// How long the sequences of a batch are, and what they give once they have ended.
struct Lengths {
  Output lengths, shortest, longest, zero_output;
};

std::vector<Output> flat(const rnn_cell::Step& step) {
  std::vector<Output> all = {step.output};
  all.insert(all.end(), step.state.begin(), step.state.end());
  return all;
}

// A step of a batch whose sequences may have ended; the cell isn't run after the end of all of them.
rnn_cell::Step masked_step(rnn_cell::RNNCell& cell, int time, const Lengths& batch, const Output& inputs,
                           const rnn_cell::State& state) {
  const Output finished = less_equal(batch.lengths, time);
  std::vector<Output> before = {batch.zero_output};
  before.insert(before.end(), state.begin(), state.end());
  const auto run_and_maybe_keep = [&] {
    const std::vector<Output> fresh = flat(cell(inputs, state));
    const auto keep_some = [&] {
      std::vector<Output> kept;
      for (size_t i = 0; i < fresh.size(); ++i) kept.push_back(keep_finished(finished, before[i], fresh[i]));
      return kept;
    };
    return cond(greater(batch.shortest, time), [&] { return fresh; }, keep_some);
  };
  const std::vector<Output> results =
      cond(less_equal(batch.longest, time), [&] { return before; }, run_and_maybe_keep);
  for (size_t i = 0; i < results.size(); ++i) results[i].set_shape(before[i].shape());
  return {results[0], rnn_cell::State(results.begin() + 1, results.end())};
}

}  // namespace

StaticRnnResult static_rnn(rnn_cell::RNNCell& cell, const std::vector<Output>& inputs, const StaticRnnOptions& options) {
  if (inputs.empty()) throw ValueError("inputs must not be empty");
  const RnnScope scope(options.scope, options.variable_scope);
  const Shape& first = inputs[0].shape();
  if (!first.known_rank() || first.rank() != 2 || first.dim(1) < 0) {
    throw ValueError(
        "Input size (dimension 0 of inputs) must be accessible via shape inference, but saw value None.");
  }
  const TensorLike batch = first.dim(0) > 0 ? TensorLike(first.dim(0)) : TensorLike(shape(inputs[0])[0]);
  StaticRnnResult result;
  result.state = state_or_zeros(cell, options.initial_state, batch, options.dtype,
                                "If no initial_state is provided, dtype must be specified");
  std::optional<Lengths> ends;
  if (!options.sequence_length.is_none()) {
    const Output given = convert_to_tensor(options.sequence_length, {.name = "sequence_length"});
    if (given.shape().known_rank() && given.shape().rank() != 1) {
      throw ValueError("sequence_length must be a vector of length batch_size");
    }
    const DType dtype = options.dtype != DType::kInvalid ? options.dtype : base_type(result.state.at(0).dtype());
    ends.emplace();
    ends->zero_output = zeros(shape_of(batch, cell.output_size()), {.dtype = dtype});
    // TensorFlow makes the parts again to read the static shape off them.
    if (first.dim(0) > 0) constant(std::vector<int>{static_cast<int>(first.dim(0))});
    constant(std::vector<int>{static_cast<int>(cell.output_size())});
    ends->zero_output.set_shape(Shape{first.dim(0), cell.output_size()});
    ends->lengths = cast(given, int32);
    ends->shortest = reduce_min(ends->lengths);
    ends->longest = reduce_max(ends->lengths);
  }
  for (size_t time = 0; time < inputs.size(); ++time) {
    if (time > 0) scope.scope().reuse_variables();
    rnn_cell::Step step = ends ? masked_step(cell, static_cast<int>(time), *ends, inputs[time], result.state)
                               : cell(inputs[time], result.state);
    result.outputs.push_back(step.output);
    result.state = std::move(step.state);
  }
  return result;
}

namespace {

// The list of steps from the end, each sequence of the batch from its own end.
std::vector<Output> reversed(const std::vector<Output>& steps, const TensorLike& lengths) {
  if (lengths.is_none()) return {steps.rbegin(), steps.rend()};
  const Output stacked = stack(TensorList(steps));
  std::vector<Output> backwards =
      unstack(reverse_sequence(stacked, lengths, {.seq_axis = 0, .batch_axis = 1}));
  for (size_t i = 0; i < steps.size(); ++i) backwards[i].set_shape(steps[i].shape());
  return backwards;
}

}  // namespace

StaticBidirectionalRnnResult static_bidirectional_rnn(rnn_cell::RNNCell& cell_fw, rnn_cell::RNNCell& cell_bw,
                                                      const std::vector<Output>& inputs,
                                                      const StaticBidirectionalRnnOptions& options) {
  if (inputs.empty()) throw ValueError("inputs must not be empty");
  StaticRnnResult forward, backward;
  const auto run = [&](const char* name, rnn_cell::RNNCell& cell, bool backwards,
                       const std::optional<rnn_cell::State>& initial_state) {
    const variable_scope direction(name);
    return static_rnn(cell, backwards ? reversed(inputs, options.sequence_length) : inputs,
                      {.initial_state = initial_state, .dtype = options.dtype, .sequence_length = options.sequence_length,
                       .variable_scope = direction.scope()});
  };
  {
    std::optional<variable_scope> scope;
    if (options.variable_scope) scope.emplace(*options.variable_scope);
    else scope.emplace(options.scope);
    forward = run("fw", cell_fw, false, options.initial_state_fw);
    backward = run("bw", cell_bw, true, options.initial_state_bw);
  }
  const std::vector<Output> outputs_bw = reversed(backward.outputs, options.sequence_length);
  StaticBidirectionalRnnResult result{{}, forward.state, backward.state};
  for (size_t i = 0; i < inputs.size(); ++i) result.outputs.push_back(concat({forward.outputs[i], outputs_bw[i]}, 1));
  return result;
}

StaticRnnResult static_state_saving_rnn(rnn_cell::RNNCell& cell, const std::vector<Output>& inputs, StateSaver& state_saver,
                                        const std::vector<std::string>& state_names,
                                        const StateSavingRnnOptions& options) {
  if (state_names.size() != cell.state_size().size()) {
    throw ValueError(fmt::format("#elems(state_name) != #elems(state_size): {} vs. {}", state_names.size(),
                                 cell.state_size().size()));
  }
  rnn_cell::State initial;
  for (const std::string& name : state_names) initial.push_back(state_saver.state(name));
  StaticRnnResult result = static_rnn(cell, inputs, {.initial_state = initial, .sequence_length = options.sequence_length,
                                                     .scope = options.scope});
  std::vector<GraphElement> saved;
  for (size_t i = 0; i < state_names.size(); ++i) {
    saved.push_back(state_saver.save_state(state_names[i], result.state[i]));
  }
  const control_dependencies after(saved);
  result.outputs.back() = identity(result.outputs.back());
  for (Output& part : result.state) part = identity(part);
  return result;
}

}  // namespace reflow::nn
