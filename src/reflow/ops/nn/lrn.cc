// Local response normalisation across channels, and its gradient.

#include <algorithm>
#include <cmath>
#include <vector>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"

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

  // x[j] = x[j]^-beta; the powers that networks use without pow.
  void inverse_powers(float* x, int64_t n) const {
    if (beta == 1) {
      for_each(x, n, [](float v) REFLOW_SIMD_BODY { return 1 / v; });
    } else if (beta == 0.5f) {
      for_each(x, n, [](float v) REFLOW_SIMD_BODY { return 1 / std::sqrt(v); });
    } else if (beta == 0.75f) {
      for_each(x, n, [](float v) REFLOW_SIMD_BODY { return 1 / (std::sqrt(v) * std::sqrt(std::sqrt(v))); });
    } else {
      for (int64_t j = 0; j < n; ++j) x[j] = std::pow(x[j], -beta);
    }
  }

 private:
  template <typename F>
  static void for_each(float* x, int64_t n, const F& f) {
    simd_loop([=]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < n; ++j) x[j] = f(x[j]);
    });
  }
};

// Sums over the channels around each channel of a row.
class Windows {
 public:
  Windows(int64_t radius, int64_t channels)
      : radius_(std::min(radius, channels)), channels_(channels), padded_(channels + 2 * radius_), sums_(channels) {}

  // Where the values of the channels are to be put.
  float* values() { return padded_.data() + radius_; }

  // Added up directly, in the order of the channels: differences of prefix sums would lose digits.
  const float* sums() {
    simd_loop([sums = sums_.data(), padded = padded_.data(), n = channels_, width = 2 * radius_ + 1]() REFLOW_SIMD_BODY {
      for (int64_t j = 0; j < n; ++j) sums[j] = 0;
      for (int64_t k = 0; k < width; ++k) {
        for (int64_t j = 0; j < n; ++j) sums[j] += padded[j + k];
      }
    });
    return sums_.data();
  }

 private:
  const int64_t radius_, channels_;
  std::vector<float> padded_, sums_;  // zeros before and behind the values
};

// norms[j] = bias + alpha * the sum of squares around channel j.
template <typename T>
void window_norms(const LrnAttrs& a, const T* x, int64_t n, Windows& windows, float* norms) {
  float* squares = windows.values();
  for (int64_t j = 0; j < n; ++j) squares[j] = static_cast<float>(x[j]) * static_cast<float>(x[j]);
  const float* sums = windows.sums();
  for (int64_t j = 0; j < n; ++j) norms[j] = a.bias + a.alpha * sums[j];
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
      Windows windows(attrs_.radius, n);
      std::vector<float> norms(n);
      for (int64_t r = begin; r < end; ++r) {
        window_norms(attrs_, x + r * n, n, windows, norms.data());
        attrs_.inverse_powers(norms.data(), n);
        for (int64_t j = 0; j < n; ++j) y[r * n + j] = static_cast<T>(static_cast<float>(x[r * n + j]) * norms[j]);
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
      Windows windows(attrs_.radius, n);
      std::vector<float> norms(n);
      for (int64_t r = begin; r < end; ++r) {
        const T *from = x + r * n, *g = dy + r * n, *out = y + r * n;
        window_norms(attrs_, from, n, windows, norms.data());
        float* shares = windows.values();
        for (int64_t j = 0; j < n; ++j) shares[j] = static_cast<float>(g[j]) * static_cast<float>(out[j]) / norms[j];
        const float* sums = windows.sums();
        attrs_.inverse_powers(norms.data(), n);
        for (int64_t j = 0; j < n; ++j) {
          dx[r * n + j] = static_cast<T>(static_cast<float>(g[j]) * norms[j] -
                                         2 * attrs_.alpha * attrs_.beta * static_cast<float>(from[j]) * sums[j]);
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
