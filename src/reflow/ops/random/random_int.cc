// Integers evenly distributed over [minval, maxval).

#include <algorithm>
#include <type_traits>

#include "reflow/op/op.h"
#include "reflow/ops/random/distributions.h"
#include "reflow/ops/random/random_shape.h"
#include "reflow/ops/random/stateless_seed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename T>
void fill_integers(ThreadPool& pool, const Philox& generator, T low, T high, Tensor& tensor) {
  using U = std::make_unsigned_t<T>;
  constexpr int kGroup = kGroupSize<T>;
  const U range = static_cast<U>(high) - static_cast<U>(low);
  T* out = tensor.data<T>();
  const int64_t n = tensor.num_elements(), num_groups = (n + kGroup - 1) / kGroup;
  pool.parallel_for(num_groups, 20, [&](int64_t begin, int64_t end) {
    Philox blocks = generator;
    blocks.skip(static_cast<uint64_t>(begin));
    for (int64_t g = begin; g < end; ++g) {
      const Philox::Block x = blocks.next();
      for (int i = 0; i < kGroup && g * kGroup + i < n; ++i) {
        U bits;
        if constexpr (sizeof(T) == 8) {
          bits = static_cast<U>(x[2 * i] | uint64_t{x[2 * i + 1]} << 32);
        } else {
          bits = x[i];
        }
        out[g * kGroup + i] = static_cast<T>(static_cast<U>(low) + bits % range);
      }
    }
  });
}

template <typename T>
Status check_bounds(const Tensor& low, const Tensor& high) {
  if (low.rank() != 0) return invalid_argument("minval must be 0-D, got shape {}", low.shape().str());
  if (high.rank() != 0) return invalid_argument("maxval must be 0-D, got shape {}", high.shape().str());
  if (low.item<T>() >= high.item<T>()) {
    return invalid_argument("Need minval < maxval, got {} >= {}", low.item<T>(), high.item<T>());
  }
  return OkStatus();
}

template <typename T>
class RandomInt : public Kernel {
 public:
  explicit RandomInt(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    RETURN_IF_ERROR(check_bounds<T>(c.input(1), c.input(2)));
    fill_integers<T>(c.pool(), stream_.reserve_outputs(out.num_elements(), kBlocksPerNumber), c.input(1).item<T>(),
                     c.input(2).item<T>(), out);
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
};

REFLOW_OP("RandomUniformInt")
    .input("shape: T")
    .input("minval: Tout")
    .input("maxval: Tout")
    .output("output: Tout")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("Tout: {int32, int64}")
    .attr("T: {int32, int64}")
    .stateful()
    .doc("Integers evenly distributed over [minval, maxval).")
    .shape(random_shape)
    .kernel<RandomInt>(kCpu, kIndexTypes, "Tout");

template <typename T>
class StatelessInt : public Kernel {
 public:
  explicit StatelessInt(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(check_bounds<T>(c.input(2), c.input(3)));
    fill_integers<T>(c.pool(), stateless_generator(c.input(1)), c.input(2).item<T>(), c.input(3).item<T>(), c.output(0));
    return OkStatus();
  }
};

REFLOW_OP("StatelessRandomUniformInt")
    .input("shape: T")
    .input("seed: Tseed")
    .input("minval: dtype")
    .input("maxval: dtype")
    .output("output: dtype")
    .attr("dtype: {int32, int64}")
    .attr("T: {int32, int64}")
    .attr("Tseed: {int32, int64} = DT_INT64")
    .doc("Integers evenly distributed over [minval, maxval), a function of the inputs alone.")
    .shape(stateless_shape)
    .kernel<StatelessInt>(kCpu, kIndexTypes, "dtype")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
