// Local response normalisation across channels, and its gradient.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace op;

struct LrnAttrs {
  explicit LrnAttrs(KernelInit& c)
      : radius(c.attr<int64_t>("depth_radius")),
        bias(c.attr<float>("bias")),
        alpha(c.attr<float>("alpha")),
        beta(c.attr<float>("beta")) {
    if (radius < 0 || radius > INT32_MAX) c.fail(invalid_argument("depth_radius = {} larger than int max", radius));
  }
  int64_t radius;
  float bias, alpha, beta;

  // x^-beta; the powers that networks use without pow.
  float inverse_power(float x) const {
    if (beta == 1) return 1 / x;
    if (beta == 0.5f) return 1 / std::sqrt(x);
    if (beta == 0.75f) return 1 / (std::sqrt(x) * std::sqrt(std::sqrt(x)));
    return std::pow(x, -beta);
  }
};

// result[j] = bias + alpha * the sum of squares around channel j, added up directly: differences of prefix sums would lose
// digits.
template <typename T>
void window_norms(const LrnAttrs& a, const T* x, int64_t n, float* squares, float* result) {
  for (int64_t j = 0; j < n; ++j) squares[j] = static_cast<float>(x[j]) * static_cast<float>(x[j]);
  for (int64_t j = 0; j < n; ++j) {
    const int64_t begin = std::max<int64_t>(0, j - a.radius), end = std::min(n, j + a.radius + 1);
    float sum = 0;
    for (int64_t k = begin; k < end; ++k) sum += squares[k];
    result[j] = a.bias + a.alpha * sum;
  }
}

template <typename T>
class Lrn : public Kernel {
 public:
  explicit Lrn(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const Tensor& input = c.input(0);
    const int64_t n = input.dim(3), rows = n == 0 ? 0 : input.num_elements() / n;
    const T* x = input.data<T>();
    T* y = c.output(0).data<T>();
    const double cost = n * (3.0 + 0.5 * std::min<int64_t>(2 * attrs_.radius + 1, n));
    c.pool().parallel_for(rows, cost, [&](int64_t begin, int64_t end) {
      std::vector<float> squares(n), norms(n);
      for (int64_t r = begin; r < end; ++r) {
        window_norms(attrs_, x + r * n, n, squares.data(), norms.data());
        for (int64_t j = 0; j < n; ++j) {
          y[r * n + j] = static_cast<T>(static_cast<float>(x[r * n + j]) * attrs_.inverse_power(norms[j]));
        }
      }
    });
    return OkStatus();
  }

 private:
  const LrnAttrs attrs_;
};

// Inputs dL/dy, x, y.
template <typename T>
class LrnGrad : public Kernel {
 public:
  explicit LrnGrad(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    const int64_t n = c.input(0).dim(3), rows = n == 0 ? 0 : c.input(0).num_elements() / n;
    const T *dy = c.input(0).data<T>(), *x = c.input(1).data<T>(), *y = c.input(2).data<T>();
    T* dx = c.output(0).data<T>();
    const double cost = n * (4.0 + 1.0 * std::min<int64_t>(2 * attrs_.radius + 1, n));
    c.pool().parallel_for(rows, cost, [&](int64_t begin, int64_t end) {
      std::vector<float> squares(n), norms(n), shares(n);
      for (int64_t r = begin; r < end; ++r) {
        const T *from = x + r * n, *g = dy + r * n, *out = y + r * n;
        window_norms(attrs_, from, n, squares.data(), norms.data());
        for (int64_t j = 0; j < n; ++j) shares[j] = static_cast<float>(g[j]) * static_cast<float>(out[j]) / norms[j];
        for (int64_t k = 0; k < n; ++k) {
          const int64_t first = std::max<int64_t>(0, k - attrs_.radius), last = std::min(n, k + attrs_.radius + 1);
          float sum = 0;
          for (int64_t j = first; j < last; ++j) sum += shares[j];
          dx[r * n + k] = static_cast<T>(static_cast<float>(g[k]) * attrs_.inverse_power(norms[k]) -
                                         2 * attrs_.alpha * attrs_.beta * static_cast<float>(from[k]) * sum);
        }
      }
    });
    return OkStatus();
  }

 private:
  const LrnAttrs attrs_;
};

Status lrn_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() != 4) return invalid_argument("in must be 4-dimensional");
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

Status lrn_grad_shape(ShapeContext& c) {
  if (c.concrete()) {
    for (int i = 0; i < 3; ++i) {
      if (c.input(i).rank() != 4) return invalid_argument("inputs must be 4-dimensional");
    }
    if (!(c.input(0) == c.input(1)) || !(c.input(1) == c.input(2))) {
      return invalid_argument("input_grads,input_image, and out_image should have the same shape");
    }
  }
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &shape));
  RETURN_IF_ERROR(c.merge(shape, c.input(1), &shape));
  RETURN_IF_ERROR(c.merge(shape, c.input(2), &shape));
  c.set_output(0, shape);
  return OkStatus();
}

REFLOW_OP("LRN")
    .input("input: T")
    .output("output: T")
    .attr("depth_radius: int = 5")
    .attr("bias: float = 1")
    .attr("alpha: float = 1")
    .attr("beta: float = 0.5")
    .attr("T: {half, bfloat16, float} = DT_FLOAT")
    .doc("Divides each element of input [batch, height, width, channels] by (bias + alpha * s) ** beta, s being the sum of "
         "squares of the channels that are at most depth_radius away.")
    .shape(lrn_shape)
    .kernel<Lrn>(kCpu, Types<Half, Bfloat16, float>{})
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("LRNGrad", {g.dy(0), g.x(0), g.y(0)}, copied_attrs(g, {"depth_radius", "bias", "alpha", "beta"}));
    });

REFLOW_OP("LRNGrad")
    .input("input_grads: T")
    .input("input_image: T")
    .input("output_image: T")
    .output("output: T")
    .attr("depth_radius: int = 5")
    .attr("bias: float = 1")
    .attr("alpha: float = 1")
    .attr("beta: float = 0.5")
    .attr("T: {half, bfloat16, float} = DT_FLOAT")
    .doc("The gradient of LRN to its input, from that to its output.")
    .shape(lrn_grad_shape)
    .kernel<LrnGrad>(kCpu, Types<Half, Bfloat16, float>{});

}  // namespace
}  // namespace reflow::ops
