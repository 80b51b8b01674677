// ParameterizedTruncatedNormal: normal numbers within bounds, with parameters for each row of the result.

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "reflow/op/distributions.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr int kMaxIterations = 1000;  // draws for one number
constexpr float kWideBound = 1.3f;    // from so many deviations on, plain normal numbers are mostly within bounds

template <typename T>
struct Bounds {
  T mean, deviation, low, high;  // low and high as numbers of deviations from the mean
};

// Numbers in groups, as one block of the generator gives them.
template <typename T>
class Groups {
 public:
  static constexpr int kSize = kGroupSize<T>;
  explicit Groups(const Philox& generator) : generator_(generator) {}
  std::array<T, kSize> uniform() {
    std::array<T, kSize> numbers;
    Uniform::make(generator_.next(), numbers.data());
    return numbers;
  }
  std::array<T, kSize> normal() {
    std::array<T, kSize> numbers;
    Normal::make(generator_.next(), numbers.data());
    return numbers;
  }

 private:
  Philox generator_;
};

// Fills [out, end) by drawing until a number is within bounds. The cases and their order of draws are TensorFlow's.
template <typename T>
class TruncatedSampler {
 public:
  TruncatedSampler(Groups<T>& groups, const Bounds<T>& bounds, T* out, T* end) : groups_(groups), b_(bounds), out_(out), end_(end) {}

  Status fill() {
    const T root = T(std::sqrt(b_.low * b_.low + T(4)));
    const T cutoff = T(2) * T(std::exp(T(0.5) + (b_.low * (b_.low - root)) / T(4))) / (b_.low + root);
    const double low = b_.low, high = b_.high;
    if ((low < -kWideBound && high >= 0) || (high > kWideBound && low <= 0)) return from_normal();
    b_.high - b_.low < cutoff ? from_uniform() : from_exponential();
    return OkStatus();
  }

 private:
  bool full() const { return out_ == end_; }
  void put(T z) {
    *out_++ = z * b_.deviation + b_.mean;
    iterations_ = 0;
  }

  Status from_normal() {
    while (!full()) {
      for (const T z : groups_.normal()) {
        if (z >= b_.low && z <= b_.high) {
          put(z);
          if (full()) break;
        } else if (++iterations_ > kMaxIterations) {
          return internal_error("TruncatedNormal randn rejection sampler exceeded maximum iterations");
        }
      }
    }
    return OkStatus();
  }

  void from_uniform() {
    const T width = b_.high - b_.low, offset = b_.low < T(0) ? T(0) : b_.low * b_.low;
    while (!full()) {
      auto z = groups_.uniform();
      for (T& x : z) x = x * width + b_.low;
      const auto u = groups_.uniform();
      for (size_t i = 0; i < z.size() && !full(); ++i) {
        const bool accepted = u[i] <= T(std::exp((offset - z[i] * z[i]) / T(2)));
        if (accepted || iterations_ + 1 >= kMaxIterations) put(z[i]);
        else ++iterations_;
      }
    }
  }

  void from_exponential() {
    const T alpha = (b_.low + T(std::sqrt(b_.low * b_.low + T(4)))) / T(2);
    while (!full()) {
      const auto r = groups_.uniform();
      for (size_t i = 0; i + 1 < r.size() && !full(); i += 2) {
        const T z = -T(std::log(r[i])) / alpha + b_.low;
        const T x = b_.low < alpha ? alpha - z : b_.low - alpha;
        const bool accepted = r[i + 1] <= T(std::exp(-x * x / T(2))) && z < b_.high;
        if (accepted || iterations_ + 1 >= kMaxIterations) put(z);
        else ++iterations_;
      }
    }
  }

  Groups<T>& groups_;
  const Bounds<T> b_;
  T *out_, *end_;
  int iterations_ = 0;
};

template <typename T>
class ParameterizedTruncatedNormal : public Kernel {
 public:
  explicit ParameterizedTruncatedNormal(KernelInit& c) : stream_(c.attr<int64_t>("seed"), c.attr<int64_t>("seed2")) {}
  Status compute(KernelContext& c) override {
    Tensor& out = c.output(0);
    const int64_t n = out.num_elements();
    if (n == 0) return OkStatus();
    int64_t rows = out.rank() == 0 ? 1 : out.dim(0), each = n / rows;
    bool one_set = true;
    for (int i = 1; i < 5; ++i) {
      const int64_t size = c.input(i).num_elements();
      one_set &= size == 1;
      if (size != 1 && size != rows) {
        static constexpr const char* kNames[] = {"", "Means", "Standard deviations", "Minvals", "Maxvals"};
        return invalid_argument("{} must have length 1 or shape[0], got shape: {}", kNames[i], c.input(i).shape().str());
      }
    }
    // Where one set of parameters serves for all, TensorFlow works in rows of 100.
    if (one_set) each = 100, rows = (n + each - 1) / each;
    Groups<T> groups(stream_.reserve(rows * 2 * kMaxIterations * (each + 3) / 4));
    T* data = out.data<T>();
    for (int64_t r = 0; r < rows; ++r) {
      const auto parameter = [&](int i) { return c.input(i).data<T>()[c.input(i).num_elements() == 1 ? 0 : r]; };
      const T mean = parameter(1);
      T deviation = parameter(2), low = parameter(3), high = parameter(4);
      if (!(deviation > T(0)) || !(low < high) || (!std::isfinite(low) && !std::isfinite(high))) {
        return invalid_argument("Invalid parameters");
      }
      // So that a single bound is the lower one, and both are on the upper side if on one.
      if ((std::isinf(low) && low < T(0)) || high < mean) {
        std::swap(low, high);
        deviation = -deviation;
      }
      const Bounds<T> bounds{mean, deviation, (low - mean) / deviation, (high - mean) / deviation};
      RETURN_IF_ERROR(TruncatedSampler<T>(groups, bounds, data + r * each, data + std::min(n, (r + 1) * each)).fill());
    }
    return OkStatus();
  }

 private:
  PhiloxStream stream_;
};

Status truncated_shape(ShapeContext& c) {
  if (!c.concrete()) {
    Shape parameter;
    for (int i = 1; i < 5; ++i) RETURN_IF_ERROR(c.with_rank_at_most(c.input(i), 1, &parameter));
  }
  Shape shape;
  RETURN_IF_ERROR(c.value_as_shape(0, &shape));
  if (c.concrete()) {
    if (c.input(0).rank() != 1) return invalid_argument("Input shape should be a vector, got shape: {}", c.input(0).str());
    if (c.input(0).dim(0) == 0) return invalid_argument("Shape tensor must not be empty, got 0");
    for (int i = 1; i < 5; ++i) {
      if (c.input(i).rank() > 1) return invalid_argument("Input means should be a scalar or vector, got shape: {}", c.input(i).str());
    }
  }
  c.set_output(0, shape);
  return OkStatus();
}

REFLOW_OP("ParameterizedTruncatedNormal")
    .input("shape: T")
    .input("means: dtype")
    .input("stdevs: dtype")
    .input("minvals: dtype")
    .input("maxvals: dtype")
    .output("output: dtype")
    .attr("seed: int = 0")
    .attr("seed2: int = 0")
    .attr("dtype: {half, bfloat16, float, double}")
    .attr("T: {int32, int64}")
    .stateful()
    .doc("Normal numbers between minvals and maxvals; the parameters are scalars, or vectors with one for each row of the result.")
    .shape(truncated_shape)
    .kernel<ParameterizedTruncatedNormal>(kCpu, Types<Half, float, double>(), "dtype")
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
