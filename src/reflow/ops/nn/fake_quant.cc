// FakeQuant ops: numbers rounded to those that an integer of a few bits would keep, for training of networks that are to
// be quantized. Gradients pass where a number lies within the range, and go to its ends elsewhere.

#include <algorithm>
#include <cmath>
#include <string>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr double kCostNs = 0.5;
constexpr int64_t kPiece = 512;  // floats that stay in the first-level cache

// A range, moved a little so that 0 is one of its steps.
class Quantizer {
 public:
  Quantizer(float min, float max, int quant_min, int quant_max) {
    const auto low = static_cast<float>(quant_min), high = static_cast<float>(quant_max);
    scale_ = (max - min) / (high - low);
    const float zero = low - min / scale_;
    const float zero_point = zero < low ? low : zero > high ? high : std::round(zero);
    min_ = (low - zero_point) * scale_;
    max_ = (high - zero_point) * scale_;
    inverse_scale_ = 1.0f / scale_;
  }
  // y = the steps nearest to x. `divides`: as TensorFlow computes it where the range comes in tensors; a number between two
  // steps may become the other one.
  void quantize(const float* x, float* y, int64_t n, bool divides) const {
    static const UnaryFn<float> floor = unary_f32(VecOp::kFloor);
    const float scale = scale_, inverse_scale = inverse_scale_, min = min_, max = max_;
    for (int64_t begin = 0; begin < n; begin += kPiece) {
      const int64_t size = std::min(kPiece, n - begin);
      const float* from = x + begin;
      float* to = y + begin;
      simd_loop([=]() REFLOW_SIMD_BODY {
#pragma GCC ivdep
        for (int64_t i = 0; i < size; ++i) to[i] = (from[i] > max ? max : from[i] < min ? min : from[i]) - min;
        if (divides) {
          for (int64_t i = 0; i < size; ++i) to[i] = to[i] / scale + 0.5f;
        } else {
          for (int64_t i = 0; i < size; ++i) to[i] = to[i] * inverse_scale + 0.5f;
        }
      });
      floor(to, to, size);
      simd_loop([=]() REFLOW_SIMD_BODY {
        for (int64_t i = 0; i < size; ++i) to[i] = to[i] * scale + min;
      });
    }
  }
  // dx = dy where x lies within the range, else 0 (or NaN).
  void pass_within(const float* dy, const float* x, float* dx, int64_t n) const {
    const float min = min_, max = max_;
    simd_loop([=]() REFLOW_SIMD_BODY {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) dx[i] = dy[i] * static_cast<float>((x[i] >= min) & (x[i] <= max));
    });
  }
  bool contains(float x) const { return x >= min_ && x <= max_; }
  bool is_below(float x) const { return x < min_; }
  bool is_above(float x) const { return x > max_; }

 private:
  float scale_, inverse_scale_, min_, max_;
};

struct Bits {
  explicit Bits(KernelInit& c) : lowest(c.attr<bool>("narrow_range") ? 1 : 0) {
    const auto bits = c.attr<int64_t>("num_bits");
    if (bits < 2 || bits > 16) {
      c.fail(invalid_argument("num_bits must be between 2 and 16, inclusive"));
    } else {
      highest = (1 << bits) - 1;
    }
  }
  Quantizer quantizer(float min, float max) const { return {min, max, lowest, highest}; }
  int lowest, highest = 255;
};

// ---- The range is given by attributes.

class ArgsKernel : public Kernel {
 public:
  explicit ArgsKernel(KernelInit& c) : bits_(c), min_(c.attr<float>("min")), max_(c.attr<float>("max")) {
    if (c.status().ok() && !(min_ < max_)) c.fail(invalid_argument("min has to be smaller than max, was: {} >= {}", min_, max_));
  }

 protected:
  Quantizer quantizer() const { return bits_.quantizer(min_, max_); }

 private:
  Bits bits_;
  float min_, max_;
};

class FakeQuantArgs : public ArgsKernel {
 public:
  using ArgsKernel::ArgsKernel;
  Status compute(KernelContext& c) override {
    const Quantizer quantizer = this->quantizer();
    const float* x = c.input(0).data<float>();
    float* y = c.output(0).data<float>();
    c.pool().parallel_for(c.input(0).num_elements(), kCostNs, [&](int64_t begin, int64_t end) {
      quantizer.quantize(x + begin, y + begin, end - begin, false);
    });
    return OkStatus();
  }
};

class FakeQuantArgsGradient : public ArgsKernel {
 public:
  using ArgsKernel::ArgsKernel;
  Status compute(KernelContext& c) override {
    const Tensor &gradients = c.input(0), &inputs = c.input(1);
    if (!(gradients.shape() == inputs.shape())) {
      return invalid_argument(
          "Inputs to operation {} of type {} must have the same size and shape.  Input 0: {} != input 1: {}", c.node().name(),
          c.node().type(), gradients.shape().str(), inputs.shape().str());
    }
    const Quantizer range = quantizer();
    const float *dy = gradients.data<float>(), *x = inputs.data<float>();
    float* dx = c.output(0).data<float>();
    c.pool().parallel_for(inputs.num_elements(), kCostNs, [&](int64_t begin, int64_t end) {
      range.pass_within(dy + begin, x + begin, dx + begin, end - begin);
    });
    return OkStatus();
  }
};

// ---- The range is given by tensors: one range, or one for each element of the last dimension.

Status check_range_sizes(KernelContext& c, int first, int64_t size, bool is_vector) {
  static constexpr const char* kNames[] = {"min", "max"};
  for (int k = 0; k < 2; ++k) {
    const Tensor& end = c.input(first + k);
    if (end.num_elements() == size && (!is_vector || end.rank() == 1)) continue;
    return is_vector ? invalid_argument("{} has incorrect size, expected {} was {}", kNames[k], size, end.num_elements())
                     : invalid_argument("{} must be a scalar, got shape {}", kNames[k], end.shape().str());
  }
  return OkStatus();
}

int64_t num_channels(const Tensor& x, bool per_channel) { return per_channel ? x.dim(x.rank() - 1) : 1; }

template <bool kPerChannel>
class FakeQuantVars : public Kernel {
 public:
  explicit FakeQuantVars(KernelInit& c) : bits_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& inputs = c.input(0);
    const int64_t channels = num_channels(inputs, kPerChannel);
    RETURN_IF_ERROR(check_range_sizes(c, 1, channels, kPerChannel));
    const float *x = inputs.data<float>(), *min = c.input(1).data<float>(), *max = c.input(2).data<float>();
    float* y = c.output(0).data<float>();
    const auto quantize = [&](int64_t k, const float* from, float* to, int64_t n) {
      if (min[k] == 0 && max[k] == 0) std::fill_n(to, n, 0.0f);
      else bits_.quantizer(min[k], max[k]).quantize(from, to, n, true);
    };
    if (channels == 1) {
      c.pool().parallel_for(inputs.num_elements(), kCostNs, [&](int64_t begin, int64_t end) {
        quantize(0, x + begin, y + begin, end - begin);
      });
      return OkStatus();
    }
    // Channel by channel, from rows that stay in cache.
    c.pool().parallel_for(inputs.num_elements() / std::max<int64_t>(channels, 1), 2.0 * channels, [&](int64_t begin, int64_t end) {
      float column[kPiece];
      for (int64_t row = begin; row < end; row += kPiece) {
        const int64_t rows = std::min(kPiece, end - row);
        for (int64_t k = 0; k < channels; ++k) {
          for (int64_t i = 0; i < rows; ++i) column[i] = x[(row + i) * channels + k];
          quantize(k, column, column, rows);
          for (int64_t i = 0; i < rows; ++i) y[(row + i) * channels + k] = column[i];
        }
      }
    });
    return OkStatus();
  }

 private:
  Bits bits_;
};

template <bool kPerChannel>
class FakeQuantVarsGradient : public Kernel {
 public:
  explicit FakeQuantVarsGradient(KernelInit& c) : bits_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& inputs = c.input(1);
    if (!(c.input(0).shape() == inputs.shape())) return invalid_argument("gradient and input must be the same size");
    const int64_t channels = num_channels(inputs, kPerChannel);
    RETURN_IF_ERROR(check_range_sizes(c, 2, channels, kPerChannel));
    const float *dy = c.input(0).data<float>(), *x = inputs.data<float>();
    const float *min = c.input(2).data<float>(), *max = c.input(3).data<float>();
    float *dx = c.output(0).data<float>(), *dmin = c.output(1).data<float>(), *dmax = c.output(2).data<float>();
    for (int64_t k = 0; k < channels; ++k) {
      const Quantizer range = bits_.quantizer(min[k], max[k]);
      double below = 0, above = 0;
      const bool is_void = min[k] == 0 && max[k] == 0;
      if (!is_void && channels == 1) range.pass_within(dy, x, dx, inputs.num_elements());
      for (int64_t at = k; at < inputs.num_elements(); at += channels) {
        if (is_void || channels > 1) dx[at] = is_void ? dy[at] : dy[at] * (range.contains(x[at]) ? 1.0f : 0.0f);
        if (is_void) continue;
        below += dy[at] * (range.is_below(x[at]) ? 1.0f : 0.0f);
        above += dy[at] * (range.is_above(x[at]) ? 1.0f : 0.0f);
      }
      dmin[k] = static_cast<float>(below);
      dmax[k] = static_cast<float>(above);
    }
    return OkStatus();
  }

 private:
  Bits bits_;
};

// The inputs `first` and the one behind it are scalars.
Status scalar_range(ShapeContext& c, int first) {
  if (c.concrete()) return OkStatus();
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(first), 0, &scalar));
  return c.with_rank(c.input(first + 1), 0, &scalar);
}

Status vars_shape(ShapeContext& c) {
  RETURN_IF_ERROR(scalar_range(c, 1));
  return unchanged_shape(c);
}

Status merged_inputs(ShapeContext& c, Shape* inputs) {
  *inputs = c.input(1);
  return c.concrete() ? OkStatus() : c.merge(c.input(0), c.input(1), inputs);
}

Status vars_gradient_shape(ShapeContext& c) {
  Shape inputs;
  RETURN_IF_ERROR(merged_inputs(c, &inputs));
  RETURN_IF_ERROR(scalar_range(c, 2));
  c.set_output(0, inputs);
  c.set_output(1, Shape{});
  c.set_output(2, Shape{});
  return OkStatus();
}

Status channels_shape(ShapeContext& c) {
  Shape inputs;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &inputs));
  int64_t channels = inputs.known_rank() ? inputs.dim(inputs.rank() - 1) : Shape::kUnknown;
  for (int i = 1; i < 3 && !c.concrete(); ++i) {
    Shape vector;
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &vector));
    RETURN_IF_ERROR(c.merge_dim(channels, vector.dim(0), &channels));
  }
  c.set_output(0, inputs);
  return OkStatus();
}

Status channels_gradient_shape(ShapeContext& c) {
  Shape inputs = c.input(0);
  RETURN_IF_ERROR(c.with_rank_at_least(inputs, 1, &inputs));
  RETURN_IF_ERROR(c.with_rank_at_most(inputs, 4, &inputs));
  RETURN_IF_ERROR(merged_inputs(c, &inputs));
  Shape range{inputs.rank() > 0 ? inputs.dim(inputs.rank() - 1) : Shape::kUnknown};
  for (int i = 2; i < 4 && !c.concrete(); ++i) RETURN_IF_ERROR(c.merge(c.input(i), range, &range));
  c.set_output(0, inputs);
  c.set_output(1, range);
  c.set_output(2, range);
  return OkStatus();
}

Status args_gradient(GradContext& g) {
  g.dx(0) = g.op("FakeQuantWithMinMaxArgsGradient", {g.dy(0), g.x(0)}, copied_attrs(g, {"min", "max", "num_bits", "narrow_range"}));
  return g.status();
}

Status vars_gradient(GradContext& g, const char* type) {
  Node* node = g.ops(type, {g.dy(0), g.x(0), g.x(1), g.x(2)}, copied_attrs(g, {"num_bits", "narrow_range"}));
  for (int i = 0; i < 3 && node != nullptr; ++i) g.dx(i) = node->output(i);
  return g.status();
}

OpBuilder with_bits(OpBuilder op) { return std::move(op).attr("num_bits: int = 8").attr("narrow_range: bool = false"); }
OpBuilder args_op(OpBuilder op) { return with_bits(std::move(op).attr("min: float = -6.0").attr("max: float = 6.0")); }
OpBuilder vars_op(const char* name) {
  return with_bits(OpBuilder(name).input("inputs: float").input("min: float").input("max: float").output("outputs: float"));
}
OpBuilder vars_gradient_op(const char* name) {
  return with_bits(OpBuilder(name).input("gradients: float").input("inputs: float").input("min: float").input("max: float")
                       .output("backprops_wrt_input: float").output("backprop_wrt_min: float").output("backprop_wrt_max: float"));
}

const OpRegistrar kOps[] = {
    args_op(OpBuilder("FakeQuantWithMinMaxArgs").input("inputs: float").output("outputs: float"))
        .doc("`inputs` clamped to the range from `min` to `max`, and rounded to what an integer of `num_bits` bits can tell of it.")
        .shape(unchanged_shape).kernel<FakeQuantArgs>(kCpu).in_place(0, 0).gradient(args_gradient),
    args_op(OpBuilder("FakeQuantWithMinMaxArgsGradient").input("gradients: float").input("inputs: float").output("backprops: float"))
        .doc("`gradients` where `inputs` lie within the range, 0 elsewhere.")
        .shape(unchanged_shape).kernel<FakeQuantArgsGradient>(kCpu),
    vars_op("FakeQuantWithMinMaxVars").doc("FakeQuantWithMinMaxArgs with a range that is computed.")
        .shape(vars_shape).kernel<FakeQuantVars<false>>(kCpu)
        .gradient([](GradContext& g) { return vars_gradient(g, "FakeQuantWithMinMaxVarsGradient"); }),
    vars_gradient_op("FakeQuantWithMinMaxVarsGradient")
        .doc("`gradients` where `inputs` lie within the range; of those below it and above it the sums, for its ends.")
        .shape(vars_gradient_shape).kernel<FakeQuantVarsGradient<false>>(kCpu),
    vars_op("FakeQuantWithMinMaxVarsPerChannel")
        .doc("FakeQuantWithMinMaxArgs with a range for each element of the last dimension.")
        .shape(channels_shape).kernel<FakeQuantVars<true>>(kCpu)
        .gradient([](GradContext& g) { return vars_gradient(g, "FakeQuantWithMinMaxVarsPerChannelGradient"); }),
    vars_gradient_op("FakeQuantWithMinMaxVarsPerChannelGradient")
        .doc("FakeQuantWithMinMaxVarsGradient with a range for each element of the last dimension.")
        .shape(channels_gradient_shape).kernel<FakeQuantVarsGradient<true>>(kCpu),
};

}  // namespace
}  // namespace reflow::ops
