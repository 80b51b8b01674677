#pragma once

// Windows that slide over spatial dimensions: convolution, pooling, patches, dilation. Sizes, padding and the order of
// dimensions are the same for all of them.

#include <cstdint>
#include <string_view>
#include <vector>

#include "reflow/graph/shape_context.h"
#include "reflow/op/kernel.h"

namespace reflow::op {

enum class Padding : uint8_t { kValid, kSame, kExplicit };

// The value of an attribute `padding`.
Padding padding_from(std::string_view name);

// One dimension of a window: `kernel` elements, `dilation` apart, at every `stride`th place of `in` elements, of which
// `before` (`after`) imagined ones lie before the first (after the last).
struct WindowDim {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, before = 0, after = 0;

  int64_t extent() const { return (kernel - 1) * dilation + 1; }
  // Computes `out`, and for kSame and kValid `before` and `after`, from the others. InvalidArgument: stride or dilation
  // below 1, or nothing fits: "Computed output size would be negative: ...".
  Status fit(Padding padding);
  // The kernel elements [*begin, *end) whose place at output `o` lies within the input.
  void taps(int64_t o, int64_t* begin, int64_t* end) const;
};

// The number of places while shapes may be unknown (-1). InvalidArgument: "Negative dimension size caused by ...".
Status window_places(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding, int64_t before,
                     int64_t after, int64_t* out);

// Which dimension of [batch, spatial.., channels] (or [batch, channels, spatial..]) is what.
struct ImageFormat {
  ImageFormat(bool channels_first, int rank) : channels_first(channels_first), rank(rank) {}
  bool channels_first;
  int rank;
  int num_spatial() const { return rank - 2; }
  int channels() const { return channels_first ? 1 : rank - 1; }
  int spatial(int i) const { return i + (channels_first ? 2 : 1); }
  // A shape in this format.
  Shape shape(int64_t batch, const int64_t* spatial_sizes, int64_t channel_count) const;
};

// True for "NCHW" and "NCDHW".
inline bool is_channels_first(std::string_view data_format) { return data_format.starts_with("NC"); }

// Reorders the elements of x [batch, spatial.., channels] to [batch, channels, spatial..], or back, into y. Types of one
// size are alike.
Status move_channels(KernelContext& c, const Tensor& x, bool to_first, Tensor* y);

// Images with channels last, whatever the op's format is.
inline StatusOr<Tensor> channels_last(KernelContext& c, const Tensor& x, bool channels_first) {
  if (!channels_first) return x;
  Tensor moved;
  RETURN_IF_ERROR(move_channels(c, x, /*to_first=*/false, &moved));
  return moved;
}

// Calls compute(T* y) with the memory of output 0, or of images with channels last that are moved there afterwards.
template <typename T, typename Compute>
Status into_output(KernelContext& c, bool channels_first, Compute&& compute) {
  Tensor& y = c.output(0);
  if (!channels_first) return compute(y.data<T>());
  Shape last = y.shape();
  last.remove_dim(1);
  last.add_dim(y.dim(1));
  ASSIGN_OR_RETURN(Tensor result, c.allocate_scratch(y.dtype(), last));
  RETURN_IF_ERROR(compute(result.data<T>()));
  return move_channels(c, result, /*to_first=*/true, &y);
}

}  // namespace reflow::op
