// QuantizeAndDequantize: what quantizing would make of numbers, which stay floats. Three versions: the range by
// attributes, by inputs, and the number of bits by an input too.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

struct Rounding {
  bool is_signed, range_given, is_narrow = false, half_up = false;
};

template <typename T>
void quantize_and_dequantize(KernelContext& c, const Rounding& r, int num_bits, T min, T max) {
  const Tensor& in = c.input(0);
  const T* x = in.data<T>();
  T* y = c.output(0).template data<T>();
  const int64_t n = in.num_elements();
  if (!r.range_given) {
    min = std::numeric_limits<T>::max();
    max = std::numeric_limits<T>::lowest();
    for (int64_t i = 0; i < n; ++i) {
      if (x[i] < min) min = x[i];
      if (x[i] > max) max = x[i];
    }
  }
  const int64_t one = 1;
  const int64_t lowest = !r.is_signed ? 0 : -(one << (num_bits - 1)) + (r.is_narrow ? 1 : 0);
  const int64_t highest = r.is_signed ? (one << (num_bits - 1)) - 1 : (one << num_bits) - 1;
  // As large a scale as keeps both ends of the range, with 0 staying 0.
  constexpr T kNone = std::numeric_limits<T>::max();
  const T from_min = static_cast<T>(lowest) * min > 0 ? static_cast<T>(lowest) / min : kNone;
  const T from_max = static_cast<T>(highest) * max > 0 ? static_cast<T>(highest) / max : kNone;
  const T scale = std::min(from_min, from_max);
  T step;
  if (from_min < from_max) {
    step = min / static_cast<T>(lowest);
    max = static_cast<T>(highest) * step;
  } else {
    step = highest == 0 ? T(0) : max / static_cast<T>(highest);
    min = static_cast<T>(lowest) * step;
  }
  c.pool().parallel_for(n, 3, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T value = x[i];
      if (r.range_given) value = value > max ? max : value < min ? min : value;
      value *= scale;
      y[i] = (r.half_up ? std::floor(value + T(0.5)) : std::nearbyint(value)) * step;
    }
  });
}

Status check_bits(const Rounding& r, int64_t num_bits) {
  if (num_bits > 0 && num_bits < (r.is_signed ? 62 : 63)) return OkStatus();
  return invalid_argument("num_bits is out of range: {} with signed_input_ {}", num_bits, r.is_signed ? 1 : 0);
}

template <typename T>
Status check_range(const Rounding& r, T min, T max) {
  return r.range_given && min > max ? invalid_argument("Invalid range: input_min {} > input_max {}", min, max) : OkStatus();
}

template <typename T>
class QuantizeAndDequantizeV1 : public Kernel {
 public:
  explicit QuantizeAndDequantizeV1(KernelInit& c)
      : rounding_{c.attr<bool>("signed_input"), c.attr<bool>("range_given")}, bits_(c.attr<int64_t>("num_bits")),
        min_(c.attr<float>("input_min")), max_(c.attr<float>("input_max")) {
    c.fail(check_bits(rounding_, bits_));
    c.fail(check_range<T>(rounding_, min_, max_));
  }
  Status compute(KernelContext& c) override {
    quantize_and_dequantize<T>(c, rounding_, static_cast<int>(bits_), min_, max_);
    return OkStatus();
  }

 private:
  Rounding rounding_;
  int64_t bits_;
  float min_, max_;
};

// Versions 2 and 3: there are inputs 1 and 2 for the range, and 3 for the number of bits.
template <typename T>
class QuantizeAndDequantize : public Kernel {
 public:
  explicit QuantizeAndDequantize(KernelInit& c)
      : rounding_{c.attr<bool>("signed_input"), c.attr<bool>("range_given"), c.attr<bool>("narrow_range"),
                  c.attr_or<std::string>("round_mode", "HALF_TO_EVEN") == "HALF_UP"},
        bits_(c.attr_or<int64_t>("num_bits", 0)) {
    if (c.node().num_inputs() == 3) c.fail(check_bits(rounding_, bits_));
  }

  Status compute(KernelContext& c) override {
    for (int i = 1; i < c.num_inputs(); ++i) {
      if (c.input(i).num_elements() != 1) return invalid_argument("Input {} must be a scalar, got shape {}", i, c.input(i).shape().str());
    }
    int64_t bits = bits_;
    if (c.num_inputs() == 4) bits = c.input(3).template item<int32_t>();
    RETURN_IF_ERROR(check_bits(rounding_, bits));
    const T min = c.input(1).template item<T>(), max = c.input(2).template item<T>();
    RETURN_IF_ERROR(check_range(rounding_, min, max));
    quantize_and_dequantize<T>(c, rounding_, static_cast<int>(bits), min, max);
    return OkStatus();
  }

 private:
  Rounding rounding_;
  int64_t bits_;
};

Status scalars_behind_input(ShapeContext& c) {
  if (!c.concrete()) {
    Shape scalar;
    for (int i = 1; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  }
  return unchanged_shape(c);
}

void straight_through(GradContext& g) { g.dx(0) = g.dy(0); }

REFLOW_OP("QuantizeAndDequantize")
    .input("input: T")
    .output("output: T")
    .attr("signed_input: bool = true")
    .attr("num_bits: int = 8")
    .attr("range_given: bool = false")
    .attr("input_min: float = 0.0")
    .attr("input_max: float = 0.0")
    .attr("T: {bfloat16, half, float, double}")
    .deprecated(22, "Replaced by QuantizeAndDequantizeV2")
    .doc("`input` rounded to what integers of `num_bits` bits can tell of its range, or of the one that is given.")
    .shape(unchanged_shape)
    .kernel<QuantizeAndDequantizeV1>(kCpu, kFloat32And64)
    .gradient(straight_through);

REFLOW_OP("QuantizeAndDequantizeV2")
    .input("input: T")
    .input("input_min: T")
    .input("input_max: T")
    .output("output: T")
    .attr("signed_input: bool = true")
    .attr("num_bits: int = 8")
    .attr("range_given: bool = false")
    .attr("T: {bfloat16, half, float, double}")
    .attr("round_mode: {'HALF_TO_EVEN', 'HALF_UP'} = 'HALF_TO_EVEN'")
    .attr("narrow_range: bool = false")
    .doc("`input` rounded to what integers of `num_bits` bits can tell of its range, or, where `range_given`, of that from "
         "`input_min` to `input_max`.")
    .shape(scalars_behind_input)
    .kernel<QuantizeAndDequantize>(kCpu, kFloat32And64)
    .gradient(straight_through);

REFLOW_OP("QuantizeAndDequantizeV3")
    .input("input: T")
    .input("input_min: T")
    .input("input_max: T")
    .input("num_bits: int32")
    .output("output: T")
    .attr("signed_input: bool = true")
    .attr("range_given: bool = true")
    .attr("T: {bfloat16, half, float, double}")
    .attr("narrow_range: bool = false")
    .doc("QuantizeAndDequantizeV2 with a number of bits that is computed.")
    .shape(scalars_behind_input)
    .kernel<QuantizeAndDequantize>(kCpu, kFloat32And64)
    .gradient(straight_through);

}  // namespace
}  // namespace reflow::ops
