// ExtractGlimpse: one window of each image, filled up with noise where it lies outside.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "reflow/base/philox.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

enum class Noise : uint8_t { kUniform, kGaussian, kZero };

class ExtractGlimpse : public Kernel {
 public:
  explicit ExtractGlimpse(KernelInit& c)
      : centered_(c.attr<bool>("centered")), normalized_(c.attr<bool>("normalized")), stream_(0, 0) {
    const std::string noise = c.attr<std::string>("noise");
    const bool uniform = c.attr<bool>("uniform_noise");
    if (uniform && noise != "uniform") {
      c.fail(invalid_argument("The uniform_noise and noise could not be specified at the same time"));
    }
    if (noise == "uniform") noise_ = Noise::kUniform;
    else if (noise == "gaussian") noise_ = Noise::kGaussian;
    else if (noise == "zero") noise_ = Noise::kZero;
    else c.fail(invalid_argument("The noise should be uniform, gaussian, or zero got: {}", noise));
  }

  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    Tensor& out = c.output(0);
    if (out.num_elements() == 0) return OkStatus();
    const int64_t image = in.dim(1) * in.dim(2) * in.dim(3), glimpse = out.dim(1) * out.dim(2) * out.dim(3);
    for (int64_t n = 0; n < in.dim(0); ++n) {
      const float* offset = c.input(2).data<float>() + 2 * n;
      const int64_t top = start(offset[0], in.dim(1), out.dim(1)), left = start(offset[1], in.dim(2), out.dim(2));
      extract(in, in.data<float>() + n * image, top, left, out, out.data<float>() + n * glimpse);
    }
    return OkStatus();
  }

 private:
  // The first row (column) of a glimpse whose middle is at `offset` on a side of `size`.
  int64_t start(float offset, int64_t size, int64_t glimpse) const {
    const auto side = static_cast<float>(size);
    if (normalized_) offset *= side;
    if (centered_) offset = offset / 2 + side / 2;
    offset -= static_cast<float>(glimpse) / 2;
    if (!(offset > -1e12f)) return INT64_C(-1000000000000);
    return static_cast<int64_t>(std::min(offset, 1e12f));
  }

  void extract(const Tensor& in, const float* image, int64_t top, int64_t left, const Tensor& out, float* glimpse) {
    const int64_t height = in.dim(1), width = in.dim(2), depth = in.dim(3);
    const bool inside = top >= 0 && left >= 0 && top + out.dim(1) <= height && left + out.dim(2) <= width;
    if (!inside) fill(image, height * width * depth, glimpse, out.dim(1) * out.dim(2) * depth);
    const int64_t first = std::max<int64_t>(0, -left), last = std::min(out.dim(2), width - left);
    for (int64_t i = 0; i < out.dim(1); ++i) {
      const int64_t row = top + i;
      if (row < 0 || row >= height || first >= last) continue;
      std::copy_n(image + (row * width + left + first) * depth, (last - first) * depth,
                  glimpse + (i * out.dim(2) + first) * depth);
    }
  }

  // Noise like the image: between its smallest and largest element, or with its mean and deviation.
  void fill(const float* image, int64_t size, float* to, int64_t n) {
    if (noise_ == Noise::kZero || size == 0) {
      std::fill_n(to, n, 0.0f);
      return;
    }
    Philox generator = stream_.reserve((n + 1) / 2 + 1);
    float low = image[0], high = image[0];
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < size; ++i) {
      low = std::min(low, image[i]);
      high = std::max(high, image[i]);
      sum += image[i];
      squares += static_cast<double>(image[i]) * image[i];
    }
    const double mean = sum / size, deviation = std::sqrt(std::max(0.0, squares / size - mean * mean));
    for (int64_t i = 0; i < n; ++i) {
      const Philox::Block block = generator.next();
      const double u = (block[0] + 1.0) / 4294967297.0, v = block[1] / 4294967296.0;
      to[i] = static_cast<float>(noise_ == Noise::kUniform ? low + v * (static_cast<double>(high) - low)
                                                           : mean + deviation * std::sqrt(-2 * std::log(u)) * std::cos(2 * M_PI * v));
    }
  }

  const bool centered_, normalized_;
  Noise noise_ = Noise::kZero;
  PhiloxStream stream_;
};

Status glimpse_shape(ShapeContext& c) {
  const Shape &in = c.input(0), &size = c.input(1), &offsets = c.input(2);
  if (c.concrete()) {
    if (in.rank() != 4) return invalid_argument("input must be 4-dimensional (batch_size, height, width, depth){}", in.str());
    if (size.rank() != 1 || size.dim(0) != 2) {
      return invalid_argument("input must be a vector of size 2 (height, width){}", size.str());
    }
    if (offsets.rank() != 2) return invalid_argument("input must be a matrix{}", offsets.str());
    if (offsets.dim(0) != in.dim(0)) {
      return invalid_argument("first dimension should be batch{}", offsets.str());
    }
    if (offsets.dim(1) != 2) return invalid_argument("second dimension should be of size 2 (y,x){}", offsets.str());
  }
  Shape x, matrix, vector;
  RETURN_IF_ERROR(c.with_rank(in, 4, &x));
  RETURN_IF_ERROR(c.with_rank(offsets, 2, &matrix));
  int64_t batch, two;
  RETURN_IF_ERROR(c.merge_dim(x.dim(0), matrix.dim(0), &batch));
  RETURN_IF_ERROR(c.with_value(matrix.dim(1), 2, &two));
  RETURN_IF_ERROR(c.with_rank(size, 1, &vector));
  RETURN_IF_ERROR(c.with_value(vector.dim(0), 2, &two));
  Shape out{batch, Shape::kUnknown, Shape::kUnknown, x.dim(3)};
  if (const Tensor* value = c.value(1)) {
    for (int i : {0, 1}) {
      const int32_t extent = value->data<int32_t>()[i];
      if (c.concrete() && extent <= 0) {
        return invalid_argument("glimpse {} must be positive, but got {}", i == 0 ? "height" : "width", extent);
      }
      if (extent < -1) return invalid_argument("Dimension {} must be >= -1", extent);
      out.set_dim(1 + i, extent);
    }
  }
  c.set_output(0, out);
  return OkStatus();
}

REFLOW_OP("ExtractGlimpse")
    .input("input: float")
    .input("size: int32")
    .input("offsets: float")
    .output("glimpse: float")
    .attr("centered: bool = true")
    .attr("normalized: bool = true")
    .attr("uniform_noise: bool = true")
    .attr("noise: string = 'uniform'")
    .doc("Takes a window of size [height, width] around offsets [batch, 2], (y, x), out of each image of input [batch, height, "
         "width, depth]. Offsets are in units of the image's sides if normalized, and from the middle on (-1 and 1 being the "
         "borders) if centered. What lies outside of the image is noise.")
    .shape(glimpse_shape)
    .kernel<ExtractGlimpse>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
