// ResizeNearestNeighbor and its gradient.

#include <algorithm>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "resize.h"

namespace reflow::ops {
namespace {

using namespace op;

std::vector<int64_t> nearest(int64_t in, int64_t out, const ResizeAttrs& attrs) {
  const float scale = attrs.scale(in, out).scale;
  std::vector<int64_t> result(out);
  for (int64_t i = 0; i < out; ++i) {
    const auto x = static_cast<float>(i);
    const float at = attrs.half_pixel_centers ? (x + 0.5f) * scale : x * scale;
    const auto place = static_cast<int64_t>(attrs.align_corners ? std::round(at) : std::floor(at));
    result[i] = std::clamp<int64_t>(place, 0, in - 1);
  }
  return result;
}

template <typename T>
class ResizeNearest : public Kernel {
 public:
  explicit ResizeNearest(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = images.dim(1), width = images.dim(2), channels = images.dim(3);
    const int64_t out_height = out.dim(1), out_width = out.dim(2);
    if (out.num_elements() == 0) return OkStatus();
    const auto rows = nearest(height, out_height, attrs_), columns = nearest(width, out_width, attrs_);
    const T* x = images.data<T>();
    T* y = out.data<T>();
    c.pool().parallel_for(out.dim(0) * out_height, 1.0 * out_width * channels, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const T* from = x + (r / out_height * height + rows[r % out_height]) * width * channels;
        T* to = y + r * out_width * channels;
        for (int64_t i = 0; i < out_width; ++i) std::copy_n(from + columns[i] * channels, channels, to + i * channels);
      }
    });
    return OkStatus();
  }

 private:
  const ResizeAttrs attrs_;
};

template <typename T>
class ResizeNearestGrad : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit ResizeNearestGrad(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& grads = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = out.dim(1), width = out.dim(2), channels = out.dim(3), size = height * width * channels;
    const auto rows = nearest(height, grads.dim(1), attrs_), columns = nearest(width, grads.dim(2), attrs_);
    const T* g = grads.data<T>();
    T* dx = out.data<T>();
    const int64_t grad_size = grads.dim(1) * grads.dim(2) * channels;
    c.pool().parallel_for(out.dim(0), 1.5 * grad_size + size, [&](int64_t begin, int64_t end) {
      std::vector<C> sums(size);
      for (int64_t n = begin; n < end; ++n) {
        std::fill(sums.begin(), sums.end(), C(0));
        const T* from = g + n * grad_size;
        for (const int64_t row : rows) {
          for (const int64_t column : columns) {
            C* to = &sums[(row * width + column) * channels];
            for (int64_t j = 0; j < channels; ++j) {
              if constexpr (std::is_integral_v<C>) {
                to[j] = static_cast<C>(static_cast<std::make_unsigned_t<C>>(to[j]) + static_cast<std::make_unsigned_t<C>>(*from++));
              } else {
                to[j] += static_cast<C>(*from++);
              }
            }
          }
        }
        for (int64_t i = 0; i < size; ++i) dx[n * size + i] = static_cast<T>(sums[i]);
      }
    });
    return OkStatus();
  }

 private:
  const ResizeAttrs attrs_;
};

REFLOW_OP("ResizeNearestNeighbor")
    .input("images: T")
    .input("size: int32")
    .output("resized_images: T")
    .attr("T: {int8, uint8, int16, uint16, int32, int64, half, float, double}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("Resizes images [batch, height, width, channels] to size, [new_height, new_width], by taking the nearest element.")
    .shape(resized_shape)
    .kernel<ResizeNearest>(kCpu, kImageTypes)
    .gradient([](GradContext& g) {
      const Shape& image = g.x(0).shape();
      const AttrMap attrs = copied_attrs(g, {"align_corners", "half_pixel_centers"});
      const bool known = image.rank() == 4 && image.dim(1) >= 0 && image.dim(2) >= 0;
      if (known) {
        const Endpoint dy = g.dy(0);
        GradContext::Scope scope(g.graph(), "ResizeNearestNeighborGrad");
        const Endpoint size = g.constant_ints({image.dim(1), image.dim(2)}, DType::kInt32, "size");
        g.dx(0) = g.op("ResizeNearestNeighborGrad", {dy, size}, attrs, scope.name());
        return;
      }
      const Endpoint shape = g.shape(g.x(0));
      if (!shape) return;
      Endpoint size;
      {
        GradContext::Scope scope(g.graph(), "strided_slice");
        const Endpoint begin = g.constant_ints({1}, DType::kInt32, "stack"),
                       end = g.constant_ints({3}, DType::kInt32, "stack_1"),
                       step = g.constant_ints({1}, DType::kInt32, "stack_2");
        size = g.op("StridedSlice", {shape, begin, end, step}, {}, scope.name());
      }
      g.dx(0) = g.op("ResizeNearestNeighborGrad", {g.dy(0), size}, attrs);
    });

REFLOW_OP("ResizeNearestNeighborGrad")
    .input("grads: T")
    .input("size: int32")
    .output("output: T")
    .attr("T: {uint8, int8, int32, half, float, double}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("The gradient of ResizeNearestNeighbor to its images, which have size [height, width].")
    .shape(resized_shape)
    .kernel<ResizeNearestGrad>(kCpu, Types<uint8_t, int8_t, int32_t, Half, float, double>{});

}  // namespace
}  // namespace reflow::ops
