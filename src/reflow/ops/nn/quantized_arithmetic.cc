// Sums, products and activations of quantized numbers: QuantizedAdd, QuantizedMul, QuantizedBiasAdd, QuantizedRelu and kin.

#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/quantized.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

constexpr Types<Quint8> kBytes{};

// Elements of two operands that are broadcast to the output's shape.
class Pairs {
 public:
  Pairs(const Shape& a, const Shape& b, const Shape& out) : out_(out), a_(steps(a, out)), b_(steps(b, out)) {}
  int64_t a(int64_t i) const { return at(a_, i); }
  int64_t b(int64_t i) const { return at(b_, i); }

 private:
  static std::vector<int64_t> steps(const Shape& x, const Shape& out) {
    std::vector<int64_t> result(out.rank());
    int64_t step = 1;
    for (int d = out.rank() - 1, k = x.rank() - 1; k >= 0; --d, --k) {
      if (x.dim(k) != 1) result[d] = step;
      step *= x.dim(k);
    }
    return result;
  }
  int64_t at(const std::vector<int64_t>& steps, int64_t i) const {
    int64_t place = 0;
    for (int d = out_.rank() - 1; d >= 0; --d) {
      place += i % out_.dim(d) * steps[d];
      i /= out_.dim(d);
    }
    return place;
  }
  const Shape& out_;
  std::vector<int64_t> a_, b_;
};

// A range in which sums of numbers of both ranges have room, `headroom` times as large.
QuantizedRange sum_range(QuantizedRange a, QuantizedRange b, int headroom) {
  const float largest = std::max(std::max(a.max, -a.min), std::max(b.max, -b.min)) * static_cast<float>(headroom);
  return {-largest, largest};
}

// Numbers of one range in another: 0 and 1 are converted, the others lie on their line; or, as TensorFlow does it with one
// number that is added to many, each by itself.
class Converted {
 public:
  Converted(QuantizedRange from, QuantizedRange to, bool each)
      : from_(from),
        to_(to),
        each_(each),
        start_(float_to_integer<Qint32>(quantized_to_float(Quint8{0}, from), to)),
        step_(float_to_integer<Qint32>(quantized_to_float(Quint8{1}, from), to) - start_) {}
  int64_t operator()(Quint8 q) const {
    if (each_) return float_to_quantized<Qint32>(quantized_to_float(q, from_), to_).value;
    return std::clamp<int64_t>(start_ + q.value * step_, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
  }

 private:
  const QuantizedRange from_, to_;
  const bool each_;
  int64_t start_, step_;
};

// Both inputs are quint8, the output qint32.
void expect_bytes(KernelInit& c) {
  expect_type(c, "T1", DType::kQuint8);
  expect_type(c, "T2", DType::kQuint8);
  expect_type(c, "Toutput", DType::kQint32);
}

class QuantizedAdd : public Kernel {
 public:
  explicit QuantizedAdd(KernelInit& c) { expect_bytes(c); }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange a, range_at(c, 2));
    ASSIGN_OR_RETURN(const QuantizedRange b, range_at(c, 4));
    const QuantizedRange range = sum_range(a, b, 1 << 14);
    const bool a_is_one = c.input(0).num_elements() == 1, b_is_one = !a_is_one && c.input(1).num_elements() == 1;
    const Converted of_a(a, range, a_is_one), of_b(b, range, b_is_one);
    const Quint8 *x = c.input(0).data<Quint8>(), *y = c.input(1).data<Quint8>();
    Qint32* z = c.output(0).data<Qint32>();
    const Pairs pairs(c.input(0).shape(), c.input(1).shape(), c.output(0).shape());
    for_quantized(c, c.output(0).num_elements(), [&](int64_t i) {
      z[i].value = static_cast<int32_t>(static_cast<uint32_t>(of_a(x[pairs.a(i)]) + of_b(y[pairs.b(i)])));
    });
    put_range(c, 1, range);
    return OkStatus();
  }
};

class QuantizedMul : public Kernel {
 public:
  explicit QuantizedMul(KernelInit& c) { expect_bytes(c); }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange a, range_at(c, 2));
    ASSIGN_OR_RETURN(const QuantizedRange b, range_at(c, 4));
    const auto zero_a = static_cast<uint64_t>(float_to_integer<Quint8>(0, a));  // unsigned, so that products wrap around
    const auto zero_b = static_cast<uint64_t>(float_to_integer<Quint8>(0, b));
    const Quint8 *x = c.input(0).data<Quint8>(), *y = c.input(1).data<Quint8>();
    Qint32* z = c.output(0).data<Qint32>();
    const Pairs pairs(c.input(0).shape(), c.input(1).shape(), c.output(0).shape());
    for_quantized(c, c.output(0).num_elements(), [&](int64_t i) {
      const uint64_t product = (x[pairs.a(i)].value - zero_a) * (y[pairs.b(i)].value - zero_b);
      z[i].value = static_cast<int32_t>(static_cast<uint32_t>(product));
    });
    put_range(c, 1, product_range<Quint8, Quint8, Qint32>(a, b));
    return OkStatus();
  }
};

template <typename Q>
class QuantizedBiasAdd : public Kernel {
 public:
  explicit QuantizedBiasAdd(KernelInit& c) {
    expect_type(c, "T2", dtype_of<Q>);
    expect_type(c, "out_type", DType::kQint32);
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange a, range_at(c, 2));
    ASSIGN_OR_RETURN(const QuantizedRange b, range_at(c, 4));
    const QuantizedRange range = sum_range(a, b, 1 << 17);
    const ToFloat<Q> of_a(a), of_b(b);
    const ToQuantized<Qint32> to(range);
    const Q *x = c.input(0).data<Q>(), *bias = c.input(1).data<Q>();
    Qint32* y = c.output(0).data<Qint32>();
    const int64_t n = c.input(1).num_elements();
    for_quantized(c, c.input(0).num_elements(), [&](int64_t i) {
      y[i].value = static_cast<int32_t>(int64_t{to(of_a(x[i])).value} + to(of_b(bias[i % n])).value);
    });
    put_range(c, 1, range);
    return OkStatus();
  }
};

// Clamps to [0, highest], where `kHighest` is 0 for none and -1 for the one in input 1.
template <typename Q, int kHighest>
class ClampedRelu : public Kernel {
 public:
  explicit ClampedRelu(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const QuantizedRange range, range_at(c, kHighest < 0 ? 2 : 1));
    if (kHighest < 0 && c.input(1).num_elements() < 1) return invalid_argument("max_value is empty");
    const Q low = float_to_quantized<Q>(0, range);
    const float bound = kHighest < 0 ? c.input(1).item<float>() : kHighest;
    const Q high = kHighest == 0 ? Q{std::numeric_limits<decltype(Q::value)>::max()} : float_to_quantized<Q>(bound, range);
    const Q* x = c.input(0).data<Q>();
    Q* y = c.output(0).data<Q>();
    for_quantized(c, c.input(0).num_elements(), [&](int64_t i) { y[i].value = std::min(std::max(x[i].value, low.value), high.value); });
    put_range(c, 1, range);
    return OkStatus();
  }
};
template <typename Q>
using Relu = ClampedRelu<Q, 0>;
template <typename Q>
using Relu6 = ClampedRelu<Q, 6>;
template <typename Q>
using ReluX = ClampedRelu<Q, -1>;

Status pair_shape(ShapeContext& c) {
  RETURN_IF_ERROR(broadcast_shape_fn(c));
  RETURN_IF_ERROR(check_scalars(c, 2, 6));
  set_range_outputs(c);
  return OkStatus();
}

Status bias_shape(ShapeContext& c) {
  const Shape &x = c.input(0), &bias = c.input(1);
  if (c.concrete()) {
    if (x.rank() < 2) return invalid_argument("Input tensor must be at least 2D: {}", x.str());
    if (bias.rank() != 1) return invalid_argument("Biases must be 1D: {}", bias.str());
    if (x.dim(x.rank() - 1) != bias.dim(0)) {
      return invalid_argument("Must provide as many biases as the last dimension of the input tensor: {} vs. {}", bias.str(), x.str());
    }
    c.set_output(0, x);
  } else {
    Shape known, vector;
    RETURN_IF_ERROR(c.with_rank_at_least(x, 2, &known));
    RETURN_IF_ERROR(c.with_rank(bias, 1, &vector));
    if (known.known_rank()) {
      int64_t channels;
      RETURN_IF_ERROR(c.merge_dim(known.dim(known.rank() - 1), vector.dim(0), &channels));
      known.set_dim(known.rank() - 1, channels);
    }
    c.set_output(0, std::move(known));
    RETURN_IF_ERROR(check_scalars(c, 2, 6));
  }
  set_range_outputs(c);
  return OkStatus();
}

Status relu_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_scalars(c, c.num_inputs() - 2, c.num_inputs()));
  c.set_output(0, c.input(0));
  set_range_outputs(c);
  return OkStatus();
}

constexpr const char *kSums = "Toutput: {qint8, quint8, qint32, qint16, quint16} = DT_QINT32",
                     *kFirst = "T1: {qint8, quint8, qint32, qint16, quint16}", *kSecond = "T2: {qint8, quint8, qint32, qint16, quint16}";

template <typename K>
OpBuilder pair_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder)
      .input("x: T1").input("y: T2").input("min_x: float").input("max_x: float").input("min_y: float").input("max_y: float")
      .output("z: Toutput").output("min_z: float").output("max_z: float").attr(kFirst).attr(kSecond).attr(kSums)
      .doc(doc).shape(pair_shape).template kernel_for<K>(kCpu, kBytes, "T1");
  return builder;
}

template <template <typename> class K>
OpBuilder relu_op(const char* name, const char* doc) {
  OpBuilder builder(name);
  std::move(builder).input("features: Tinput");
  if (std::string_view(name) == "QuantizedReluX") std::move(builder).input("max_value: float");
  std::move(builder)
      .input("min_features: float").input("max_features: float")
      .output("activations: out_type").output("min_activations: float").output("max_activations: float")
      .attr("Tinput: {qint8, quint8, qint32, qint16, quint16}")
      .attr("out_type: {qint8, quint8, qint32, qint16, quint16} = DT_QUINT8")
      .doc(doc).shape(relu_shape);
  return builder;
}

// A node's output has the type of its input, or there is no kernel for it.
template <template <typename> class K, typename Q>
class SameType : public K<Q> {
 public:
  explicit SameType(KernelInit& c) : K<Q>(c) {
    if (c.node().output_type(0) != dtype_of<Q>) {
      c.fail(invalid_argument("out_type {} is not {}", dtype_spec_name(c.node().output_type(0)), dtype_spec_name(dtype_of<Q>)));
    }
  }
};
template <typename Q>
using SameRelu = SameType<Relu, Q>;
template <typename Q>
using SameRelu6 = SameType<Relu6, Q>;
template <typename Q>
using SameReluX = SameType<ReluX, Q>;

constexpr Types<Quint8, Qint32> kActivated{};

const OpRegistrar kOps[] = {
    pair_op<QuantizedAdd>("QuantizedAdd", "The sums of quantized numbers, and the range that they stand for."),
    pair_op<QuantizedMul>("QuantizedMul", "The products of quantized numbers, and the range that they stand for."),
    relu_op<SameRelu>("QuantizedRelu", "Quantized numbers, 0 for those below it.").kernel<SameRelu>(kCpu, kActivated, "Tinput"),
    relu_op<SameRelu6>("QuantizedRelu6", "Quantized numbers clamped to [0, 6].").kernel<SameRelu6>(kCpu, kActivated, "Tinput"),
    relu_op<SameReluX>("QuantizedReluX", "Quantized numbers clamped to [0, max_value].").kernel<SameReluX>(kCpu, kActivated, "Tinput"),
};

REFLOW_OP("QuantizedBiasAdd")
    .input("input: T1")
    .input("bias: T2")
    .input("min_input: float")
    .input("max_input: float")
    .input("min_bias: float")
    .input("max_bias: float")
    .output("output: out_type")
    .output("min_out: float")
    .output("max_out: float")
    .attr("T1: {qint8, quint8, qint32, qint16, quint16}")
    .attr("T2: {qint8, quint8, qint32, qint16, quint16}")
    .attr("out_type: {qint8, quint8, qint32, qint16, quint16}")
    .doc("Quantized numbers with `bias` added along their last dimension, and the range that the sums stand for.")
    .shape(bias_shape)
    .kernel<QuantizedBiasAdd>(kCpu, Types<Qint8, Quint8>{}, "T1");

}  // namespace
}  // namespace reflow::ops
