// Frames of signals, and signals of frames.

#include <numeric>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/signal_ops.h"
#include "reflow/client/signal_shapes.h"
#include "reflow/client/size.h"
#include "reflow/client/while_loop.h"

namespace reflow::signal {

using client::known_integer;

namespace {

// The greatest common divisor of scalars.
Output gcd(const Output& a, const Output& b) {
  const name_scope scope(nullptr, "gcd");
  const auto known_a = known_integer(a), known_b = known_integer(b);
  if (known_a && known_b) return convert_to_tensor(std::gcd(*known_a, *known_b), {.dtype = a.dtype()});
  return while_loop(
      [](const std::vector<Output>& v) { return greater(v[1], zeros_like(v[1])); },
      [](const std::vector<Output>& v) -> TensorList { return {v[1], mod(v[0], v[1])}; }, {a, b},
      {.back_prop = false})[0];
}

// The shape of frames as far as it is known.
Shape frames_shape(const Shape& signal, const Output& frame_length, const Output& frame_step, bool pad_end, int axis) {
  if (!signal.known_rank()) return Shape::unknown();
  const auto length = known_integer(frame_length), step = known_integer(frame_step);
  const int along = axis < 0 ? axis + signal.rank() : axis;
  if (along < 0 || along >= signal.rank()) throw ValueError("list index out of range");
  const int64_t samples = signal.dim(along);
  int64_t count = -1;
  if (samples >= 0 && step && *step > 0 && pad_end) count = (samples + *step - 1) / *step;
  if (samples >= 0 && step && *step > 0 && !pad_end && length) {
    count = samples < *length ? 0 : (samples - *length + *step) / *step;
  }
  Shape shape;
  for (int i = 0; i < signal.rank(); ++i) {
    shape.add_dim(i == along ? count : signal.dim(i));
    if (i == along) shape.add_dim(length.value_or(-1));
  }
  return shape;
}

}  // namespace

Output frame(const TensorLike& signal_like, const TensorLike& length_like, const TensorLike& step_like,
             const FrameOptions& options) {
  const name_scope scope(options.name, "frame");
  Output signal = convert_to_tensor(signal_like, {.name = "signal"});
  const Output frame_length = convert_to_tensor(length_like, {.name = "frame_length"});
  const Output frame_step = convert_to_tensor(step_like, {.name = "frame_step"});
  const Output given_axis = convert_to_tensor(options.axis, {.name = "axis"});
  check_rank_at_least(signal, 1);
  check_scalar(frame_length);
  check_scalar(frame_step);
  const Shape known = frames_shape(signal.shape(), frame_length, frame_step, options.pad_end, options.axis);

  const Output signal_rank = rank(signal);
  const Output axis = range(signal_rank)[given_axis];
  Output dims = shape(signal);
  const Output behind = signal_rank - 1 - axis;
  const std::vector<Output> sections = split(dims, {axis, 1, behind});
  const Output &outer = sections[0], &inner = sections[2];
  Output samples = reshape(sections[1], std::vector<int32_t>());
  const Output num_outer = size(outer);
  const Output num_inner = size(inner);
  Output num_frames;
  if (options.pad_end) {
    const Output pad_value = convert_to_tensor(options.pad_value, {.dtype = base_type(signal.dtype())});
    check_scalar(pad_value);
    num_frames = -floordiv(-samples, frame_step);
    const Output distance = frame_step * (num_frames - 1);
    const Output padding = maximum(0, frame_length + distance - samples);
    const Output before = zeros({num_outer, 2}, {.dtype = padding.dtype()});
    const Output after = zeros({num_inner, 2}, {.dtype = padding.dtype()});
    const Output paddings = concat({before, {{0, padding}}, after}, 0);
    signal = pad(signal, paddings, {.constant_values = pad_value});
    dims = shape(signal);
    samples = dims[axis];
  } else {
    const Output steps = floordiv(samples - frame_length, frame_step);
    num_frames = maximum(0, 1 + steps);
  }
  const Output part = gcd(frame_length, frame_step);  // frames and steps are made of such parts
  const Output parts_per_frame = floordiv(frame_length, part);
  const Output parts_per_step = floordiv(frame_step, part);
  const Output num_parts = floordiv(samples, part);
  const Output whole = num_parts * part;
  const Output cut_shape = concat({outer, TensorList{whole}, inner}, 0);
  const Output parts_shape = concat({outer, {num_parts, part}, inner}, 0);
  const Output start = zeros_like(dims);
  const Output parts = reshape(strided_slice(signal, start, cut_shape), parts_shape);
  const Output first_parts = range(num_frames) * parts_per_step;
  const Output frame_selector = reshape(first_parts, {num_frames, 1});
  const Output part_selector = reshape(range(parts_per_frame), {1, parts_per_frame});
  const Output selector = frame_selector + part_selector;
  const Output gathered = gather(parts, selector, {.axis = axis});
  const Output frames_dims = concat({outer, {num_frames, frame_length}, inner}, 0);
  const Output frames = reshape(gathered, frames_dims);
  frames.set_shape(known);
  return frames;
}

Output overlap_and_add(const TensorLike& signal_like, const TensorLike& step_like, const NameOptions& options) {
  const name_scope scope(options.name, "overlap_and_add");
  const Output signal = convert_to_tensor(signal_like, {.name = "signal"});
  check_rank_at_least(signal, 2);
  const Output frame_step = convert_to_tensor(step_like, {.name = "frame_step"});
  check_scalar(frame_step);
  if (!is_integer(frame_step.dtype())) {
    throw ValueError("frame_step must be an integer. Got " + client::python_dtype(frame_step.dtype()));
  }
  const Output dims = shape(signal);
  const Output outer = dims[Slice({}, -2)];
  const Output outer_rank = size(outer);
  const auto with_outer = [&](const TensorList& sizes) { return concat({outer, sizes}, 0); };
  const Output frame_length = dims[-1];
  const Output frames = dims[-2];
  const Output distance = frame_step * (frames - 1);
  const Output output_length = frame_length + distance;
  const auto known_step = known_integer(frame_step);
  const Shape& known = signal.shape();
  if (known_step && known.known_rank() && known.dim(known.rank() - 1) == *known_step) {  // they don't overlap
    return reshape(signal, with_outer({output_length}), {"fast_path"});
  }
  // Each frame consists of segments as long as a step. Shifted against each other by one row each, segments that lie at
  // one place of the output are in one row.
  const Output segments = -floordiv(-frame_length, frame_step);
  const Output whole = segments * frame_step;
  const Output missing = whole - frame_length;
  const Output outer_paddings = zeros({outer_rank, 2}, {.dtype = int32});
  const Output paddings = concat({outer_paddings, {{0, segments}, {0, missing}}}, 0);
  Output x = pad(signal, paddings);
  x = reshape(x, with_outer({frames + segments, segments, frame_step}));
  const Output front = range(outer_rank);
  const Output exchanged = outer_rank + TensorLike{1, 0, 2};
  x = transpose(x, concat({front, exchanged}, 0));
  const Output rows = frames + segments;
  x = reshape(x, with_outer({rows * segments, frame_step}));
  const auto fewer_rows = [&] { return frames + segments - 1; };
  const Output kept = fewer_rows() * segments;
  x = x[{ellipsis, Slice({}, kept), Slice()}];
  const Output columns = fewer_rows();
  x = reshape(x, with_outer({segments, columns, frame_step}));
  x = reduce_sum(x, -3);
  const Output length = fewer_rows() * frame_step;
  x = reshape(x, with_outer({length}));
  return x[{ellipsis, Slice({}, output_length)}];
}

}  // namespace reflow::signal
