// Half the sum of squares.

#include "reflow/op/compute_type.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class L2Loss : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit L2Loss(KernelInit&) {}
  Status compute(KernelContext& c) override {
    // Fixed blocks, added up in their order: the sum doesn't depend on the number of threads.
    constexpr int64_t kMaxBlocks = 256;
    constexpr int64_t kSmallest = 4096;
    const int64_t n = c.input(0).num_elements();
    const int64_t size = std::max(kSmallest, (n + kMaxBlocks - 1) / kMaxBlocks);
    const int64_t blocks = (n + size - 1) / size;
    const T* x = c.input(0).data<T>();
    C sums[kMaxBlocks];
    c.pool().parallel_for(blocks, 0.12 * size, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) sums[b] = sum_of_squares(x + b * size, std::min(size, n - b * size));
    });
    C sum = 0;
    for (int64_t b = 0; b < blocks; ++b) sum += sums[b];
    c.output(0).data<T>()[0] = static_cast<T>(sum / C(2));
    return OkStatus();
  }

 private:
  static C sum_of_squares(const T* x, int64_t n) {
    constexpr int kLanes = 32;
    C sum = 0;
    simd_loop([&]() REFLOW_SIMD_BODY {
      C lanes[kLanes] = {};
      int64_t i = 0;
      for (; i + kLanes <= n; i += kLanes) {
        for (int l = 0; l < kLanes; ++l) lanes[l] += static_cast<C>(x[i + l]) * static_cast<C>(x[i + l]);
      }
      for (; i < n; ++i) sum += static_cast<C>(x[i]) * static_cast<C>(x[i]);
      for (int width = kLanes / 2; width > 0; width /= 2) {
        for (int l = 0; l < width; ++l) lanes[l] += lanes[l + width];
      }
      sum += lanes[0];
    });
    return sum;
  }
};

REFLOW_OP("L2Loss")
    .input("t: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes sum(t ** 2) / 2.")
    .shape(scalar_shape)
    .kernel<L2Loss>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) { g.dx(0) = g.op("Mul", {g.x(0), g.dy(0)}, {}, "mul"); });

}  // namespace
}  // namespace reflow::ops
