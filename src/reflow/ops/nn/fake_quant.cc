// FakeQuant ops: numbers rounded to those that an integer of a few bits would keep, for training of networks that are to
// be quantized. Gradients pass where a number lies within the range, and go to its ends elsewhere.

#include <cmath>
#include <string>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

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
  float operator()(float x) const {
    const float clamped = x > max_ ? max_ : x < min_ ? min_ : x;
    return std::floor((clamped - min_) * inverse_scale_ + 0.5f) * scale_ + min_;
  }
  // The same with a division, as TensorFlow has it where the range is computed: a number between two steps may become the
  // other one.
  float divided(float x) const {
    const float clamped = x > max_ ? max_ : x < min_ ? min_ : x;
    return std::floor((clamped - min_) / scale_ + 0.5f) * scale_ + min_;
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

template <typename F>
void for_elements(KernelContext& c, int64_t n, F&& f) {
  c.pool().parallel_for(n, 2, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i);
  });
}

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
    const Quantizer quantize = quantizer();
    const float* x = c.input(0).data<float>();
    float* y = c.output(0).data<float>();
    for_elements(c, c.input(0).num_elements(), [=](int64_t i) { y[i] = quantize(x[i]); });
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
    for_elements(c, inputs.num_elements(), [=](int64_t i) { dx[i] = dy[i] * (range.contains(x[i]) ? 1.0f : 0.0f); });
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
    for (int64_t k = 0; k < channels; ++k) {
      const int64_t n = inputs.num_elements() / channels;
      const Quantizer quantize = bits_.quantizer(min[k], max[k]);
      const bool is_void = min[k] == 0 && max[k] == 0;
      for_elements(c, n, [=](int64_t i) {
        const int64_t at = i * channels + k;
        y[at] = is_void ? 0 : quantize.divided(x[at]);
      });
    }
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
      for (int64_t at = k; at < inputs.num_elements(); at += channels) {
        dx[at] = is_void ? dy[at] : dy[at] * (range.contains(x[at]) ? 1.0f : 0.0f);
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
