// ResizeBicubic and its gradient.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "reflow/op/gradient_ops.h"
#include "resize.h"

namespace reflow::ops {
namespace {

using namespace op;

// TensorFlow takes the weights from a table for 1024 places between two elements; so do we, to have its numbers.
constexpr int64_t kTableSize = 1 << 10;
using WeightTable = std::array<float, 2 * (kTableSize + 1)>;

WeightTable weight_table(double a) {
  WeightTable table;
  for (int64_t i = 0; i <= kTableSize; ++i) {
    double x = i * 1.0 / kTableSize;
    table[i * 2] = static_cast<float>(((a + 2) * x - (a + 3)) * x * x + 1);
    x += 1.0;
    table[i * 2 + 1] = static_cast<float>(((a * x - 5 * a) * x + 8 * a) * x - 4 * a);
  }
  return table;
}

// The four elements that make one of the result.
struct Taps {
  int64_t index[4];
  float weight[4];
};

std::vector<Taps> taps(int64_t in, int64_t out, const ResizeScale& scale) {
  // With half_pixel_centers it is Keys' kernel, and elements beyond the border don't count.
  static const WeightTable keys = weight_table(-0.5), legacy = weight_table(-0.75);
  const WeightTable& table = scale.half_pixel_centers ? keys : legacy;
  std::vector<Taps> result(out);
  for (int64_t i = 0; i < out; ++i) {
    const float at = scale(i);
    const auto first = static_cast<int64_t>(std::floor(at));
    const auto offset = static_cast<int64_t>(std::lrint((at - static_cast<float>(first)) * kTableSize));
    Taps& t = result[i];
    const float weights[] = {table[offset * 2 + 1], table[offset * 2], table[(kTableSize - offset) * 2],
                             table[(kTableSize - offset) * 2 + 1]};
    float sum = 0;
    for (int k = 0; k < 4; ++k) {
      const int64_t place = first - 1 + k;
      t.index[k] = std::clamp<int64_t>(place, 0, in - 1);
      t.weight[k] = !scale.half_pixel_centers || t.index[k] == place ? weights[k] : 0;
      sum += t.weight[k];
    }
    if (!scale.half_pixel_centers || std::abs(sum) < 1000 * std::numeric_limits<float>::min()) continue;
    for (float& weight : t.weight) weight *= 1 / sum;
  }
  return result;
}

template <typename T>
class ResizeBicubic : public Kernel {
 public:
  explicit ResizeBicubic(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = images.dim(1), width = images.dim(2), channels = images.dim(3);
    const int64_t out_height = out.dim(1), out_width = out.dim(2);
    if (out.num_elements() == 0) return OkStatus();
    const auto rows = taps(height, out_height, attrs_.scale(height, out_height));
    const auto columns = taps(width, out_width, attrs_.scale(width, out_width));
    const T* x = images.data<T>();
    float* y = out.data<float>();
    const double cost = 4.0 * width * channels + 4.0 * out_width * channels;
    c.pool().parallel_for(out.dim(0) * out_height, cost, [&](int64_t begin, int64_t end) {
      std::vector<float> line(width * channels);
      for (int64_t r = begin; r < end; ++r) {
        const Taps& row = rows[r % out_height];
        const T* image = x + r / out_height * height * width * channels;
        const T* from[4];
        for (int k = 0; k < 4; ++k) from[k] = image + row.index[k] * width * channels;
        for (int64_t i = 0; i < width * channels; ++i) {
          line[i] = row.weight[0] * static_cast<float>(from[0][i]) + row.weight[1] * static_cast<float>(from[1][i]) +
                    row.weight[2] * static_cast<float>(from[2][i]) + row.weight[3] * static_cast<float>(from[3][i]);
        }
        float* to = y + r * out_width * channels;
        for (int64_t i = 0; i < out_width; ++i) {
          const Taps& t = columns[i];
          for (int64_t j = 0; j < channels; ++j) {
            to[i * channels + j] = t.weight[0] * line[t.index[0] * channels + j] + t.weight[1] * line[t.index[1] * channels + j] +
                                   t.weight[2] * line[t.index[2] * channels + j] + t.weight[3] * line[t.index[3] * channels + j];
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
class ResizeBicubicGrad : public Kernel {
 public:
  explicit ResizeBicubicGrad(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& grads = c.input(0);
    Tensor& out = c.output(0);
    const int64_t height = out.dim(1), width = out.dim(2), channels = out.dim(3), size = height * width * channels;
    const auto rows = taps(height, grads.dim(1), attrs_.scale(height, grads.dim(1)));
    const auto columns = taps(width, grads.dim(2), attrs_.scale(width, grads.dim(2)));
    const int64_t grad_size = grads.dim(1) * grads.dim(2) * channels;
    c.pool().parallel_for(out.dim(0), 16.0 * grad_size + size, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        const float* from = grads.data<float>() + n * grad_size;
        T* to = out.data<T>() + n * size;
        std::fill_n(to, size, T(0));
        for (const Taps& row : rows) {
          for (const Taps& column : columns) {
            for (int k = 0; k < 4; ++k) {
              for (int l = 0; l < 4; ++l) {
                T* at = to + (row.index[k] * width + column.index[l]) * channels;
                const T weight = static_cast<T>(row.weight[k]) * static_cast<T>(column.weight[l]);
                for (int64_t j = 0; j < channels; ++j) at[j] += static_cast<T>(from[j]) * weight;
              }
            }
            from += channels;
          }
        }
      }
    });
    return OkStatus();
  }

 private:
  const ResizeAttrs attrs_;
};

REFLOW_OP("ResizeBicubic")
    .input("images: T")
    .input("size: int32")
    .output("resized_images: float")
    .attr("T: {int8, uint8, int16, uint16, int32, int64, half, float, double}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("Resizes images [batch, height, width, channels] to size, [new_height, new_width], by bicubic interpolation.")
    .shape(resized_shape)
    .kernel<ResizeBicubic>(kCpu, kImageTypes)
    .gradient([](GradContext& g) {
      const DType type = base_type(g.x(0).dtype());
      if (type != DType::kFloat32 && type != DType::kFloat64) return;
      g.dx(0) = g.op("ResizeBicubicGrad", {g.dy(0), g.x(0)}, copied_attrs(g, {"align_corners", "half_pixel_centers"}));
    });

REFLOW_OP("ResizeBicubicGrad")
    .input("grads: float")
    .input("original_image: T")
    .output("output: T")
    .attr("T: {float, double}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("The gradient of ResizeBicubic to its images, which are original_image.")
    .shape(resize_gradient_shape)
    .kernel<ResizeBicubicGrad>(kCpu, kFloat32And64);

}  // namespace
}  // namespace reflow::ops
