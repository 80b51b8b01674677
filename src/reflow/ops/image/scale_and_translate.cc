// ScaleAndTranslate: images resized and moved with one of several sampling kernels. Each pixel of a side of the result is
// a weighted sum of a span of pixels of the original; rows are summed first, then columns.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr float kPi = 3.14159265358979323846f;

// A sampling kernel: how much a pixel weighs at a distance x >= 0, and from where on nothing.
struct Sampling {
  float radius;
  float (*weight)(float x, float radius);
};

float lanczos(float x, float radius) {
  if (x > radius) return 0;
  if (x <= 1e-3f) return 1;
  return radius * std::sin(kPi * x) * std::sin(kPi * x / radius) / (kPi * kPi * x * x);
}
float gaussian(float x, float radius) {
  const float sigma = radius / 3.0f;
  return x >= radius ? 0 : std::exp(-x * x / (2.0f * sigma * sigma));
}
float box(float x, float) { return x < 0.5f ? 1.0f : x == 0.5f ? 0.5f : 0.0f; }
float triangle(float x, float) { return x < 1 ? 1 - x : 0; }
// Keys, "Cubic convolution interpolation for digital image processing", 1981.
float keys_cubic(float x, float) {
  if (x >= 2) return 0;
  if (x >= 1) return ((-0.5f * x + 2.5f) * x - 4.0f) * x + 2.0f;
  return ((1.5f * x - 2.5f) * x) * x + 1.0f;
}
// Mitchell and Netravali, "Reconstruction filters in computer graphics", 1988.
float mitchell_cubic(float x, float) {
  if (x >= 2) return 0;
  if (x >= 1) return (((-7.0f / 18.0f) * x + 2.0f) * x - 10.0f / 3.0f) * x + 16.0f / 9.0f;
  return (((7.0f / 6.0f) * x - 2.0f) * x) * x + 8.0f / 9.0f;
}

constexpr std::pair<const char*, Sampling> kSamplings[] = {
    {"lanczos1", {1, lanczos}}, {"lanczos3", {3, lanczos}},     {"lanczos5", {5, lanczos}},       {"gaussian", {1.5f, gaussian}},
    {"box", {1, box}},          {"triangle", {1, triangle}},    {"keyscubic", {2, keys_cubic}},   {"mitchellcubic", {2, mitchell_cubic}},
};

// For each pixel of a side of the result the pixels of the original and their weights.
struct Span {
  int64_t start = 0;
  std::vector<float> weights;
};
using Spans = std::vector<Span>;

Spans spans_of(const Sampling& kernel, int64_t out, int64_t in, float scale, float translation, bool antialias) {
  const float inverse = 1.0f / scale, start = -inverse * translation;
  // What is made smaller is made smooth first.
  const float width = antialias ? std::max(inverse, 1.0f) : 1.0f, reach = kernel.radius * width;
  Spans spans(out);
  for (int64_t x = 0; x < out; ++x) {
    const float sample = (static_cast<float>(x) + 0.5f) * inverse + start;
    if (!(sample >= 0 && sample <= static_cast<float>(in))) continue;  // outside the original
    const auto clamped = [in](float place) { return static_cast<int64_t>(std::clamp(place, 0.0f, static_cast<float>(in - 1))); };
    const int64_t first = clamped(std::ceil(sample - reach - 0.5f)), last = clamped(std::floor(sample + reach - 0.5f));
    Span& span = spans[x];
    span.start = first;
    float sum = 0;
    for (int64_t i = first; i <= last; ++i) {
      const float weight = kernel.weight(std::abs((static_cast<float>(i) + 0.5f - sample) * (1.0f / width)), kernel.radius);
      sum += weight;
      span.weights.push_back(weight);
    }
    const float factor = std::abs(sum) >= 1000.0f * std::numeric_limits<float>::min() ? 1.0f / sum : 0.0f;
    for (float& weight : span.weights) weight *= factor;
  }
  return spans;
}

// The way back: for each pixel of the original those of the result to which it contributes.
Spans transposed(const Spans& spans, int64_t in) {
  Spans back(in);
  for (size_t x = 0; x < spans.size(); ++x) {
    for (size_t k = 0; k < spans[x].weights.size(); ++k) {
      Span& span = back[spans[x].start + k];
      if (span.weights.empty()) span.start = static_cast<int64_t>(x);
      span.weights.resize(x - span.start + 1);
      span.weights.back() = spans[x].weights[k];
    }
  }
  return back;
}

// y[o, j, :] = the sum of weights times x[o, start + k, :], for x of [outer, in, inner].
template <typename T>
void sum_spans(ThreadPool& pool, const Spans& spans, int64_t outer, int64_t in, int64_t inner, const T* x, float* y) {
  const auto out = static_cast<int64_t>(spans.size());
  const double cost_ns = 0.5 * inner * (out == 0 ? 1 : std::max<size_t>(spans[out / 2].weights.size(), 1));
  pool.parallel_for(outer * out, cost_ns, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; ++at) {
      const Span& span = spans[at % out];
      float* to = y + at * inner;
      std::fill_n(to, inner, 0.0f);
      const T* from = x + (at / out * in + span.start) * inner;
      for (const float weight : span.weights) {
        for (int64_t k = 0; k < inner; ++k) to[k] += weight * static_cast<float>(from[k]);
        from += inner;
      }
    }
  });
}

class Sampled : public Kernel {
 public:
  explicit Sampled(KernelInit& c) : antialias_(c.attr<bool>("antialias")) {
    const auto name = c.attr<std::string>("kernel_type");
    for (const auto& [known, kernel] : kSamplings) {
      if (name == known) sampling_ = kernel;
    }
    if (sampling_.weight == nullptr) c.fail(invalid_argument("Unrecognized kernel type: {}", name));
  }

 protected:
  static Status check_scale(KernelContext& c) {
    const float* scale = c.input(2).data<float>();
    return scale[0] > 0 && scale[1] > 0 ? OkStatus() : invalid_argument("Scale must be greater than zero.");
  }
  // The spans of both sides, from the original's size to that of the result.
  void make_spans(KernelContext& c, const Tensor& original, const Tensor& result, Spans* rows, Spans* columns) const {
    const float *scale = c.input(2).data<float>(), *move = c.input(3).data<float>();
    *rows = spans_of(sampling_, result.dim(1), original.dim(1), scale[0], move[0], antialias_);
    *columns = spans_of(sampling_, result.dim(2), original.dim(2), scale[1], move[1], antialias_);
  }
  template <typename T>
  static Status apply(KernelContext& c, const Spans& rows, const Spans& columns, const Tensor& x, Tensor& y) {
    ASSIGN_OR_RETURN(Tensor between, c.allocate_scratch(DType::kFloat32, Shape{x.dim(0), y.dim(1), x.dim(2), x.dim(3)}));
    sum_spans(c.pool(), rows, x.dim(0), x.dim(1), x.dim(2) * x.dim(3), x.data<T>(), between.data<float>());
    sum_spans(c.pool(), columns, x.dim(0) * y.dim(1), x.dim(2), x.dim(3), between.data<float>(), y.data<float>());
    return OkStatus();
  }

 private:
  Sampling sampling_{0, nullptr};
  bool antialias_;
};

template <typename T>
class ScaleAndTranslate : public Sampled {
 public:
  using Sampled::Sampled;
  Status compute(KernelContext& c) override {
    const Tensor& images = c.input(0);
    Tensor& out = c.output(0);
    Spans rows, columns;
    RETURN_IF_ERROR(check_scale(c));
    if (out.num_elements() == 0) return OkStatus();
    make_spans(c, images, out, &rows, &columns);
    return apply<T>(c, rows, columns, images, out);
  }
};

class ScaleAndTranslateGrad : public Sampled {
 public:
  using Sampled::Sampled;
  Status compute(KernelContext& c) override {
    const Tensor &grads = c.input(0), &original = c.input(1);
    Spans rows, columns;
    RETURN_IF_ERROR(check_scale(c));
    if (c.output(0).num_elements() == 0) return OkStatus();
    make_spans(c, original, grads, &rows, &columns);
    return apply<float>(c, transposed(rows, original.dim(1)), transposed(columns, original.dim(2)), grads, c.output(0));
  }
};

// Inputs 2 and 3, scale and translation, have two elements.
Status check_pairs(const ShapeContext& c) {
  for (int i = 2; i < 4; ++i) {
    if (c.input(i).rank() != 1) return invalid_argument("t must be 1-dimensional{}", c.input(i).str());
    if (c.input(i).dim(0) != 2) return invalid_argument("t must have two elements{}", c.input(i).str());
  }
  return OkStatus();
}

Status scaled_shape(ShapeContext& c) {
  Shape images, pair;
  if (c.concrete()) {
    if (c.input(0).rank() != 4) return invalid_argument("input must be 4-dimensional{}", c.input(0).str());
    if (c.input(1).rank() != 1) return invalid_argument("output_shape_t must be 1-dimensional{}", c.input(1).str());
    if (c.input(1).dim(0) != 2) return invalid_argument("output_shape_t must have two elements{}", c.input(1).str());
  }
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &images));
  int64_t two;
  for (int i = 1; i < 4; ++i) {
    if (i > 1 && c.concrete()) break;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &pair));
    if (i == 1) RETURN_IF_ERROR(c.with_value(pair.dim(0), 2, &two));
  }
  const Tensor* size = c.value(1);
  for (int d = 1; d < 3; ++d) {
    const int64_t n = size != nullptr ? size->data<int32_t>()[d - 1] : Shape::kUnknown;
    if (c.concrete() && n <= 0) return invalid_argument("output dimensions must be positive");
    if (size != nullptr && n < 0) return invalid_argument("Dimension {} must be >= 0", n);
    images.set_dim(d, n);
  }
  if (c.concrete()) {
    if (c.input(0).dim(1) == 0 || c.input(0).dim(2) == 0) return invalid_argument("input image must be of non-zero size");
    RETURN_IF_ERROR(check_pairs(c));
  }
  c.set_output(0, images);
  return OkStatus();
}

Status scaled_gradient_shape(ShapeContext& c) {
  if (c.concrete()) {
    const Shape &grads = c.input(0), &image = c.input(1);
    if (grads.rank() != 4) return invalid_argument("input_grad must be 4-dimensional{}", grads.str());
    if (image.rank() != 4) return invalid_argument("original_image must be 4-dimensional{}", image.str());
    if (grads.dim(0) != image.dim(0) || grads.dim(3) != image.dim(3)) {
      return invalid_argument("input_grad {} and original_image {} must have equal batches and channels", grads.str(), image.str());
    }
    if (image.dim(1) == 0 || image.dim(2) == 0) return invalid_argument("original_image must be of non-zero size");
    RETURN_IF_ERROR(check_pairs(c));
  }
  c.set_output(0, c.input(1));
  return OkStatus();
}

REFLOW_OP("ScaleAndTranslate")
    .input("images: T")
    .input("size: int32")
    .input("scale: float")
    .input("translation: float")
    .output("resized_images: float")
    .attr("T: {int8, uint8, int16, uint16, int32, int64, bfloat16, half, float, double}")
    .attr("kernel_type: string = 'lanczos3'")
    .attr("antialias: bool = true")
    .doc("Images [batch, height, width, channels] scaled and then moved, cut to `size`; sampled with the kernel of that name.")
    .shape(scaled_shape)
    .kernel<ScaleAndTranslate>(kCpu, Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, int64_t, Bfloat16, Half, float, double>{})
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("ScaleAndTranslateGrad", {g.dy(0), g.x(0), g.x(2), g.x(3)}, copied_attrs(g, {"kernel_type", "antialias"}));
    });

REFLOW_OP("ScaleAndTranslateGrad")
    .input("grads: T")
    .input("original_image: T")
    .input("scale: float")
    .input("translation: float")
    .output("output: T")
    .attr("T: {float}")
    .attr("kernel_type: string = 'lanczos3'")
    .attr("antialias: bool = true")
    .doc("The gradient of ScaleAndTranslate to its images.")
    .shape(scaled_gradient_shape)
    .kernel<ScaleAndTranslateGrad>(kCpu);

}  // namespace
}  // namespace reflow::ops
