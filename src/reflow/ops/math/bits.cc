// Bits of numbers: PopulationCount, and CompareAndBitpack, which makes bits of comparisons.

#include <bit>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class PopulationCount : public Kernel {
 public:
  explicit PopulationCount(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T* x = c.input(0).data<T>();
    uint8_t* y = c.output(0).data<uint8_t>();
    c.pool().parallel_for(c.input(0).num_elements(), 0.5, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) y[i] = static_cast<uint8_t>(std::popcount(static_cast<std::make_unsigned_t<T>>(x[i])));
    });
    return OkStatus();
  }
};

template <typename T>
class CompareAndBitpack : public Kernel {
 public:
  explicit CompareAndBitpack(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T* x = c.input(0).data<T>();
    const T threshold = c.input(1).item<T>();
    uint8_t* y = c.output(0).data<uint8_t>();
    c.pool().parallel_for(c.output(0).num_elements(), 4, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        uint8_t bits = 0;
        for (int k = 0; k < 8; ++k) bits = static_cast<uint8_t>(bits << 1 | is_above(x[8 * i + k], threshold));
        y[i] = bits;
      }
    });
    return OkStatus();
  }

 private:
  static bool is_above(T x, T threshold) {
    // Of bools only the values count.
    if constexpr (std::is_same_v<T, bool>) return x;
    else if constexpr (std::is_same_v<T, Half>) return static_cast<float>(x) > static_cast<float>(threshold);
    else return x > threshold;
  }
};

Status bitpack_shape(ShapeContext& c) {
  Shape x = c.input(0);
  if (c.concrete()) {
    if (c.input(1).rank() != 0) return invalid_argument("Compare must be a scalar, but saw shape: {}", c.input(1).str());
    if (x.rank() < 1) return invalid_argument("Input should be at least a vector, but saw a scalar.");
    const int64_t last = x.dim(x.rank() - 1);
    if (last % 8 != 0) {
      return invalid_argument("Inner dimension of input should be divisible by 8, but saw shape: {}", x.str());
    }
  }
  RETURN_IF_ERROR(c.with_rank_at_least(x, 1, &x));
  if (x.known_rank()) {
    int64_t last;
    RETURN_IF_ERROR(divide_dim(x.dim(x.rank() - 1), 8, /*evenly=*/true, &last));
    x.set_dim(x.rank() - 1, last);
  }
  c.set_output(0, x);
  return OkStatus();
}

REFLOW_OP("PopulationCount")
    .input("x: T")
    .output("y: uint8")
    .attr("T: {int8, int16, int32, int64, uint8, uint16, uint32, uint64}")
    .doc("The number of bits that are set in each element.")
    .shape(unchanged_shape)
    .kernel<PopulationCount>(kCpu, kAllIntTypes)
    .not_differentiable();

REFLOW_OP("CompareAndBitpack")
    .input("input: T")
    .input("threshold: T")
    .output("output: uint8")
    .attr("T: {bool, half, float, double, int8, int16, int32, int64}")
    .doc("Compares input with threshold and packs eight results (true where it is above) of the last dimension into a byte, the "
         "first into the highest bit.")
    .shape(bitpack_shape)
    .kernel<CompareAndBitpack>(kCpu, Types<bool, Half, float, double, int8_t, int16_t, int32_t, int64_t>{});

}  // namespace
}  // namespace reflow::ops
