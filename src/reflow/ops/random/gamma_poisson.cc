// RandomGamma and RandomPoissonV2: distributions whose samples take a varying number of random words. Each sample has its
// own place in the stream.

#include <cmath>
#include <limits>

#include "reflow/graph/scope.h"
#include "reflow/op/distributions.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"
#include "reflow/ops/random/random_shape.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Uniform doubles from blocks of a generator that normal numbers are taken from too; of each block the second comes first.
class UniformPairs {
 public:
  double next(Philox& generator) {
    if (left_ == 0) {
      const Philox::Block x = generator.next();
      pair_[0] = unit_double(x[0], x[1]);
      pair_[1] = unit_double(x[2], x[3]);
      left_ = 2;
    }
    return pair_[--left_];
  }

 private:
  double pair_[2];
  int left_ = 0;
};

class NormalPairs {
 public:
  double next(Philox& generator) {
    if (left_ == 0) {
      const Philox::Block x = generator.next();
      normal_pair(x[0], x[1], x[2], x[3], &pair_[0], &pair_[1]);
      left_ = 2;
    }
    return pair_[--left_];
  }

 private:
  double pair_[2];
  int left_ = 0;
};

// By rejection (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).
double gamma_sample(double alpha, Philox generator) {
  UniformPairs uniform;
  NormalPairs normal;
  if (!(alpha >= 0)) return std::numeric_limits<double>::quiet_NaN();  // rejection would never end
  if (alpha == 1.0) return -std::log1p(-uniform.next(generator));
  const bool below_one = alpha < 1;
  const double d = alpha + (below_one ? 2.0 / 3 : -1.0 / 3);
  const double c = 1.0 / 3 / std::sqrt(d);
  for (;;) {
    const double x = normal.next(generator);
    double v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    const double u = uniform.next(generator);
    if (u < 1 - 0.0331 * (x * x) * (x * x) || std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) {
      const double result = d * v;
      return below_one ? result * std::pow(uniform.next(generator), 1 / alpha) : result;
    }
  }
}

// Small rates by counting (Knuth), others by rejection (Hormann, "The transformed rejection method for generating Poisson
// random variables", 1993).
double poisson_sample(double rate, double highest, Philox generator) {
  UniformPairs uniform;
  if (rate < 10) {
    const double limit = std::exp(-rate);
    double product = 1, x = 0;
    for (;;) {
      product = product * uniform.next(generator);
      if (product <= limit && x <= highest) return x;
      x += 1;
    }
  }
  if (std::isinf(rate)) return std::numeric_limits<double>::infinity();
  if (std::isnan(rate)) return rate;
  // Samples beyond `highest` are drawn again, which hardly ever ends where nearly all are.
  if (rate - 5 * std::sqrt(rate) > highest) return highest;
  const double log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const double u = uniform.next(generator) - 0.5;
    const double v = uniform.next(generator);
    const double shifted = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / shifted + b) * u + rate + 0.43);
    if (k > highest) continue;
    if (shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    const double s = std::log(v * inverse_alpha / (a / (shifted * shifted) + b));
    const double t = -rate + k * log_rate - std::lgamma(k + 1);
    if (s <= t) return k;
  }
}

// out[s, p] for sample s of parameter p, where parameters are a tensor of any shape.
template <typename Sample>
void fill_samples(KernelContext& c, const Philox& stream, int64_t num_parameters, int64_t num_outputs, Sample&& sample) {
  const int64_t num_samples = num_outputs / num_parameters;
  c.pool().parallel_for(num_outputs, 120, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t parameter = i / num_samples, at = i % num_samples;
      Philox own = stream;
      own.skip(static_cast<uint64_t>(i) * kBlocksPerNumber);
      sample(parameter, at * num_parameters + parameter, own);
    }
  });
}

template <typename T>
class RandomGamma : public Kernel {
 public:
  explicit RandomGamma(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    const Tensor& alpha = c.input(1);
    Tensor& out = c.output(0);
    if (alpha.num_elements() == 0) {
      return invalid_argument("Input alpha should have non-zero element count, got: {}", alpha.num_elements());
    }
    if (out.num_elements() == 0) return OkStatus();
    const T* alphas = alpha.data<T>();
    T* values = out.data<T>();
    fill_samples(c, stream_.reserve_outputs(out.num_elements(), kBlocksPerNumber), alpha.num_elements(),
                 out.num_elements(), [&](int64_t parameter, int64_t at, const Philox& own) {
                   values[at] = T(gamma_sample(static_cast<double>(alphas[parameter]), own));
                 });
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
};

Status shape_before_parameters(ShapeContext& c) {
  Shape samples, out;
  RETURN_IF_ERROR(shape_from_input(c, 0, &samples));
  RETURN_IF_ERROR(c.concatenate(samples, c.input(1), &out));
  c.set_output(0, std::move(out));
  return OkStatus();
}

// dy times the slopes of the samples, summed over the samples of one alpha. The nodes are those that TensorFlow makes.
Status gamma_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0);
  GraphScope::ControlDependencies after_dy;
  after_dy.inputs.push_back(node_of_dy(g));
  g.graph().scope().control_dependencies.push_back(std::move(after_dy));
  const Endpoint sample_dims = g.shape(g.x(0));
  Endpoint rank;
  {
    GradContext::Scope scope(g.graph(), "strided_slice");
    const Endpoint begin = g.constant_ints({0}, DType::kInt32, "stack"), end = g.constant_ints({1}, DType::kInt32, "stack_1");
    const Endpoint step = g.constant_ints({1}, DType::kInt32, "stack_2");
    rank = g.op("StridedSlice", {sample_dims, begin, end, step}, {{"shrink_axis_mask", int64_t{1}}}, scope.name());
  }
  Endpoint ones;
  {
    GradContext::Scope scope(g.graph(), "ones");
    {
      GradContext::Scope less(g.graph(), "Less");
      g.op("Less", {rank, constant_int(g, 1000, "y")}, {}, less.name());
    }
    const Endpoint dims = g.op("Pack", {std::vector<Endpoint>{rank}}, {}, "packed");
    ones = g.op("Fill", {dims, constant_int(g, 1, "Const")}, {}, scope.name());
  }
  const Endpoint alpha_dims = g.shape(g.x(1));
  Endpoint dims;
  {
    GradContext::Scope scope(g.graph(), "concat");
    dims = g.op("ConcatV2", {OpInput(std::vector<Endpoint>{ones, alpha_dims}), constant_int(g, 0, "axis")}, {}, scope.name());
  }
  const Endpoint alpha = g.reshape(g.x(1), dims);
  const Endpoint slopes = g.op("RandomGammaGrad", {alpha, g.y(0)});
  const Endpoint product = mul(g, dy, slopes);
  Endpoint axes;
  {
    GradContext::Scope scope(g.graph(), "range");
    const Endpoint start = constant_int(g, 0, "start"), delta = constant_int(g, 1, "delta");
    axes = g.op("Range", {start, rank, delta}, {}, scope.name());
  }
  g.dx(1) = g.reduce_sum(product, axes);
  g.graph().scope().control_dependencies.pop_back();
  return g.status();
}

REFLOW_OP("RandomGamma")
    .input("shape: S")
    .input("alpha: T")
    .output("output: T")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("S: {int32, int64}")
    .attr("T: {half, float, double}")
    .stateful()
    .doc("Numbers of the gamma distributions with the shape parameters `alpha` and scale 1: of each as many as `shape` says.")
    .shape(shape_before_parameters)
    .kernel<RandomGamma>(kCpu, Types<Half, float, double>{})
    .gradient(gamma_gradient);

template <typename R>
class RandomPoisson : public Kernel {
 public:
  explicit RandomPoisson(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    const Tensor& rate = c.input(1);
    Tensor& out = c.output(0);
    if (rate.num_elements() == 0 || out.num_elements() == 0) return OkStatus();
    const Philox stream = stream_.reserve_outputs(out.num_elements(), kBlocksPerNumber);
    with_type(Types<Half, float, double, int32_t, int64_t>{}, out.dtype(),
              [&]<typename T>() { fill<T>(c, stream, rate, out); });
    return OkStatus();
  }

 private:
  template <typename T>
  static void fill(KernelContext& c, const Philox& stream, const Tensor& rate, Tensor& out) {
    const double highest = std::is_same_v<T, Half> ? 65504.0 : static_cast<double>(std::numeric_limits<T>::max());
    const R* rates = rate.data<R>();
    T* values = out.data<T>();
    fill_samples(c, stream, rate.num_elements(), out.num_elements(),
                 [&](int64_t parameter, int64_t at, const Philox& own) {
                   const double k = poisson_sample(static_cast<double>(rates[parameter]), highest, own);
                   // Of numbers that no integer has, the largest one.
                   values[at] = std::is_integral_v<T> && !(k < highest) ? std::numeric_limits<T>::max() : T(k);
                 });
  }

  PhiloxStream stream_;
};

REFLOW_OP("RandomPoissonV2")
    .input("shape: S")
    .input("rate: R")
    .output("output: dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("S: {int32, int64}")
    .attr("R: {half, float, double, int32, int64} = DT_DOUBLE")
    .attr("dtype: {half, float, double, int32, int64} = DT_INT64")
    .stateful()
    .doc("Numbers of the Poisson distributions with the means `rate`: of each as many as `shape` says.")
    .shape(shape_before_parameters)
    .kernel<RandomPoisson>(kCpu, Types<Half, float, double, int32_t, int64_t>{}, "R");

REFLOW_OP("RandomPoisson")
    .input("shape: S")
    .input("rate: dtype")
    .output("output: dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("S: {int32, int64}")
    .attr("dtype: {half, float, double}")
    .stateful()
    .deprecated(25, "Replaced by RandomPoissonV2")
    .doc("Numbers of the Poisson distributions with the means `rate`, as RandomPoissonV2 gives them.")
    .shape(shape_before_parameters)
    .kernel<RandomPoisson>(kCpu, Types<Half, float, double>{}, "dtype");

}  // namespace
}  // namespace reflow::ops
