// Quantized numbers of one range in another: Requantize, QuantizeDownAndShrinkRange, and RequantizationRange, which finds the
// range that is used.

#include <algorithm>
#include <string>

#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The range that the numbers span, with 0 in it.
QuantizedRange used_range(const Tensor& x, QuantizedRange range) {
  int32_t low = std::numeric_limits<int32_t>::max(), high = std::numeric_limits<int32_t>::min();
  for (const Qint32& q : x.flat<Qint32>()) {
    low = std::min(low, q.value);
    high = std::max(high, q.value);
  }
  if (x.num_elements() == 0) low = high = 0;
  return {std::min(0.0f, quantized_to_float(Qint32{low}, range)), quantized_to_float(Qint32{high}, range)};
}

// Bytes are made in integers, with 16 bits behind the point, as TensorFlow makes them.
class BytesOf {
 public:
  BytesOf(QuantizedRange from, QuantizedRange to) {
    const float in = from.max - from.min, out = to.max - to.min;
    if (out == 0) return;
    const float steps = 255.0f / out;
    const auto middle = static_cast<float>((static_cast<double>(from.min) + static_cast<double>(from.max)) / 2.0);
    scale_ = bounded(255.0 * kOne * static_cast<double>(in) / static_cast<double>(out));
    offset_ = bounded(middle * steps * static_cast<float>(kOne)) - bounded(to.min * steps * static_cast<float>(kOne));
  }
  Quint8 operator()(Qint32 q) const {
    const auto product = static_cast<int64_t>(static_cast<uint64_t>(int64_t{q.value}) * static_cast<uint64_t>(scale_));
    const int64_t value = ((product >> 32) + offset_ + kOne / 2) >> 16;
    return {static_cast<uint8_t>(std::clamp<int64_t>(value, 0, 255))};
  }

 private:
  static constexpr int64_t kOne = 1 << 16;
  static int64_t bounded(double x) { return std::abs(x) < 1e18 ? static_cast<int64_t>(x) : 0; }
  int64_t scale_ = 0, offset_ = 0;
};

template <typename Q>
void requantize(KernelContext& c, QuantizedRange from, QuantizedRange to) {
  const Qint32* x = c.input(0).data<Qint32>();
  Q* y = c.output(0).template data<Q>();
  if constexpr (std::is_same_v<Q, Quint8>) {
    const BytesOf byte_of(from, to);
    for_quantized(c, c.input(0).num_elements(), [&](int64_t i) { y[i] = byte_of(x[i]); });
  } else {
    const ToFloat<Qint32> to_float(from);
    const ToQuantized<Q> to_quantized(to);
    for_quantized(c, c.input(0).num_elements(), [&](int64_t i) { y[i] = to_quantized(to_float(x[i])); });
  }
}

template <typename Q, typename In>
class Requantize : public Kernel {
  static_assert(std::is_same_v<In, Qint32>);

 public:
  explicit Requantize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange from, range_at(c, 1));
    ASSIGN_OR_RETURN(const QuantizedRange to, range_at(c, 3));
    if (to.min > 0) return invalid_argument("requested_output_min must be <= 0, but got {}", to.min);
    if (to.max < to.min) {
      return invalid_argument("requested_output_max must be >= requested_output_min, but got {} and {}", to.max, to.min);
    }
    requantize<Q>(c, from, to);
    put_range(c, 1, to);
    return OkStatus();
  }
};

template <typename Q, typename In>
class ShrinkRange : public Kernel {
  static_assert(std::is_same_v<In, Qint32>);

 public:
  explicit ShrinkRange(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange from, range_at(c, 1));
    const QuantizedRange used = used_range(c.input(0), from);
    requantize<Q>(c, from, used);
    put_range(c, 1, used);
    return OkStatus();
  }
};

class RequantizationRange : public Kernel {
 public:
  explicit RequantizationRange(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange range, range_at(c, 1));
    put_range(c, 0, used_range(c.input(0), range));
    return OkStatus();
  }
};

Status requantize_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_scalars(c, 1, c.num_inputs()));
  c.set_output(0, c.input(0));
  set_range_outputs(c);
  return OkStatus();
}

Status range_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_scalars(c, 1, 3));
  c.set_output(0, Shape{});
  c.set_output(1, Shape{});
  return OkStatus();
}

Status per_channel_range_shape(ShapeContext& c) {
  Shape vector;
  for (int i : {1, 2}) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &vector));
  c.set_output(0, Shape{});
  c.set_output(1, Shape{});
  return OkStatus();
}

Status requantize_per_channel_shape(ShapeContext& c) {
  Shape vector;
  for (int i : {1, 2}) RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &vector));
  RETURN_IF_ERROR(check_scalars(c, 3, 5));
  c.set_output(0, c.input(0));
  set_range_outputs(c);
  return OkStatus();
}

REFLOW_OP("Requantize")
    .input("input: Tinput")
    .input("input_min: float")
    .input("input_max: float")
    .input("requested_output_min: float")
    .input("requested_output_max: float")
    .output("output: out_type")
    .output("output_min: float")
    .output("output_max: float")
    .attr("Tinput: {qint8, quint8, qint32, qint16, quint16}")
    .attr("out_type: {qint8, quint8, qint32, qint16, quint16}")
    .doc("Numbers of one range as numbers of the range that is asked for, clamped to it.")
    .shape(requantize_shape)
    .kernel<Requantize>(kCpu, Types<Qint8, Quint8>{}, Types<Qint32>{}, "out_type", "Tinput");

REFLOW_OP("QuantizeDownAndShrinkRange")
    .input("input: Tinput")
    .input("input_min: float")
    .input("input_max: float")
    .output("output: out_type")
    .output("output_min: float")
    .output("output_max: float")
    .attr("Tinput: {qint8, quint8, qint32, qint16, quint16}")
    .attr("out_type: {qint8, quint8, qint32, qint16, quint16}")
    .doc("Numbers of one range as smaller numbers of the range that they use.")
    .shape(requantize_shape)
    .kernel<ShrinkRange>(kCpu, Types<Quint8>{}, Types<Qint32>{}, "out_type", "Tinput");

REFLOW_OP("RequantizationRange")
    .input("input: Tinput")
    .input("input_min: float")
    .input("input_max: float")
    .output("output_min: float")
    .output("output_max: float")
    .attr("Tinput: {qint8, quint8, qint32, qint16, quint16}")
    .doc("The part of the range that the numbers use, with 0 in it.")
    .shape(range_shape)
    .kernel_for<RequantizationRange>(kCpu, Types<Qint32>{}, "Tinput");

REFLOW_OP("RequantizationRangePerChannel")
    .input("input: T")
    .input("input_min: float")
    .input("input_max: float")
    .output("output_min: float")
    .output("output_max: float")
    .attr("T: {qint8, quint8, qint32, qint16, quint16} = DT_QINT32")
    .attr("clip_value_max: float")
    .doc("RequantizationRange of numbers with a range for each channel. As in TensorFlow, CPUs have no kernel for it.")
    .shape(per_channel_range_shape);

REFLOW_OP("RequantizePerChannel")
    .input("input: T")
    .input("input_min: float")
    .input("input_max: float")
    .input("requested_output_min: float")
    .input("requested_output_max: float")
    .output("output: out_type")
    .output("output_min: float")
    .output("output_max: float")
    .attr("T: {qint8, quint8, qint32, qint16, quint16} = DT_QINT32")
    .attr("out_type: {qint8, quint8, qint32, qint16, quint16} = DT_QUINT8")
    .doc("Requantize of numbers with a range for each channel. As in TensorFlow, CPUs have no kernel for it.")
    .shape(requantize_per_channel_shape);

}  // namespace
}  // namespace reflow::ops
