#include "reflow/op/window.h"

#include <algorithm>

#include "reflow/op/elements.h"

namespace reflow::op {

Padding padding_from(std::string_view name) {
  return name == "SAME" ? Padding::kSame : name == "EXPLICIT" ? Padding::kExplicit : Padding::kValid;
}

Status WindowDim::fit(Padding padding) {
  if (stride <= 0) return invalid_argument("Stride must be > 0, but got {}", stride);
  if (dilation < 1) return invalid_argument("Dilation rate must be >= 1, but got {}", dilation);
  // Sizes come from tensors that exist, or from a caller's list: keep the sums below within 64 bits.
  constexpr int64_t kLimit = int64_t{1} << 40;
  if (in > kLimit || kernel > kLimit || kernel < -kLimit || dilation > kLimit || stride > kLimit || before > kLimit ||
      after > kLimit || (kernel > 1 && dilation > kLimit / kernel)) {
    return invalid_argument("Window of {} elements, {} apart, over {} elements is too large", kernel, dilation, in);
  }
  switch (padding) {
    case Padding::kValid:
      before = after = 0;
      out = (in - extent() + stride) / stride;
      break;
    case Padding::kExplicit:
      out = (in + before + after - extent() + stride) / stride;
      break;
    case Padding::kSame: {
      out = (in + stride - 1) / stride;
      const int64_t needed = std::max<int64_t>(0, (out - 1) * stride + extent() - in);
      before = needed / 2;
      after = needed - before;
      break;
    }
  }
  if (out < 0) {
    return invalid_argument("Computed output size would be negative: {} [input_size: {}, effective_filter_size: {}, stride: {}]",
                            out, in, extent(), stride);
  }
  return OkStatus();
}

void WindowDim::taps(int64_t o, int64_t* begin, int64_t* end) const {
  const int64_t start = o * stride - before;
  *begin = start >= 0 ? 0 : std::min(kernel, (-start + dilation - 1) / dilation);
  *end = start >= in ? *begin : std::min(kernel, (in - start + dilation - 1) / dilation);
  *end = std::max(*begin, *end);
}

Status window_places(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, Padding padding, int64_t before,
                     int64_t after, int64_t* out) {
  if (stride <= 0) return invalid_argument("Stride must be > 0, but got {}", stride);
  if (dilation < 1) return invalid_argument("Dilation rate must be >= 1, but got {}", dilation);
  int64_t size;
  if (padding == Padding::kSame) {
    RETURN_IF_ERROR(add_dims(in, stride - 1, &size));
    return divide_dim(size, stride, /*evenly=*/false, out);
  }
  if (padding == Padding::kExplicit) {
    RETURN_IF_ERROR(add_dims(in, before, &in));
    RETURN_IF_ERROR(add_dims(in, after, &in));
  }
  int64_t extent = kernel;
  if (kernel > 1 && dilation > 1) {
    RETURN_IF_ERROR(multiply_dims(kernel - 1, dilation, &extent));
    RETURN_IF_ERROR(add_dims(extent, 1, &extent));
  }
  RETURN_IF_ERROR(subtract_dims(in, extent, &size));
  RETURN_IF_ERROR(add_dims(size, stride, &size));
  return divide_dim(size, stride, /*evenly=*/false, out);
}

Shape ImageFormat::shape(int64_t batch, const int64_t* spatial_sizes, int64_t channel_count) const {
  Shape shape{batch};
  if (channels_first) shape.add_dim(channel_count);
  for (int i = 0; i < num_spatial(); ++i) shape.add_dim(spatial_sizes[i]);
  if (!channels_first) shape.add_dim(channel_count);
  return shape;
}

Status move_channels(KernelContext& c, const Tensor& x, bool to_first, Tensor* y) {
  const ImageFormat from(!to_first, x.rank());
  const int64_t batch = x.dim(0), channels = x.dim(from.channels());
  Shape shape{batch};
  if (to_first) shape.add_dim(channels);
  int64_t area = 1;
  for (int i = 0; i < from.num_spatial(); ++i) {
    shape.add_dim(x.dim(from.spatial(i)));
    area *= x.dim(from.spatial(i));
  }
  if (!to_first) shape.add_dim(channels);
  if (!y->valid()) {
    ASSIGN_OR_RETURN(*y, c.allocate_scratch(x.dtype(), shape));
  }
  const int64_t rows = to_first ? area : channels, columns = to_first ? channels : area;
  with_element(x.dtype(), [&]<typename E>() {
    const E* source = static_cast<const E*>(x.raw_data());
    E* target = static_cast<E*>(y->raw_data());
    c.pool().parallel_for(batch, 1.0 * area * channels, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        const E* a = source + n * area * channels;
        E* b = target + n * area * channels;
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) b[j * rows + i] = a[i * columns + j];
        }
      }
    });
  });
  return OkStatus();
}

}  // namespace reflow::op
