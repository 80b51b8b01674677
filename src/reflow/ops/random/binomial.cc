// StatefulRandomBinomial: how many of `counts` trials succeed, each with probability `probs`.

#include <cmath>
#include <limits>

#include "reflow/op/distributions.h"
#include "reflow/op/op.h"
#include "reflow/ops/random/random_shape.h"
#include "reflow/ops/random/state_variable.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// Of each block two doubles, the second one first.
class UniformDoubles {
 public:
  explicit UniformDoubles(Philox& generator) : generator_(generator) {}
  double operator()() {
    if (left_ == 0) {
      const Philox::Block x = generator_.next();
      pair_[0] = unit_double(x[0], x[1]);
      pair_[1] = unit_double(x[2], x[3]);
      left_ = 2;
    }
    return pair_[--left_];
  }

 private:
  Philox& generator_;
  double pair_[2];
  int left_ = 0;
};

// Counts how many waiting times until a success, which have a geometric distribution, fit into all trials.
double by_waiting_times(double count, double prob, UniformDoubles uniform) {
  double trials = 0;
  for (int64_t successes = 0;; ++successes) {
    trials += std::ceil(std::log(uniform()) / std::log1p(-prob));
    if (!(trials <= count)) return static_cast<double>(successes);
  }
}

// log(k!) less Stirling's approximation of it.
double stirling_rest(double k) {
  static constexpr double kSmall[] = {0.0810614667953272,  0.0413406959554092,  0.0276779256849983,  0.02079067210376509,
                                      0.0166446911898211,  0.0138761288230707,  0.0118967099458917,  0.0104112652619720,
                                      0.00925546218271273, 0.00833056343336287};
  if (k <= 9) return kSmall[static_cast<int>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

// By rejection (Hormann, "The generation of binomial random variates", 1993, algorithm BTRS).
double by_rejection(double n, double p, UniformDoubles uniform) {
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p, center = n * p + 0.5;
  const double accepted = 0.92 - 4.2 / b, odds = p / (1 - p), alpha = (2.83 + 5.1 / b) * deviation;
  const double mode = std::floor((n + 1) * p);
  for (;;) {
    const double u = uniform() - 0.5, v = uniform(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + center);
    if (us >= 0.07 && v <= accepted) return k;
    if (!(k >= 0 && k <= n)) continue;
    const double bound = (mode + 0.5) * std::log((mode + 1) / (odds * (n - mode + 1))) +
                         (n + 1) * std::log((n - mode + 1) / (n - k + 1)) +
                         (k + 0.5) * std::log(odds * (n - k + 1) / (k + 1)) + stirling_rest(mode) +
                         stirling_rest(n - mode) - stirling_rest(k) - stirling_rest(n - k);
    if (std::log(v * alpha / (a / (us * us) + b)) <= bound) return k;
  }
}

constexpr int64_t kSamplesAtOnce = 100;  // for which blocks are set aside, where all have the same parameters

// The next sample of `generator`.
template <typename T>
double sample(T count, T prob, Philox& generator) {
  const double n = static_cast<double>(count), p = static_cast<double>(prob);
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (!(p <= 0.5 || p > 0.5) || !std::isfinite(n)) return std::numeric_limits<double>::quiet_NaN();
  const bool rare = p <= 0.5;
  const T smaller = rare ? prob : T(T(1) - prob);
  const double q = static_cast<double>(smaller);
  const bool rejects = static_cast<double>(T(count * smaller)) >= 10;
  const double k = rejects ? by_rejection(n, q, UniformDoubles(generator)) : by_waiting_times(n, q, UniformDoubles(generator));
  return rare ? k : n - k;
}

template <typename Out>
Out number_as(double k) {
  if constexpr (std::is_integral_v<Out>) {
    constexpr double kHighest = static_cast<double>(std::numeric_limits<Out>::max());
    return k < kHighest ? static_cast<Out>(k) : std::numeric_limits<Out>::lowest();  // as x86 makes it of what it can't
  } else {
    return Out(k);
  }
}

template <typename T, typename Out>
class StatefulBinomial : public Kernel {
 public:
  explicit StatefulBinomial(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &counts = c.input(3), &probs = c.input(4);
    Tensor& out = c.output(0);
    RETURN_IF_ERROR(check_algorithm(c));
    // All samples come from one stream, those of one parameter behind those of the one before it. TensorFlow, where it
    // shares the work among threads, lets each of them begin elsewhere, so that its numbers depend on their count.
    int64_t num_batches = out.dim(0), batch_size = num_batches == 0 ? 0 : out.num_elements() / num_batches;
    if (counts.num_elements() == 1 && probs.num_elements() == 1) {
      num_batches = (out.num_elements() + kSamplesAtOnce - 1) / kSamplesAtOnce;
      batch_size = kSamplesAtOnce;
    }
    const auto numbers = static_cast<uint64_t>(num_batches * 2 * 100 * (batch_size + 3) / 4);
    ASSIGN_OR_RETURN(Philox generator, take_blocks(c, numbers * kBlocksPerNumber));
    const T *n = counts.data<T>(), *p = probs.data<T>();
    Out* y = out.data<Out>();
    for (int64_t i = 0; i < out.num_elements(); ++i) {
      const int64_t batch = i / batch_size;
      const T count = n[counts.num_elements() == 1 ? 0 : batch], prob = p[probs.num_elements() == 1 ? 0 : batch];
      y[i] = number_as<Out>(sample(count, prob, generator));
    }
    return OkStatus();
  }
};

// Each parameter is one number, or as many as the output has rows.
Status binomial_shape(ShapeContext& c) {
  Shape out;
  if (!c.concrete()) {
    Shape checked;
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(3), 1, &checked));
    RETURN_IF_ERROR(c.with_rank_at_most(c.input(4), 1, &checked));
    RETURN_IF_ERROR(c.value_as_shape(2, &out));
    c.set_output(0, std::move(out));
    return OkStatus();
  }
  if (c.input(2).rank() != 1) return invalid_argument("Input shape should be a vector, got shape: {}", c.input(2).str());
  RETURN_IF_ERROR(shape_from_input(c, 2, &out));
  if (!out.known_rank()) return unknown_shape(c);
  if (out.rank() == 0) return invalid_argument("Shape tensor must not be empty, got {}", out.str());
  for (int i = 3; i < 5; ++i) {
    const Shape& x = c.input(i);
    if (x.rank() == 0 || (x.rank() == 1 && (x.dim(0) == 1 || x.dim(0) == out.dim(0)))) continue;
    return invalid_argument("Input {} should have length 1 or shape[0], got shape: {}", i == 3 ? "counts" : "probs", x.str());
  }
  if (c.input(1).rank() != 0) return invalid_argument("algorithm must be of shape [], not {}", c.input(1).str());
  c.set_output(0, std::move(out));
  return OkStatus();
}

REFLOW_OP("StatefulRandomBinomial")
    .input("resource: resource")
    .input("algorithm: int64")
    .input("shape: S")
    .input("counts: T")
    .input("probs: T")
    .output("output: dtype")
    .attr("S: {int32, int64}")
    .attr("T: {half, float, double, int32, int64} = DT_DOUBLE")
    .attr("dtype: {half, float, double, int32, int64} = DT_INT64")
    .stateful()
    .doc("How many of `counts` trials succeed, each with probability `probs`, of the stream in the variable `resource`.")
    .shape(binomial_shape)
    .kernel<StatefulBinomial>(kCpu, Types<Half, float, double>{}, Types<Half, float, double, int32_t, int64_t>{}, "T", "dtype");

}  // namespace
}  // namespace reflow::ops
