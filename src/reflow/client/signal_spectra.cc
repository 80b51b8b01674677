// Short-time Fourier transforms.

#include <cmath>

#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/signal_ops.h"
#include "reflow/client/signal_shapes.h"
#include "reflow/client/size.h"

namespace reflow::signal {

using client::known_integer;

namespace {

Output scalar_argument(const TensorLike& value, const char* name) {
  const Output scalar = convert_to_tensor(value, {.name = name});
  check_scalar(scalar);
  return scalar;
}

// The length given, or the next power of 2.
Output transform_length(const TensorLike& fft_length, const Output& frame_length) {
  if (!fft_length.is_none()) return convert_to_tensor(fft_length, {.name = "fft_length"});
  const DType type = base_type(frame_length.dtype());
  if (const auto known = known_integer(frame_length)) {
    const double exponent = std::ceil(std::log(static_cast<double>(*known)) / std::log(2.0));
    return constant(static_cast<int64_t>(std::exp2(exponent)), type);
  }
  const Output logarithm = log(cast(frame_length, float32));
  const Output exponent = ceil(logarithm / log(2.0));
  return cast(pow(2.0, exponent), type);
}

// Frames cut, or with zeros behind, so that they are `frame_length` long.
Output of_length(Output frames, const Output& frame_length) {
  const auto known = known_integer(frame_length);
  const Shape before = frames.shape();
  const int64_t size = before.known_rank() ? before.dim(before.rank() - 1) : -1;
  if (!known || size < 0) {
    frames = frames[{ellipsis, Slice({}, frame_length)}];
    const Output outer_rank = rank(frames) - 1;
    const Output none = zeros({outer_rank, 2}, {.dtype = base_type(frame_length.dtype())});
    const Output missing = maximum(0, frame_length - shape(frames)[-1]);
    frames = pad(frames, concat({none, {{0, missing}}}, 0));
  } else if (size > *known) {
    frames = frames[{ellipsis, Slice({}, *known)}];
  } else if (size < *known) {
    TensorLike::List paddings(before.rank() - 1, TensorLike{0, 0});
    paddings.push_back({0, *known - size});
    frames = pad(frames, paddings);
  }
  if (known && before.known_rank()) {
    Shape shape = Shape::unknown_of_rank(before.rank());
    shape.set_dim(before.rank() - 1, *known);
    frames.set_shape(shape);
  }
  return frames;
}

}  // namespace

Output stft(const TensorLike& signals_like, const TensorLike& length_like, const TensorLike& step_like,
            const StftOptions& options) {
  const name_scope scope(options.name, "stft");
  const Output signals = convert_to_tensor(signals_like, {.name = "signals"});
  check_rank_at_least(signals, 1);
  const Output frame_length = scalar_argument(length_like, "frame_length");
  const Output frame_step = scalar_argument(step_like, "frame_step");
  const Output fft_length = transform_length(options.fft_length, frame_length);
  Output frames = frame(signals, frame_length, frame_step, {.pad_end = options.pad_end});
  if (options.window_fn) frames = frames * options.window_fn(frame_length, base_type(frames.dtype()));
  return rfft(frames, {.fft_length = TensorList{fft_length}});
}

Output inverse_stft(const TensorLike& stfts_like, const TensorLike& length_like, const TensorLike& step_like,
                    const InverseStftOptions& options) {
  const name_scope scope(options.name, "inverse_stft");
  const Output stfts = convert_to_tensor(stfts_like, {.name = "stfts"});
  check_rank_at_least(stfts, 2);
  const Output frame_length = scalar_argument(length_like, "frame_length");
  const Output frame_step = scalar_argument(step_like, "frame_step");
  const Output fft_length = transform_length(options.fft_length, frame_length);
  Output frames = of_length(irfft(stfts, {.fft_length = TensorList{fft_length}}), frame_length);
  if (options.window_fn) {
    const DType type = base_type(stfts.dtype()) == complex128 ? float64 : float32;
    frames = frames * options.window_fn(frame_length, type);
  }
  return overlap_and_add(frames, frame_step);
}

WindowFn inverse_stft_window_fn(const TensorLike& frame_step_like, const InverseWindowOptions& options) {
  Output frame_step;
  {
    const name_scope scope(options.name, "inverse_stft_window_fn");
    frame_step = scalar_argument(frame_step_like, "frame_step");
  }
  return [frame_step, options](const Output& given_length, DType dtype) {
    const name_scope scope(options.name, "inverse_stft_window_fn");
    const Output frame_length = scalar_argument(given_length, "frame_length");
    const Output forward = options.forward_window_fn(frame_length, dtype);
    Output denominator = square(forward);
    const Output overlaps = -floordiv(-frame_length, frame_step);
    const Output whole = overlaps * frame_step;
    denominator = pad(denominator, TensorList{{0, whole - frame_length}});
    denominator = reshape(denominator, {overlaps, frame_step});
    denominator = reduce_sum(denominator, 0, {.keepdims = true});
    denominator = tile(denominator, {overlaps, 1});
    denominator = reshape(denominator, TensorList{overlaps * frame_step});
    return forward / denominator[Slice({}, frame_length)];
  };
}

}  // namespace reflow::signal
