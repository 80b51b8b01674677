#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/tensor_array.h"
#include "reflow/client/while_loop.h"
#include "reflow/layers/rnn.h"
#include "reflow/layers/rnn_step.h"

namespace reflow::nn {

using namespace rnn_step;

RawRnnResult raw_rnn(rnn_cell::RNNCell& cell, const RawRnnFn& loop_fn, const RawRnnOptions& options) {
  const RnnScope scope(options.scope, std::nullopt);
  const Output time = constant(0, {.dtype = int32});
  const RawRnnStep first = loop_fn(time, Output(), {}, {});
  if (first.next_state.size() != cell.state_size().size()) {
    throw ValueError("The first step of raw_rnn has to give an initial state, a tensor for each of the cell's state");
  }
  const bool has_loop_state = !first.loop_state.empty();
  std::vector<Output> loop_state = first.loop_state;
  if (!has_loop_state) loop_state = {constant(0, {.dtype = int32})};  // the loop has one in any case
  const Shape& input_shape = first.next_input.shape();
  const int64_t known_batch = input_shape.known_rank() ? input_shape.dim(0) : Shape::kUnknown;
  const TensorLike batch = known_batch >= 0 ? TensorLike(known_batch) : TensorLike(shape(first.next_input)[0]);
  const DType dtype = first.emit.valid() ? first.emit.dtype() : base_type(first.next_state[0].dtype());
  const int64_t size = first.emit.valid() ? first.emit.shape().dim(0) : cell.output_size();
  const TensorArray emitted(dtype, 0, {.dynamic_size = true, .element_shape = Shape{known_batch, size},
                                       .name = "rnn_output_0"});
  const Output zero_emit = zeros(shape_of(batch, size), {.dtype = dtype});

  const size_t states = first.next_state.size();
  TensorList loop_vars = {time, first.finished, first.next_input, emitted.flow()};
  for (const Output& part : first.next_state) loop_vars.push_back(part);
  for (const Output& part : loop_state) loop_vars.push_back(part);
  const auto body = [&](const std::vector<Output>& vars) {
    const auto state_begin = vars.begin() + 4, state_end = state_begin + static_cast<ptrdiff_t>(states);
    const rnn_cell::State state(state_begin, state_end);
    const std::vector<Output> old_loop_state(state_end, vars.end());
    const Output& finished = vars[1];
    const rnn_cell::Step step = cell(vars[2], state);
    const Output next_time = vars[0] + 1;
    RawRnnStep next = loop_fn(next_time, step.output, step.state, has_loop_state ? old_loop_state : std::vector<Output>());
    const Output emit = keep_finished(finished, zero_emit, next.emit);
    for (size_t i = 0; i < states; ++i) next.next_state.at(i) = keep_finished(finished, state[i], next.next_state.at(i));
    const TensorArray written = emitted.with_flow(vars[3]).write(vars[0], emit);
    const Output all_finished = logical_or(finished, next.finished);
    TensorList result = {next_time, all_finished, next.next_input, written.flow()};
    for (const Output& part : next.next_state) result.push_back(part);
    for (const Output& part : next.loop_state.empty() ? old_loop_state : next.loop_state) result.push_back(part);
    return result;
  };
  const std::vector<Output> last = while_loop(
      [](const std::vector<Output>& vars) { return TensorLike(logical_not(reduce_all(vars[1]))); }, body, loop_vars,
      {.parallel_iterations = options.parallel_iterations, .swap_memory = options.swap_memory});
  const auto state_end = last.begin() + 4 + static_cast<ptrdiff_t>(states);
  return {emitted.with_flow(last[3]), rnn_cell::State(last.begin() + 4, state_end),
          has_loop_state ? std::vector<Output>(state_end, last.end()) : std::vector<Output>()};
}

}  // namespace reflow::nn
