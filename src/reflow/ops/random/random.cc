// Uniform, normal and truncated normal numbers: stateful ops, whose stream goes on from run to run, and stateless ones.

#include "reflow/op/op.h"
#include "reflow/ops/random/fill.h"
#include "reflow/ops/random/random_shape.h"
#include "reflow/ops/random/stateless_seed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

template <typename D, typename T>
class Random : public Kernel {
 public:
  explicit Random(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    fill_random<D, T>(c.pool(), stream_.reserve_outputs(out.num_elements(), kBlocksPerNumber), out);
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
};

template <typename D, typename T>
class Stateless : public Kernel {
 public:
  explicit Stateless(KernelInit&) {}
  Status compute(KernelContext& c) override {
    fill_random<D, T>(c.pool(), stateless_generator(c.input(1)), c.output(0));
    return OkStatus();
  }
};

template <typename T>
using RandomUniform = Random<Uniform, T>;
template <typename T>
using RandomNormal = Random<Normal, T>;
template <typename T>
using RandomTruncated = Random<TruncatedNormal, T>;
template <typename T>
using StatelessUniform = Stateless<Uniform, T>;
template <typename T>
using StatelessNormal = Stateless<Normal, T>;
template <typename T>
using StatelessTruncated = Stateless<TruncatedNormal, T>;

REFLOW_OP("RandomUniform")
    .input("shape: T")
    .output("output: dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("dtype: {half, bfloat16, float, double}")
    .attr("T: {int32, int64}")
    .stateful()
    .doc("Numbers evenly distributed over [0, 1). Seeds of 0 and 0 mean others each time.")
    .shape(random_shape)
    .kernel<RandomUniform>(kCpu, kFloatTypes, "dtype")
    .not_differentiable();

REFLOW_OP("RandomStandardNormal")
    .input("shape: T")
    .output("output: dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("dtype: {half, bfloat16, float, double}")
    .attr("T: {int32, int64}")
    .stateful()
    .doc("Numbers of the normal distribution with mean 0 and standard deviation 1.")
    .shape(random_shape)
    .kernel<RandomNormal>(kCpu, kFloatTypes, "dtype")
    .not_differentiable();

REFLOW_OP("TruncatedNormal")
    .input("shape: T")
    .output("output: dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("dtype: {half, bfloat16, float, double}")
    .attr("T: {int32, int64}")
    .stateful()
    .doc("Numbers of the normal distribution with mean 0 and standard deviation 1, those beyond 2 drawn again.")
    .shape(random_shape)
    .kernel<RandomTruncated>(kCpu, kFloatTypes, "dtype")
    .not_differentiable();

REFLOW_OP("StatelessRandomUniform")
    .input("shape: T")
    .input("seed: Tseed")
    .output("output: dtype")
    .attr("dtype: {half, bfloat16, float, double} = DT_FLOAT")
    .attr("T: {int32, int64} = DT_INT32")
    .attr("Tseed: {int32, int64} = DT_INT64")
    .doc("Numbers evenly distributed over [0, 1), a function of `shape` and `seed` alone.")
    .shape(stateless_shape)
    .kernel<StatelessUniform>(kCpu, kFloatTypes, "dtype")
    .not_differentiable();

REFLOW_OP("StatelessRandomNormal")
    .input("shape: T")
    .input("seed: Tseed")
    .output("output: dtype")
    .attr("dtype: {half, bfloat16, float, double} = DT_FLOAT")
    .attr("T: {int32, int64} = DT_INT32")
    .attr("Tseed: {int32, int64} = DT_INT64")
    .doc("Numbers of the standard normal distribution, a function of `shape` and `seed` alone.")
    .shape(stateless_shape)
    .kernel<StatelessNormal>(kCpu, kFloatTypes, "dtype")
    .not_differentiable();

REFLOW_OP("StatelessTruncatedNormal")
    .input("shape: T")
    .input("seed: Tseed")
    .output("output: dtype")
    .attr("dtype: {half, bfloat16, float, double} = DT_FLOAT")
    .attr("T: {int32, int64} = DT_INT32")
    .attr("Tseed: {int32, int64} = DT_INT64")
    .doc("Numbers of the standard normal distribution within 2 standard deviations, a function of `shape` and `seed` alone.")
    .shape(stateless_shape)
    .kernel<StatelessTruncated>(kCpu, kFloatTypes, "dtype")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
