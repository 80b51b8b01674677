// ResizeBilinear and its gradient.

#include <algorithm>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/simd_loop.h"
#include "resize.h"

namespace reflow::ops {
namespace {

using namespace op;

// A place between two elements: the value is lower + (upper - lower) * lerp.
struct Between {
  int64_t lower, upper;
  float lerp;
};

std::vector<Between> betweens(int64_t in, int64_t out, const ResizeScale& scale) {
  std::vector<Between> result(out);
  for (int64_t i = 0; i < out; ++i) {
    const float at = scale(i), floor = std::floor(at);
    result[i] = {std::max<int64_t>(static_cast<int64_t>(floor), 0), std::min(static_cast<int64_t>(std::ceil(at)), in - 1),
                 at - floor};
    result[i].lower = std::min(result[i].lower, in - 1);
    result[i].upper = std::max<int64_t>(result[i].upper, 0);
  }
  return result;
}

template <typename T>
class ResizeBilinear : public Kernel {
 public:
  explicit ResizeBilinear(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = images.dim(1), width = images.dim(2), channels = images.dim(3);
    const int64_t out_height = out.dim(1), out_width = out.dim(2);
    if (out.num_elements() == 0) return OkStatus();
    const auto rows = betweens(height, out_height, attrs_.scale(height, out_height));
    const auto columns = betweens(width, out_width, attrs_.scale(width, out_width));
    const T* x = images.data<T>();
    float* y = out.data<float>();
    c.pool().parallel_for(out.dim(0) * out_height, 2.0 * out_width * channels, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const Between& row = rows[r % out_height];
        const T* image = x + r / out_height * height * width * channels;
        const T *top = image + row.lower * width * channels, *bottom = image + row.upper * width * channels;
        float* to = y + r * out_width * channels;
        for (int64_t i = 0; i < out_width; ++i) {
          const Between& column = columns[i];
          const int64_t left = column.lower * channels, right = column.upper * channels;
          for (int64_t j = 0; j < channels; ++j) {
            const auto top_left = static_cast<float>(top[left + j]), top_right = static_cast<float>(top[right + j]);
            const auto bottom_left = static_cast<float>(bottom[left + j]),
                       bottom_right = static_cast<float>(bottom[right + j]);
            const float above = top_left + (top_right - top_left) * column.lerp;
            const float below = bottom_left + (bottom_right - bottom_left) * column.lerp;
            to[i * channels + j] = above + (below - above) * row.lerp;
          }
        }
      }
    });
    return OkStatus();
  }

 private:
  const ResizeAttrs attrs_;
};

template <typename T>
class ResizeBilinearGrad : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit ResizeBilinearGrad(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& grads = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = out.dim(1), width = out.dim(2), channels = out.dim(3), size = height * width * channels;
    const int64_t grad_height = grads.dim(1), grad_width = grads.dim(2);
    const auto rows = betweens(height, grad_height, attrs_.scale(height, grad_height));
    const auto columns = betweens(width, grad_width, attrs_.scale(width, grad_width));
    const float* g = grads.data<float>();
    T* dx = out.data<T>();
    c.pool().parallel_for(out.dim(0), 3.0 * grad_height * grad_width * channels + size, [&](int64_t begin, int64_t end) {
      std::vector<C> sums(size);
      for (int64_t n = begin; n < end; ++n) {
        std::fill(sums.begin(), sums.end(), C(0));
        const float* from = g + n * grad_height * grad_width * channels;
        for (const Between& row : rows) {
          for (const Between& column : columns) {
            C* corner[2][2] = {{&sums[(row.lower * width + column.lower) * channels], &sums[(row.lower * width + column.upper) * channels]},
                               {&sums[(row.upper * width + column.lower) * channels], &sums[(row.upper * width + column.upper) * channels]}};
            const C down = row.lerp, right = column.lerp;
            for (int64_t j = 0; j < channels; ++j) {
              const C v = *from++;
              corner[0][0][j] += v * (1 - down) * (1 - right);
              corner[0][1][j] += v * (1 - down) * right;
              corner[1][0][j] += v * down * (1 - right);
              corner[1][1][j] += v * down * right;
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

REFLOW_OP("ResizeBilinear")
    .input("images: T")
    .input("size: int32")
    .output("resized_images: float")
    .attr("T: {int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("Resizes images [batch, height, width, channels] to size, [new_height, new_width], by bilinear interpolation.")
    .shape(resized_shape)
    .kernel<ResizeBilinear>(kCpu, kImageTypes + Types<Bfloat16>{})
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("ResizeBilinearGrad", {g.dy(0), g.x(0)}, copied_attrs(g, {"align_corners", "half_pixel_centers"}));
    });

REFLOW_OP("ResizeBilinearGrad")
    .input("grads: float")
    .input("original_image: T")
    .output("output: T")
    .attr("T: {float, bfloat16, half, double}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("The gradient of ResizeBilinear to its images, which are original_image.")
    .shape(resize_gradient_shape)
    .kernel<ResizeBilinearGrad>(kCpu, kFloatTypes);

}  // namespace
}  // namespace reflow::ops
