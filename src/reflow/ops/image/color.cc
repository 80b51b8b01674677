// Colour spaces and adjustments of images whose last dimension is red, green and blue.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

// Hue and saturation in [0, 1], value as large as the largest of the three.
template <typename C>
void rgb_to_hsv(const C* rgb, C* hsv) {
  const C r = rgb[0], g = rgb[1], b = rgb[2], value = std::max(r, std::max(g, b)), range = value - std::min(r, std::min(g, b));
  C hue = 0;
  if (range > 0) {
    const C norm = C(1) / (C(6) * range);
    hue = r == value ? norm * (g - b) : g == value ? norm * (b - r) + C(2.0 / 6.0) : norm * (r - g) + C(4.0 / 6.0);
    if (hue < 0) hue += C(1);
  }
  hsv[0] = hue;
  hsv[1] = value > 0 ? range / value : C(0);
  hsv[2] = value;
}

template <typename C>
void hsv_to_rgb(const C* hsv, C* rgb) {
  const C h = hsv[0] * C(6), s = hsv[1], v = hsv[2], rest = C(1) - s;
  const auto unit = [](C x) { return std::min(std::max(x, C(0)), C(1)); };
  rgb[0] = (rest + s * unit(std::abs(h - C(3)) - C(1))) * v;
  rgb[1] = (rest + s * unit(C(2) - std::abs(h - C(2)))) * v;
  rgb[2] = (rest + s * unit(C(2) - std::abs(h - C(4)))) * v;
}

// Applies `f` (three numbers to three numbers) to all pixels.
template <typename T, typename F>
void for_each_pixel(ThreadPool& pool, const Tensor& in, Tensor& out, F&& f) {
  using C = ComputeType<T>;
  const T* x = in.data<T>();
  T* y = out.data<T>();
  pool.parallel_for(in.num_elements() / 3, 15, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const C from[3] = {static_cast<C>(x[3 * i]), static_cast<C>(x[3 * i + 1]), static_cast<C>(x[3 * i + 2])};
      C to[3];
      f(from, to);
      for (int k = 0; k < 3; ++k) y[3 * i + k] = static_cast<T>(to[k]);
    }
  });
}

template <typename T>
class RgbToHsv : public Kernel {
 public:
  explicit RgbToHsv(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for_each_pixel<T>(c.pool(), c.input(0), c.output(0), [](const auto* rgb, auto* hsv) { rgb_to_hsv(rgb, hsv); });
    return OkStatus();
  }
};

template <typename T>
class HsvToRgb : public Kernel {
 public:
  explicit HsvToRgb(KernelInit&) {}
  Status compute(KernelContext& c) override {
    for_each_pixel<T>(c.pool(), c.input(0), c.output(0), [](const auto* hsv, auto* rgb) { hsv_to_rgb(hsv, rgb); });
    return OkStatus();
  }
};

template <typename T>
class AdjustHue : public Kernel {
 public:
  explicit AdjustHue(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const float delta = c.input(1).item<float>();
    for_each_pixel<T>(c.pool(), c.input(0), c.output(0), [delta](const float* rgb, float* out) {
      // Around the circle of six colours between the smallest and the largest of the three.
      const float high = std::max(rgb[0], std::max(rgb[1], rgb[2])), low = std::min(rgb[0], std::min(rgb[1], rgb[2]));
      float hsv[3];
      rgb_to_hsv(rgb, hsv);
      float hue = (hsv[0] + delta) * 6;
      if (hue >= 6 && hue < 12) hue -= 6;  // what fmod would give
      if (!(hue >= 0 && hue < 6)) hue = std::fmod(hue, 6.0f);
      if (hue < 0) hue += 6;
      const int sector = hue < 5 ? static_cast<int>(hue) : 5;  // 5 where it is no number
      float part = hue - static_cast<float>(sector);
      if (sector % 2 == 1) part = 1 - part;
      const float middle = low + part * (high - low);
      static constexpr int kHigh[] = {0, 1, 1, 2, 2, 0}, kMiddle[] = {1, 0, 2, 1, 0, 2};
      for (int k = 0; k < 3; ++k) out[k] = low;
      out[kHigh[sector]] = high;
      out[kMiddle[sector]] = middle;
    });
    return OkStatus();
  }
};

template <typename T>
class AdjustSaturation : public Kernel {
 public:
  explicit AdjustSaturation(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const float scale = c.input(1).item<float>();
    for_each_pixel<T>(c.pool(), c.input(0), c.output(0), [scale](const float* rgb, float* out) {
      float hsv[3];
      rgb_to_hsv(rgb, hsv);
      hsv[1] = std::min(1.0f, std::max(0.0f, hsv[1] * scale));
      hsv_to_rgb(hsv, out);
    });
    return OkStatus();
  }
};

// Scales the differences from each image's mean, channel by channel; results are clamped where the node has bounds.
template <typename T, typename Out>
class ContrastKernel : public Kernel {
 public:
  explicit ContrastKernel(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const float factor = c.input(1).item<float>();
    const int rank = in.rank();
    const int64_t channels = in.dim(rank - 1), area = in.dim(rank - 2) * in.dim(rank - 3);
    if (in.num_elements() == 0) return OkStatus();
    const int64_t images = in.num_elements() / (area * channels);
    const T* x = in.data<T>();
    Out* y = c.output(0).data<Out>();
    const bool clamps = c.num_inputs() == 4;
    const float low = clamps ? c.input(2).item<float>() : 0, high = clamps ? c.input(3).item<float>() : 0;
    c.pool().parallel_for(images, 3.0 * area * channels, [&](int64_t begin, int64_t end) {
      std::vector<float> means(channels), row(channels);
      for (int64_t n = begin; n < end; ++n) {
        const T* from = x + n * area * channels;
        Out* to = y + n * area * channels;
        std::fill(means.begin(), means.end(), 0.0f);
        // Sums of 256 pixels are added up at a time, so that large images keep their digits.
        for (int64_t first = 0; first < area; first += 256) {
          std::fill(row.begin(), row.end(), 0.0f);
          for (int64_t i = first; i < std::min(area, first + 256); ++i) {
            for (int64_t j = 0; j < channels; ++j) row[j] += static_cast<float>(from[i * channels + j]);
          }
          for (int64_t j = 0; j < channels; ++j) means[j] += row[j];
        }
        for (float& mean : means) mean /= static_cast<float>(area);
        for (int64_t i = 0; i < area; ++i) {
          for (int64_t j = 0; j < channels; ++j) {
            const float value = (static_cast<float>(from[i * channels + j]) - means[j]) * factor + means[j];
            to[i * channels + j] = static_cast<Out>(clamps ? std::min(std::max(value, low), high) : value);
          }
        }
      }
    });
    return OkStatus();
  }
};

template <typename T>
using AdjustContrast = ContrastKernel<T, float>;
template <typename T>
using AdjustContrastV2 = ContrastKernel<T, T>;

Status color_space_shape(ShapeContext& c) {
  if (c.concrete()) {
    const Shape& x = c.input(0);
    if (x.rank() < 1) return invalid_argument("input must be at least 1D{}", x.str());
    if (x.dim(x.rank() - 1) != 3) {
      return failed_precondition("input must have 3 channels but input only has {} channels.", x.dim(x.rank() - 1));
    }
  }
  Shape x;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &x));
  if (x.known_rank()) {
    int64_t three;
    RETURN_IF_ERROR(c.with_value(x.dim(x.rank() - 1), 3, &three));
    x.set_dim(x.rank() - 1, 3);
  }
  c.set_output(0, x);
  return OkStatus();
}

// Images of rank 3 or more and a scalar called `name`.
Status adjusted_shape(ShapeContext& c, const char* name, bool three_channels) {
  if (c.concrete()) {
    const Shape &x = c.input(0), &scalar = c.input(1);
    if (x.rank() < 3) return invalid_argument("input must be at least 3-D, got shape{}", x.str());
    if (scalar.rank() != 0) return invalid_argument("{} must be scalar: {}", name, scalar.str());
    if (three_channels && x.dim(x.rank() - 1) != 3) {
      return invalid_argument("input must have 3 channels but instead has {} channels.", x.dim(x.rank() - 1));
    }
  }
  Shape x;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 3, &x));
  c.set_output(0, x);
  return OkStatus();
}

// Channel i of images, as a dimension of one.
Endpoint channel(GradContext& g, Endpoint x, int64_t i) {
  GradContext::Scope scope(g.graph(), "strided_slice");
  const Endpoint from = g.constant_ints({0, i}, DType::kInt32, "stack"), to = g.constant_ints({0, i + 1}, DType::kInt32, "stack_1"),
                 step = g.constant_ints({1, 1}, DType::kInt32, "stack_2");
  return g.op("StridedSlice", {x, from, to, step}, {{"ellipsis_mask", 1}}, scope.name());
}

// value is the largest channel, saturation range / value and hue (difference of two channels) / (6 range) and a constant,
// where range is the largest less the smallest channel. Of equal ones red is the largest before green before blue, and
// blue the smallest before green before red, as in TensorFlow.
void rgb_to_hsv_gradient(GradContext& g) {
  const DType type = base_type(g.x(0).dtype()), wide = type == DType::kFloat64 ? type : DType::kFloat32;
  const Endpoint x = g.cast(g.x(0), wide), dy = g.cast(g.dy(0), wide);
  if (!g.status().ok()) return;
  Endpoint c[3], d[3];
  for (int i = 0; i < 3; ++i) c[i] = channel(g, x, i), d[i] = channel(g, dy, i);
  const Endpoint r = c[0], gr = c[1], b = c[2];
  const auto both = [&](const char* first, Endpoint p, const char* second, Endpoint of, Endpoint q) {
    return g.cast(g.op("LogicalAnd", {g.op(first, {of, p}), g.op(second, {of, q})}), wide);
  };
  const Endpoint largest[] = {both("GreaterEqual", b, "GreaterEqual", r, gr), both("Greater", r, "GreaterEqual", gr, b),
                              both("Greater", r, "Greater", b, gr)};
  const Endpoint smallest[] = {both("Less", b, "Less", r, gr), both("LessEqual", r, "Less", gr, b),
                               both("LessEqual", r, "LessEqual", b, gr)};
  const auto divide = [&](Endpoint p, Endpoint q) { return g.op("DivNoNan", {p, q}); };
  const Endpoint high = g.op("Maximum", {g.op("Maximum", {r, gr}), b}), low = g.op("Minimum", {g.op("Minimum", {r, gr}), b});
  const Endpoint range = sub(g, high, low), range6 = mul(g, range, 6.0);
  const Endpoint positive = g.cast(g.op("Greater", {high, g.zeros_like(high)}), wide);
  const Endpoint one = g.op("OnesLike", {high});
  const Endpoint by_high = mul(g, positive, divide(low, mul(g, high, high))), by_low = mul(g, positive, divide(one, high));
  const Endpoint difference = add(g, add(g, mul(g, largest[0], sub(g, gr, b)), mul(g, largest[1], sub(g, b, r))),
                                  mul(g, largest[2], sub(g, r, gr)));
  const Endpoint inverse = divide(one, range6), slope = divide(difference, mul(g, range6, range));
  std::vector<Endpoint> results;
  for (int i = 0; i < 3; ++i) {
    const Endpoint of_value = mul(g, d[2], largest[i]);
    const Endpoint of_saturation = mul(g, d[1], sub(g, mul(g, largest[i], by_high), mul(g, smallest[i], by_low)));
    const Endpoint numerator = sub(g, largest[(i + 2) % 3], largest[(i + 1) % 3]);
    const Endpoint of_hue = mul(g, d[0], sub(g, mul(g, numerator, inverse), mul(g, sub(g, largest[i], smallest[i]), slope)));
    results.push_back(add(g, add(g, of_value, of_saturation), of_hue));
  }
  if (!g.status().ok()) return;
  const Endpoint joined = g.op("ConcatV2", {OpInput(results), OpInput(constant_int(g, -1, "concat/axis"))}, {}, "concat");
  g.dx(0) = g.cast(joined, type);
}

constexpr Types<Half, float> kAdjustedTypes{};

REFLOW_OP("RGBToHSV")
    .input("images: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double} = DT_FLOAT")
    .doc("Converts images [..., 3] from red, green and blue to hue, saturation (both in [0, 1]) and value.")
    .shape(color_space_shape)
    .kernel<RgbToHsv>(kCpu, kFloatTypes)
    .gradient(rgb_to_hsv_gradient);

REFLOW_OP("HSVToRGB")
    .input("images: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double} = DT_FLOAT")
    .doc("Converts images [..., 3] from hue, saturation and value to red, green and blue.")
    .shape(color_space_shape)
    .kernel<HsvToRgb>(kCpu, kFloatTypes)
    .not_differentiable();

REFLOW_OP("AdjustHue")
    .input("images: T")
    .input("delta: float")
    .output("output: T")
    .attr("T: {half, float} = DT_FLOAT")
    .doc("Turns the hue of images [..., height, width, 3] by delta, 1 being once around the circle.")
    .shape([](ShapeContext& c) { return adjusted_shape(c, "delta", true); })
    .kernel<AdjustHue>(kCpu, kAdjustedTypes);

REFLOW_OP("AdjustSaturation")
    .input("images: T")
    .input("scale: float")
    .output("output: T")
    .attr("T: {half, float} = DT_FLOAT")
    .doc("Multiplies the saturation of images [..., height, width, 3] by scale, within [0, 1].")
    .shape([](ShapeContext& c) { return adjusted_shape(c, "scale", true); })
    .kernel<AdjustSaturation>(kCpu, kAdjustedTypes);

REFLOW_OP("AdjustContrastv2")
    .input("images: T")
    .input("contrast_factor: float")
    .output("output: T")
    .attr("T: {half, float} = DT_FLOAT")
    .doc("Scales how far the elements of images [..., height, width, channels] are from the mean of their image and channel "
         "by contrast_factor.")
    .shape([](ShapeContext& c) { return adjusted_shape(c, "contrast_factor", false); })
    .kernel<AdjustContrastV2>(kCpu, kAdjustedTypes);

REFLOW_OP("AdjustContrast")
    .input("images: T")
    .input("contrast_factor: float")
    .input("min_value: float")
    .input("max_value: float")
    .output("output: float")
    .attr("T: {uint8, int8, int16, int32, int64, float, double}")
    .deprecated(2, "Use AdjustContrastv2 instead")
    .doc("AdjustContrastv2 with results that are clamped to [min_value, max_value].")
    .shape([](ShapeContext& c) {
      if (c.concrete() && c.input(0).rank() >= 3) {
        if (c.input(2).rank() != 0) return invalid_argument("min_value must be scalar: {}", c.input(2).str());
        if (c.input(3).rank() != 0) return invalid_argument("max_value must be scalar: {}", c.input(3).str());
      }
      Shape checked;
      for (int i = 1; i < 4 && !c.concrete(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &checked));
      return adjusted_shape(c, "contrast_factor", false);
    })
    .kernel<AdjustContrast>(kCpu, Types<uint8_t, int8_t, int16_t, int32_t, float, double>{});

}  // namespace
}  // namespace reflow::ops
