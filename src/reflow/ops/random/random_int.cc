// Integers evenly distributed over [minval, maxval).

#include "reflow/op/op.h"
#include "reflow/ops/random/fill.h"
#include "reflow/ops/random/random_shape.h"
#include "reflow/ops/random/stateless_seed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename T>
class RandomInt : public Kernel {
 public:
  explicit RandomInt(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    RETURN_IF_ERROR(check_bounds<T>(c.input(1), c.input(2), out.num_elements()));
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
    RETURN_IF_ERROR(check_bounds<T>(c.input(2), c.input(3), c.output(0).num_elements()));
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
