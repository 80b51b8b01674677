// QuantizedResizeBilinear: images of bytes are interpolated in integers, others as the numbers that they stand for.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/quantized.h"
#include "resize.h"

namespace reflow::ops {
namespace {

using namespace op;

// A place between two elements, `lerp` of the way from the lower to the upper one.
struct Between {
  int64_t lower, upper;
  float lerp;
};

std::vector<Between> betweens(int64_t in, int64_t out, const ResizeScale& scale) {
  std::vector<Between> result(out);
  for (int64_t i = 0; i < out; ++i) {
    const float at = scale(i), floor = std::floor(at);
    const auto lower = static_cast<int64_t>(floor);
    result[i] = {std::clamp<int64_t>(lower, 0, in - 1), std::clamp<int64_t>(static_cast<int64_t>(std::ceil(at)), 0, in - 1), at - floor};
  }
  return result;
}

// Fractions as integers of `kBits` bits, for numbers of type Wide.
template <typename T, typename Wide, int kBits>
struct FixedPoint {
  static constexpr Wide kOne = Wide{1} << kBits;
  static T between(T top_left, T top_right, T bottom_left, T bottom_right, float x, float y) {
    const auto x_part = static_cast<Wide>(x * static_cast<float>(kOne)), y_part = static_cast<Wide>(y * static_cast<float>(kOne));
    const Wide top = static_cast<Wide>(top_left) * kOne + static_cast<Wide>(top_right - Wide{top_left}) * x_part;
    const Wide bottom = static_cast<Wide>(bottom_left) * kOne + static_cast<Wide>(bottom_right - Wide{bottom_left}) * x_part;
    const Wide value = top + (bottom - top) / kOne * y_part;
    return static_cast<T>((value + kOne / 2) / kOne);
  }
};

float between(float top_left, float top_right, float bottom_left, float bottom_right, float x, float y) {
  const float top = top_left + (top_right - top_left) * x, bottom = bottom_left + (bottom_right - bottom_left) * x;
  return top + (bottom - top) * y;
}

template <typename T>
T interpolated(T a, T b, T c, T d, float x, float y, QuantizedRange range) {
  if constexpr (std::is_same_v<T, float>) {
    return between(a, b, c, d, x, y);
  } else if constexpr (std::is_same_v<T, Quint8>) {
    return {FixedPoint<uint8_t, int32_t, 7>::between(a.value, b.value, c.value, d.value, x, y)};
  } else {
    const auto of = [&](T q) { return quantized_to_float(q, range); };
    return float_to_quantized<T>(between(of(a), of(b), of(c), of(d), x, y), range);
  }
}

template <typename T>
class QuantizedResizeBilinear : public Kernel {
 public:
  explicit QuantizedResizeBilinear(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    ASSIGN_OR_RETURN(const QuantizedRange range, range_at(c, 2));
    const int64_t height = images.dim(1), width = images.dim(2), channels = images.dim(3);
    const int64_t out_height = out.dim(1), out_width = out.dim(2);
    put_range(c, 1, range);
    if (out.num_elements() == 0) return OkStatus();
    const auto rows = betweens(height, out_height, attrs_.scale(height, out_height));
    const auto columns = betweens(width, out_width, attrs_.scale(width, out_width));
    const T* x = images.data<T>();
    T* y = out.data<T>();
    c.pool().parallel_for(out.dim(0) * out_height, 10.0 * out_width * channels, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const Between& row = rows[r % out_height];
        const T* image = x + r / out_height * height * width * channels;
        const T *top = image + row.lower * width * channels, *bottom = image + row.upper * width * channels;
        for (int64_t i = 0; i < out_width; ++i) {
          const Between& column = columns[i];
          for (int64_t j = 0; j < channels; ++j) {
            const int64_t left = column.lower * channels + j, right = column.upper * channels + j;
            y[(r * out_width + i) * channels + j] =
                interpolated(top[left], top[right], bottom[left], bottom[right], column.lerp, row.lerp, range);
          }
        }
      }
    });
    return OkStatus();
  }

 private:
  const ResizeAttrs attrs_;
};

REFLOW_OP("QuantizedResizeBilinear")
    .input("images: T")
    .input("size: int32")
    .input("min: float")
    .input("max: float")
    .output("resized_images: T")
    .output("out_min: float")
    .output("out_max: float")
    .attr("T: {quint8, qint32, float}")
    .attr("align_corners: bool = false")
    .attr("half_pixel_centers: bool = false")
    .doc("ResizeBilinear of quantized images.")
    .shape([](ShapeContext& c) {
      RETURN_IF_ERROR(resized_shape(c));
      RETURN_IF_ERROR(check_scalars(c, 2, 4));
      set_range_outputs(c);
      return OkStatus();
    })
    .kernel<QuantizedResizeBilinear>(kCpu, Types<Quint8, Qint32, float>{});

}  // namespace
}  // namespace reflow::ops
