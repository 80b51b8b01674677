// Fourier transforms of real numbers, and shifts of spectra.

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/signal_ops.h"
#include "reflow/client/signal_shapes.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/shape_context.h"

namespace reflow::signal {
namespace {

// The last `rank` sizes of a shape; of no known rank: unknown.
Shape last_sizes(const Shape& shape, int rank) {
  if (!shape.known_rank() || shape.rank() < rank) return Shape::unknown();
  return Shape(shape.dims().last(rank));
}

// The length of the transform of `input`: of the signal, also for an inverse.
Output inferred_length(const Output& input, int rank, bool inverse) {
  const Shape known = last_sizes(input.shape(), rank);
  if (known.fully_defined()) {
    std::vector<int32_t> length(known.begin(), known.end());
    if (inverse) length.back() = std::max(0, 2 * (length.back() - 1));
    return convert_to_tensor(length, {.dtype = int32});
  }
  const Output length = shape(input)[Slice(-rank, {})];
  if (!inverse) return length;
  std::vector<Output> sizes = unstack(length);
  const Output one_less = sizes.back() - 1;
  sizes.back() = maximum(0, 2 * one_less);
  return stack(sizes);
}

// `input` with as many zeros behind as a transform of this length needs.
Output padded(const Output& input, int rank, const Output& length, bool inverse) {
  const Shape& own = input.shape();
  if (own.known_rank() && std::ranges::find(own, 0) != own.end()) return input;
  Shape wanted = check_building(graph::constant_value_as_shape(client::to_endpoint(length)));
  if (wanted.fully_defined() && own.known_rank()) {
    const Shape sizes = last_sizes(own, wanted.rank());
    if (sizes.fully_defined()) {
      if (inverse && wanted.rank() > 0) wanted.set_dim(wanted.rank() - 1, wanted.dim(wanted.rank() - 1) / 2 + 1);
      TensorLike::List paddings(own.rank() - wanted.rank(), TensorLike{0, 0});
      bool any = false;
      for (int i = 0; i < wanted.rank(); ++i) {
        const int64_t more = std::max<int64_t>(wanted.dim(i) - sizes.dim(i), 0);
        any = any || more > 0;
        paddings.push_back({0, more});
      }
      return any ? pad(input, paddings) : input;
    }
  }
  const Output input_rank = reflow::rank(input);
  const Output input_sizes = shape(input)[Slice(-rank, {})];
  const Output outer_rank = maximum(0, input_rank - rank);
  const Output outer_paddings = zeros(TensorList{outer_rank}, {.dtype = base_type(length.dtype())});
  Output lengths = length;
  if (inverse) {
    const Output front = length[Slice({}, -1)];
    const Output half = floordiv(length[Slice(-1, {})], 2);
    lengths = concat({front, half + 1}, 0);
  }
  const Output missing = maximum(0, lengths - input_sizes);
  const Output behind = concat({outer_paddings, missing}, 0);
  const Output before = zeros_like(behind);
  return pad(input, stack({before, behind}, {.axis = 1}));
}

Output transform(const char* op, const char* name, int rank, bool inverse, const TensorLike& input_like,
                 const FftOptions& options) {
  const name_scope scope(options.name, name);
  const Output input = convert_to_tensor(input_like, {.dtype = inverse ? complex64 : float32});
  check_rank_at_least(input, rank);
  const Output length = options.fft_length.is_none() ? inferred_length(input, rank, inverse)
                                                     : convert_to_tensor(options.fft_length, {.dtype = int32});
  return client::apply_op(op, scope.name(), {padded(input, rank, length, inverse), length});
}

Output shifted(const TensorLike& x_like, const ShiftOptions& options, const char* name, int sign) {
  const name_scope scope(options.name, name);
  const Output x = convert_to_tensor(x_like);
  const Shape& known = x.shape();
  if (!known.known_rank()) throw ValueError("a shift of a spectrum needs a tensor whose rank is known");
  const auto shift = [&](int64_t axis) {
    const int64_t place = axis < 0 ? axis + known.rank() : axis;
    if (place < 0 || place >= known.rank()) throw ValueError("list index out of range");
    const int64_t size = known.dim(static_cast<int>(place));
    if (size < 0) throw ValueError("a shift of a spectrum needs the sizes of the dimensions");
    return static_cast<int32_t>(sign * (size / 2));
  };
  if (const auto* axis = std::get_if<int64_t>(&options.axes.value())) return roll(x, shift(*axis), *axis, {scope.name()});
  std::vector<int32_t> axes, shifts;
  if (options.axes.is_none()) {
    for (int i = 0; i < known.rank(); ++i) axes.push_back(i);
  } else {
    const Tensor given = client::to_tensor(options.axes, int32);
    axes.assign(given.data<int32_t>(), given.data<int32_t>() + given.num_elements());
  }
  for (const int32_t axis : axes) shifts.push_back(shift(axis));
  return roll(x, shifts, axes, {scope.name()});
}

}  // namespace

Output rfft(const TensorLike& input, const FftOptions& options) {
  return transform("RFFT", "rfft", 1, false, input, options);
}
Output rfft2d(const TensorLike& input, const FftOptions& options) {
  return transform("RFFT2D", "rfft2d", 2, false, input, options);
}
Output rfft3d(const TensorLike& input, const FftOptions& options) {
  return transform("RFFT3D", "rfft3d", 3, false, input, options);
}
Output irfft(const TensorLike& input, const FftOptions& options) {
  return transform("IRFFT", "irfft", 1, true, input, options);
}
Output irfft2d(const TensorLike& input, const FftOptions& options) {
  return transform("IRFFT2D", "irfft2d", 2, true, input, options);
}
Output irfft3d(const TensorLike& input, const FftOptions& options) {
  return transform("IRFFT3D", "irfft3d", 3, true, input, options);
}

Output fftshift(const TensorLike& x, const ShiftOptions& options) { return shifted(x, options, "fftshift", 1); }
Output ifftshift(const TensorLike& x, const ShiftOptions& options) { return shifted(x, options, "ifftshift", -1); }

}  // namespace reflow::signal
