// ResizeBilinear and its gradient.

#include <algorithm>
#include <cmath>
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

// The rows of images, stretched to the width of the result, of which two at a time are kept: neighbouring rows of the result
// lie between the same two.
template <typename T>
class StretchedRows {
 public:
  StretchedRows(const T* images, int64_t width, int64_t channels, const std::vector<Between>& columns)
      : images_(images), width_(width), channels_(channels), columns_(columns) {
    for (std::vector<float>& kept : kept_) kept.resize(columns.size() * channels);
  }

  // Row `row` of the images, counted through all of them; `other` is the row that must stay.
  const float* get(int64_t row, int64_t other) {
    for (int i = 0; i < 2; ++i) {
      if (row_[i] == row) return kept_[i].data();
    }
    const int i = row_[0] == other ? 1 : 0;
    row_[i] = row;
    float* to = kept_[i].data();
    const T* from = images_ + row * width_ * channels_;
    for (const Between& column : columns_) {
      const T *left = from + column.lower * channels_, *right = from + column.upper * channels_;
      for (int64_t j = 0; j < channels_; ++j) {
        const auto l = static_cast<float>(left[j]), r = static_cast<float>(right[j]);
        *to++ = l + (r - l) * column.lerp;
      }
    }
    return kept_[i].data();
  }

 private:
  const T* images_;
  const int64_t width_, channels_;
  const std::vector<Between>& columns_;
  std::vector<float> kept_[2];
  int64_t row_[2] = {-1, -1};
};

template <typename T>
class ResizeBilinear : public Kernel {
 public:
  explicit ResizeBilinear(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = images.dim(1), width = images.dim(2), channels = images.dim(3);
    const int64_t out_height = out.dim(1), out_width = out.dim(2), row_size = out_width * channels;
    if (out.num_elements() == 0) return OkStatus();
    const auto rows = betweens(height, out_height, attrs_.scale(height, out_height));
    const auto columns = betweens(width, out_width, attrs_.scale(width, out_width));
    const T* x = images.data<T>();
    float* y = out.data<float>();
    c.pool().parallel_for(out.dim(0) * out_height, 1.5 * row_size, [&](int64_t begin, int64_t end) {
      StretchedRows<T> stretched(x, width, channels, columns);
      for (int64_t r = begin; r < end; ++r) {
        const Between& row = rows[r % out_height];
        const int64_t first = r / out_height * height, lower = first + row.lower, upper = first + row.upper;
        const float *above = stretched.get(lower, upper), *below = stretched.get(upper, lower);
        float* to = y + r * row_size;
        simd_loop([=, lerp = row.lerp]() REFLOW_SIMD_BODY {
          for (int64_t i = 0; i < row_size; ++i) to[i] = above[i] + (below[i] - above[i]) * lerp;
        });
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
