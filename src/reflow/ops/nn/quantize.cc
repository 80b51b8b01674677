// QuantizeV2 and Dequantize: numbers of a range as integers, and back. The modes differ in what they round: the distance
// from the range's start (MIN_COMBINED), number and start apart, so that 0 stays exact (MIN_FIRST), or the number, with a
// scale that is the same for both signs (SCALED).

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename Q>
struct Integer : QuantizedInteger<Q> {
  static constexpr float kHalfRange = Integer::kSigned ? static_cast<float>((Integer::kSteps + 1) / 2) : 0.0f;
};

enum class Mode { kMinCombined, kMinFirst, kScaled };
Mode mode_of(KernelInit& c) {
  const auto mode = c.attr<std::string>("mode");
  return mode == "MIN_COMBINED" ? Mode::kMinCombined : mode == "MIN_FIRST" ? Mode::kMinFirst : Mode::kScaled;
}

// The range in inputs 1 and 2, whose first elements count.
Status read_range(KernelContext& c, float* min, float* max) {
  for (int i = 1; i < 3; ++i) {
    if (c.input(i).num_elements() < 1) return invalid_argument("{} is empty", i == 1 ? "min_range" : "max_range");
  }
  *min = c.input(1).data<float>()[0];
  *max = c.input(2).data<float>()[0];
  return OkStatus();
}

template <typename F>
void for_elements(KernelContext& c, int64_t n, F&& f) {
  c.pool().parallel_for(n, 2, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i);
  });
}

template <typename Q>
class Quantize : public Kernel {
  using I = Integer<Q>;

 public:
  explicit Quantize(KernelInit& c) : mode_(mode_of(c)), to_even_(c.attr<std::string>("round_mode") == "HALF_TO_EVEN") {
    if (to_even_ && mode_ != Mode::kScaled) {
      c.fail(invalid_argument("Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED', but mode is '{}'.",
                              c.attr<std::string>("mode")));
    }
  }

  Status compute(KernelContext& c) override {
    float low, high;
    RETURN_IF_ERROR(read_range(c, &low, &high));
    if (high < low) return invalid_argument("input_max_range must be larger than input_min_range.");
    // The range has 0 in it, and isn't so narrow that all numbers become one.
    float min = std::min(0.0f, low);
    const float smallest = std::max(1.0f, std::max(std::abs(low), std::abs(high))) / 100.0f;
    float max = std::max(0.0f, std::max(high, min + smallest));
    const Tensor& in = c.input(0);
    const float* x = in.data<float>();
    Q* y = c.output(0).template data<Q>();
    const auto put = [y](int64_t i, int32_t value) { y[i].value = static_cast<typename I::Type>(value); };
    if (mode_ == Mode::kMinCombined) {
      const auto scale = static_cast<float>(I::kSteps / (max - min));
      for_elements(c, in.num_elements(), [=](int64_t i) {
        const float distance = (std::max(std::min(x[i], max), min) - min) * scale;
        put(i, I::kSigned ? int_of_float(std::round(distance - I::kHalfRange)) : int_of_float(distance + 0.5f));
      });
    } else if (mode_ == Mode::kMinFirst) {
      const auto scale = static_cast<float>(max == min ? 0.0 : I::kSteps / (max - min));
      const float start = std::round(min * scale) - static_cast<float>(I::kLowest);
      constexpr float kLow = std::max(static_cast<float>(I::kLowest), -2.147483648e+09f);
      constexpr float kHigh = std::min(static_cast<float>(I::kHighest), 2.147483520e+09f);
      for_elements(c, in.num_elements(), [=](int64_t i) {
        put(i, int_of_float(std::min(std::max(std::round(x[i] * scale) - start, kLow), kHigh)));
      });
    } else {
      constexpr int32_t kLow = static_cast<int32_t>(I::kLowest), kHigh = static_cast<int32_t>(I::kHighest);
      constexpr float kNone = std::numeric_limits<float>::max();
      const float scale = std::min(kLow * min > 0 ? kLow / min : kNone, kHigh * max > 0 ? kHigh / max : kNone);
      min = kLow / scale;
      max = kHigh / scale;
      const bool to_even = to_even_;
      for_elements(c, in.num_elements(), [=](int64_t i) {
        const float scaled = std::max(std::min(x[i], max), min) * scale;
        put(i, int_of_float(to_even ? std::nearbyint(scaled) : std::round(scaled)));
      });
    }
    c.output(1).template data<float>()[0] = min;
    c.output(2).template data<float>()[0] = max;
    return OkStatus();
  }

 private:
  Mode mode_;
  bool to_even_;
};

template <typename Q>
class Dequantize : public Kernel {
  using I = Integer<Q>;

 public:
  explicit Dequantize(KernelInit& c) : mode_(mode_of(c)) {}

  Status compute(KernelContext& c) override {
    float min, max;
    RETURN_IF_ERROR(read_range(c, &min, &max));
    const Tensor& in = c.input(0);
    const Q* x = in.data<Q>();
    float* y = c.output(0).template data<float>();
    if (mode_ == Mode::kMinCombined) {
      const float scale = (max - min) / (static_cast<float>(I::kHighest) - static_cast<float>(I::kLowest));
      for_elements(c, in.num_elements(), [=](int64_t i) {
        y[i] = (static_cast<float>(static_cast<int32_t>(x[i].value)) + I::kHalfRange) * scale + min;
      });
    } else if (mode_ == Mode::kMinFirst) {
      const auto scale = static_cast<float>((max - min) / I::kSteps);
      const float rounded = max == min ? min : std::round(min / scale) * scale;
      const float start = rounded - static_cast<float>(I::kLowest) * scale;
      for_elements(c, in.num_elements(), [=](int64_t i) { y[i] = start + static_cast<float>(x[i].value) * scale; });
    } else {
      const float from_max = max / static_cast<float>(I::kHighest);
      const float scale = I::kSigned ? std::max(min / static_cast<float>(I::kLowest), from_max) : from_max;
      for_elements(c, in.num_elements(), [=](int64_t i) { y[i] = static_cast<float>(x[i].value) * scale; });
    }
    return OkStatus();
  }

 private:
  Mode mode_;
};

Status range_inputs(ShapeContext& c) {
  if (!c.concrete()) {
    Shape scalar;
    for (int i = 1; i < 3; ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  }
  return unchanged_shape(c);
}

Status quantize_shape(ShapeContext& c) {
  RETURN_IF_ERROR(range_inputs(c));
  c.set_output(1, Shape{});
  c.set_output(2, Shape{});
  return OkStatus();
}

REFLOW_OP("QuantizeV2")
    .input("input: float")
    .input("min_range: float")
    .input("max_range: float")
    .output("output: T")
    .output("output_min: float")
    .output("output_max: float")
    .attr("T: {qint8, quint8, qint32, qint16, quint16}")
    .attr("mode: {'MIN_COMBINED', 'MIN_FIRST', 'SCALED'} = 'MIN_COMBINED'")
    .attr("round_mode: {'HALF_AWAY_FROM_ZERO', 'HALF_TO_EVEN'} = 'HALF_AWAY_FROM_ZERO'")
    .doc("`input`, clamped to the range from `min_range` to `max_range`, as integers, and the range that they stand for.")
    .shape(quantize_shape)
    .kernel<Quantize>(kCpu, kQuantizedTypes);

REFLOW_OP("Dequantize")
    .input("input: T")
    .input("min_range: float")
    .input("max_range: float")
    .output("output: float")
    .attr("T: {qint8, quint8, qint32, qint16, quint16}")
    .attr("mode: {'MIN_COMBINED', 'MIN_FIRST', 'SCALED'} = 'MIN_COMBINED'")
    .doc("The numbers of the range from `min_range` to `max_range` for which the integers `input` stand.")
    .shape(range_inputs)
    .kernel<Dequantize>(kCpu, kQuantizedTypes);

}  // namespace
}  // namespace reflow::ops
