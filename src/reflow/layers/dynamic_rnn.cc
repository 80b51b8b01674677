#include "reflow/layers/rnn.h"

#include <fmt/format.h>

#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/tensor_array.h"
#include "reflow/client/variable_scope.h"
#include "reflow/client/while_loop.h"
#include "reflow/layers/rnn_step.h"

namespace reflow::nn {

using namespace rnn_step;

namespace {

// The lengths, which fail at run time where they aren't [batch].
Output checked_lengths(const Output& lengths, const TensorLike& batch) {
  const Output found = shape(lengths), wanted = stack(TensorList{batch});
  const Output equal_shapes = reduce_all(equal(found, wanted));
  const Operation check = Assert(equal_shapes, {fmt::format("Expected shape for Tensor {} is ", lengths.name()), wanted,
                                                " but saw shape: ", found});
  const control_dependencies after({check});
  return identity(lengths, {"CheckSeqLen"});
}

}  // namespace

DynamicRnnResult dynamic_rnn(rnn_cell::RNNCell& cell, const Output& given, const DynamicRnnOptions& options) {
  const RnnScope scope(options.scope, options.variable_scope);
  const Shape& given_shape = given.shape();
  if (!given_shape.known_rank() || given_shape.rank() != 3) {
    throw ValueError(fmt::format("Shape {} must have rank 3", given_shape.str()));
  }
  const Output inputs = options.time_major ? given : swap_batch_and_time(given);
  const Shape static_shape = inputs.shape();
  Output lengths;
  const bool has_lengths = !options.sequence_length.is_none();
  if (has_lengths) {
    lengths = identity(cast(options.sequence_length, int32), {"sequence_length"});
    const Shape& s = lengths.shape();
    if (s.known_rank() && s.rank() != 1) {
      throw ValueError(fmt::format("sequence_length must be a vector of length batch_size, but saw shape: {}", s.str()));
    }
  }
  const auto batch_size = [&] {
    return static_shape.dim(1) >= 0 ? TensorLike(static_shape.dim(1)) : TensorLike(shape(inputs)[1]);
  };
  const TensorLike batch = batch_size();
  const rnn_cell::State initial = state_or_zeros(cell, options.initial_state, batch, options.dtype,
                                                 "If there is no initial_state, you must give a dtype.");
  if (has_lengths) lengths = checked_lengths(lengths, batch);
  if (static_shape.dim(2) < 0) {
    throw ValueError("Input size (depth of inputs) must be accessible via shape inference, but saw value None.");
  }
  const DType dtype = options.dtype != DType::kInvalid ? options.dtype : base_type(initial.at(0).dtype());
  const Output time_steps = shape(inputs)[0];
  const TensorLike batch_of_output = batch_size();  // read off the inputs again, as TensorFlow does
  const Output zero_output = zeros(shape_of(batch_of_output, cell.output_size()), {.dtype = dtype});
  if (has_lengths) reduce_min(lengths);  // nothing reads it, as in TensorFlow's graphs
  const Output longest = has_lengths ? reduce_max(lengths) : time_steps;
  const Output time = constant(0, {.dtype = int32, .name = "time"});
  std::string base;
  {
    const name_scope names("dynamic_rnn");
    base = names.name();
  }
  const TensorArray outputs(dtype, time_steps, {.tensor_array_name = base + "output_0",
                                                .element_shape = Shape{static_shape.dim(1), cell.output_size()}});
  TensorArray steps(base_type(inputs.dtype()), time_steps,
                    {.tensor_array_name = base + "input_0",
                     .element_shape = Shape{static_shape.dim(1), static_shape.dim(2)}});
  steps = steps.unstack(inputs);
  const Output bound = minimum(time_steps, maximum(1, longest));

  TensorList loop_vars{time, outputs.flow()};
  for (const Output& part : initial) loop_vars.push_back(part);
  const auto body = [&](const std::vector<Output>& vars) {
    const Output x = steps.read(vars[0]);
    x.set_shape(Shape{static_shape.dim(1), static_shape.dim(2)});
    Output finished;
    if (has_lengths) finished = greater_equal(vars[0], lengths);
    const rnn_cell::State state(vars.begin() + 2, vars.end());
    rnn_cell::Step step = cell(x, state);
    if (has_lengths) {
      step.output = keep_finished(finished, zero_output, step.output);
      for (size_t i = 0; i < state.size(); ++i) step.state.at(i) = keep_finished(finished, state[i], step.state.at(i));
      step.output.set_shape(zero_output.shape());
      for (size_t i = 0; i < state.size(); ++i) step.state[i].set_shape(state[i].shape());
    }
    const TensorArray written = outputs.with_flow(vars[1]).write(vars[0], step.output);
    TensorList next{vars[0] + 1, written.flow()};
    for (const Output& part : step.state) next.push_back(part);
    return next;
  };
  const std::vector<Output> last = while_loop(
      [&](const std::vector<Output>& vars) { return TensorLike(less(vars[0], bound)); }, body, loop_vars,
      {.parallel_iterations = options.parallel_iterations, .swap_memory = options.swap_memory,
       .maximum_iterations = time_steps});
  DynamicRnnResult result;
  result.outputs = outputs.with_flow(last[1]).stack();
  result.outputs.set_shape(Shape{static_shape.dim(0), static_shape.dim(1), cell.output_size()});
  // TensorFlow leaves the parts of that shape in the graph.
  if (static_shape.dim(0) >= 0 && static_shape.dim(1) >= 0) {
    constant(std::vector<int>{static_cast<int>(static_shape.dim(0)), static_cast<int>(static_shape.dim(1))});
  }
  constant(std::vector<int>{static_cast<int>(cell.output_size())});
  if (!options.time_major) result.outputs = swap_batch_and_time(result.outputs);
  result.state.assign(last.begin() + 2, last.end());
  return result;
}

}  // namespace reflow::nn
