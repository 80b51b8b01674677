// Element-wise activations and their backward ops.

#include <algorithm>
#include <cmath>
#include <limits>

#include "reflow/graph/scope.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/for_ranges.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {
namespace {

using namespace op;

constexpr Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Bfloat16, uint16_t, Half, uint32_t, uint64_t>
    kRealNumbers{};

// Each functor gives the vector function that float and double use, and the same for one element of another type, in
// which half and bfloat16 are floats.
struct ReluFn {
  static constexpr VecOp kVec = VecOp::kRelu;
  template <typename C>
  static C of(C x) { return x < C(0) ? C(0) : x; }
};
struct Relu6Fn {
  static constexpr VecOp kVec = VecOp::kRelu6;
  template <typename C>
  static C of(C x) { return x < C(0) ? C(0) : x > C(6) ? C(6) : x; }
};
struct EluFn {
  static constexpr VecOp kVec = VecOp::kElu;
  template <typename C>
  static C of(C x) { return x < C(0) ? std::expm1(x) : x; }
};
struct SeluFn {
  static constexpr VecOp kVec = VecOp::kSelu;
  template <typename C>
  static C of(C x) {
    return x < C(0) ? C(1.7580993408473768599402175208123) * std::expm1(x) : C(1.0507009873554804934193349852946) * x;
  }
};
struct SoftplusFn {
  static constexpr VecOp kVec = VecOp::kSoftplus;
  template <typename C>
  static C of(C x) { return std::max(x, C(0)) + std::log1p(std::exp(-std::abs(x))); }
};
struct SoftsignFn {
  static constexpr VecOp kVec = VecOp::kSoftsign;
  template <typename C>
  static C of(C x) { return x / (std::abs(x) + C(1)); }
};

// Backward: of(dy, x), or of(dy, y) for Elu and Selu. The products keep infinite and NaN gradients where TensorFlow does.
struct ReluGradFn {
  static constexpr VecOp kVec = VecOp::kReluGrad;
  template <typename C>
  static C of(C dy, C x) { return dy * C(x > C(0)); }
};
struct Relu6GradFn {
  static constexpr VecOp kVec = VecOp::kRelu6Grad;
  template <typename C>
  static C of(C dy, C x) { return dy * C(x > C(0) && x < C(6)); }
};
struct EluGradFn {
  static constexpr VecOp kVec = VecOp::kEluGrad;
  template <typename C>
  static C of(C dy, C y) { return y < C(0) ? dy * (y + C(1)) : dy; }
};
struct SeluGradFn {
  static constexpr VecOp kVec = VecOp::kSeluGrad;
  template <typename C>
  static C of(C dy, C y) {
    return y < C(0) ? dy * (y + C(1.7580993408473768599402175208123)) : dy * C(1.0507009873554804934193349852946);
  }
};
struct SoftplusGradFn {
  static constexpr VecOp kVec = VecOp::kSoftplusGrad;
  template <typename C>
  static C of(C dy, C x) { return dy / (std::exp(-x) + C(1)); }
};
struct SoftsignGradFn {
  static constexpr VecOp kVec = VecOp::kSoftsignGrad;
  template <typename C>
  static C of(C dy, C x) {
    const C d = std::abs(x) + C(1);
    return dy / (d * d);
  }
};

template <typename F>
struct Activation {
  template <typename T>
  class Forward : public Kernel {
   public:
    explicit Forward(KernelInit&) {
      if constexpr (std::is_floating_point_v<T>) function_ = unary_function<T>(F::kVec);
    }
    Status compute(KernelContext& c) override {
      const T* x = c.input(0).data<T>();
      T* y = c.output(0).data<T>();
      for_ranges(c.pool(), c.output(0).num_elements(), 16, cost_ns_, [&](int64_t begin, int64_t end) {
        if constexpr (std::is_floating_point_v<T>) {
          function_(x + begin, y + begin, end - begin);
        } else {
          using C = ComputeType<T>;
          for (int64_t i = begin; i < end; ++i) y[i] = static_cast<T>(F::template of<C>(static_cast<C>(x[i])));
        }
      });
      return OkStatus();
    }

   private:
    UnaryFn<T> function_ = nullptr;
    const double cost_ns_ = cost_ns(F::kVec);
  };

  template <typename T>
  class Backward : public Kernel {
   public:
    explicit Backward(KernelInit&) {
      if constexpr (std::is_floating_point_v<T>) function_ = binary_function<T>(F::kVec);
    }
    Status compute(KernelContext& c) override {
      const T* dy = c.input(0).data<T>();
      const T* x = c.input(1).data<T>();
      T* dx = c.output(0).data<T>();
      c.pool().parallel_for(c.output(0).num_elements(), cost_ns_, [&](int64_t begin, int64_t end) {
        if constexpr (std::is_floating_point_v<T>) {
          function_(dy + begin, 1, x + begin, 1, dx + begin, end - begin);
        } else {
          using C = ComputeType<T>;
          for (int64_t i = begin; i < end; ++i) {
            dx[i] = static_cast<T>(F::template of<C>(static_cast<C>(dy[i]), static_cast<C>(x[i])));
          }
        }
      });
      return OkStatus();
    }

   private:
    BinaryFn<T> function_ = nullptr;
    const double cost_ns_ = cost_ns(F::kVec);
  };
};

template <typename T>
class LeakyRelu : public Kernel {
 public:
  explicit LeakyRelu(KernelInit& c) : alpha_(c.attr<float>("alpha")) {}
  Status compute(KernelContext& c) override {
    const T* x = c.input(0).data<T>();
    T* y = c.output(0).data<T>();
    const auto alpha = static_cast<ComputeType<T>>(alpha_);
    c.pool().parallel_for(c.output(0).num_elements(), 0.2, [&](int64_t begin, int64_t end) {
      simd_loop([=]() REFLOW_SIMD_BODY {
        using C = ComputeType<T>;
        const C slope = alpha;
#pragma GCC ivdep
        for (int64_t i = begin; i < end; ++i) {
          const C v = static_cast<C>(x[i]), scaled = v * slope;  // in any case: else the loop has a branch
          y[i] = static_cast<T>(v > C(0) ? v : scaled);
        }
      });
    });
    return OkStatus();
  }

 private:
  float alpha_;
};

template <typename T>
class LeakyReluGrad : public Kernel {
 public:
  explicit LeakyReluGrad(KernelInit& c) : alpha_(c.attr<float>("alpha")) {}
  Status compute(KernelContext& c) override {
    const T* dy = c.input(0).data<T>();
    const T* x = c.input(1).data<T>();
    T* dx = c.output(0).data<T>();
    const auto alpha = static_cast<ComputeType<T>>(alpha_);
    c.pool().parallel_for(c.output(0).num_elements(), 0.3, [&](int64_t begin, int64_t end) {
      simd_loop([=]() REFLOW_SIMD_BODY {
        using C = ComputeType<T>;
        const C slope = alpha;
#pragma GCC ivdep
        for (int64_t i = begin; i < end; ++i) {
          const C g = static_cast<C>(dy[i]), scaled = g * slope;
          dx[i] = static_cast<T>(static_cast<C>(x[i]) > C(0) ? g : scaled);
        }
      });
    });
    return OkStatus();
  }

 private:
  float alpha_;
};

Status same_shapes(ShapeContext& c) {
  if (c.concrete() && !(c.input(0) == c.input(1))) {
    return invalid_argument(
        "Inputs to operation {} of type {} must have the same size and shape.  Input 0: {} != input 1: {}",
        c.node().name(), c.node().type(), c.input(0).str(), c.input(1).str());
  }
  return merged_shape_fn(c);
}

// tf.zeros(tf.shape(x), dtype)
Endpoint zeros_of_shape(GradContext& g, Endpoint x) {
  const Endpoint shape = g.shape(x);
  GradContext::Scope scope(g.graph(), "zeros");
  return g.op("Fill", {shape, g.constant(0, x.dtype())}, {}, scope.name());
}

// Backward ops that are linear in dy and piecewise constant in x.
void piecewise_linear_gradient(GradContext& g, AttrMap attrs) {
  g.dx(0) = g.op(g.node().type(), {g.dy(0), g.x(1)}, std::move(attrs));
  g.dx(1) = zeros_of_shape(g, g.x(1));
}

// Of EluGrad and SeluGrad: the second derivative is dy where the activation is negative, else 0.
void exponential_unit_second_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), gradients = g.x(0), outputs = g.x(1);
  g.dx(0) = g.op(g.node().type(), {dy, outputs});
  Endpoint negative;
  {
    GradContext::Scope scope(g.graph(), "Less");
    negative = g.op("Less", {outputs, g.constant(0, outputs.dtype(), "y")}, {}, scope.name());
  }
  const Endpoint product = g.op("Mul", {dy, gradients}, {}, "mul");
  g.dx(1) = g.op("Select", {negative, product, g.zeros_like(outputs)});
}

// d/dx of dy / (exp(-x) + 1), once more: dy * g / (exp(-x) + 2 + exp(x)).
void softplus_second_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), gradients = g.x(0), x = g.x(1);
  if (!dy) return;
  g.dx(0) = g.op("SoftplusGrad", {dy, x});
  const Endpoint product = g.op("Mul", {dy, gradients}, {}, "mul");
  // Waits for dy, so that a loop's gradient doesn't compute it ahead of its iteration.
  GraphScope& scope = g.graph().scope();
  scope.control_dependencies.push_back({.inputs = {node_of_dy(g)}});
  const Endpoint down = g.op("Exp", {g.op("Neg", {x})});
  Endpoint sum;
  {
    GradContext::Scope add(g.graph(), "add");
    sum = g.op("AddV2", {down, g.constant(2, x.dtype(), "y")}, {}, add.name());
  }
  sum = g.op("AddV2", {sum, g.op("Exp", {x})}, {}, "add");
  g.dx(1) = g.op("RealDiv", {product, sum}, {}, "truediv");
  scope.control_dependencies.pop_back();
}

REFLOW_OP("Relu")
    .input("features: T")
    .output("activations: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64, qint8}")
    .doc("Computes max(features, 0), element by element.")
    .shape(unchanged_shape)
    .kernel<Activation<ReluFn>::Forward>(kCpu, kRealNumbers)
    .in_place(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.op("ReluGrad", {g.dy(0), g.y(0)}); });

REFLOW_OP("ReluGrad")
    .input("gradients: T")
    .input("features: T")
    .output("backprops: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("Computes gradients * (features > 0), the backward pass of Relu; features may be its input or its output.")
    .shape(same_shapes)
    .kernel<Activation<ReluGradFn>::Backward>(kCpu, kRealNumbers)
    .in_place(0, 0)
    .in_place(0, 1)
    .gradient([](GradContext& g) { piecewise_linear_gradient(g, {}); });

REFLOW_OP("Relu6")
    .input("features: T")
    .output("activations: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("Computes min(max(features, 0), 6), element by element.")
    .shape(unchanged_shape)
    .kernel<Activation<Relu6Fn>::Forward>(kCpu, kRealNumbers)
    .in_place(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.op("Relu6Grad", {g.dy(0), g.y(0)}); });

REFLOW_OP("Relu6Grad")
    .input("gradients: T")
    .input("features: T")
    .output("backprops: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("Computes gradients * (0 < features < 6), the backward pass of Relu6; features may be its input or its output.")
    .shape(same_shapes)
    .kernel<Activation<Relu6GradFn>::Backward>(kCpu, kRealNumbers)
    .in_place(0, 0)
    .in_place(0, 1)
    .gradient([](GradContext& g) { piecewise_linear_gradient(g, {}); });

REFLOW_OP("LeakyRelu")
    .input("features: T")
    .output("activations: T")
    .attr("alpha: float = 0.2")
    .attr("T: {half, bfloat16, float, double} = DT_FLOAT")
    .doc("Computes features where features > 0, else features * alpha, element by element.")
    .shape(unchanged_shape)
    .kernel<LeakyRelu>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("LeakyReluGrad", {g.dy(0), g.x(0)}, {{"alpha", g.attr<float>("alpha")}});
    });

REFLOW_OP("LeakyReluGrad")
    .input("gradients: T")
    .input("features: T")
    .output("backprops: T")
    .attr("alpha: float = 0.2")
    .attr("T: {half, bfloat16, float, double} = DT_FLOAT")
    .doc("Computes gradients where features > 0, else gradients * alpha: the backward pass of LeakyRelu.")
    .shape(same_shapes)
    .kernel<LeakyReluGrad>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .in_place(0, 1)
    .gradient([](GradContext& g) { piecewise_linear_gradient(g, {{"alpha", g.attr<float>("alpha")}}); });

REFLOW_OP("Elu")
    .input("features: T")
    .output("activations: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes exp(features) - 1 where features < 0, else features. See Clevert et al., arXiv:1511.07289.")
    .shape(unchanged_shape)
    .kernel<Activation<EluFn>::Forward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.op("EluGrad", {g.dy(0), g.y(0)}); });

REFLOW_OP("EluGrad")
    .input("gradients: T")
    .input("outputs: T")
    .output("backprops: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes gradients * (outputs + 1) where outputs < 0, else gradients: the backward pass of Elu.")
    .shape(same_shapes)
    .kernel<Activation<EluGradFn>::Backward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .in_place(0, 1)
    .gradient(exponential_unit_second_gradient);

REFLOW_OP("Selu")
    .input("features: T")
    .output("activations: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes scale * alpha * (exp(features) - 1) where features < 0, else scale * features. See Klambauer et al., "
         "arXiv:1706.02515.")
    .shape(unchanged_shape)
    .kernel<Activation<SeluFn>::Forward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.op("SeluGrad", {g.dy(0), g.y(0)}); });

REFLOW_OP("SeluGrad")
    .input("gradients: T")
    .input("outputs: T")
    .output("backprops: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes gradients * (outputs + scale * alpha) where outputs < 0, else gradients * scale: the backward pass of "
         "Selu.")
    .shape(same_shapes)
    .kernel<Activation<SeluGradFn>::Backward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .in_place(0, 1)
    .gradient(exponential_unit_second_gradient);

REFLOW_OP("Softplus")
    .input("features: T")
    .output("activations: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes log(exp(features) + 1), element by element.")
    .shape(unchanged_shape)
    .kernel<Activation<SoftplusFn>::Forward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("Mul", {g.dy(0), g.op("Sigmoid", {g.x(0)})}, {}, "mul");
    });

REFLOW_OP("SoftplusGrad")
    .input("gradients: T")
    .input("features: T")
    .output("backprops: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes gradients / (exp(-features) + 1), the backward pass of Softplus.")
    .shape(same_shapes)
    .kernel<Activation<SoftplusGradFn>::Backward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .in_place(0, 1)
    .gradient(softplus_second_gradient);

REFLOW_OP("Softsign")
    .input("features: T")
    .output("activations: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes features / (abs(features) + 1), element by element.")
    .shape(unchanged_shape)
    .kernel<Activation<SoftsignFn>::Forward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) { g.dx(0) = g.op("SoftsignGrad", {g.dy(0), g.x(0)}); });

REFLOW_OP("SoftsignGrad")
    .input("gradients: T")
    .input("features: T")
    .output("backprops: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes gradients / (abs(features) + 1)^2, the backward pass of Softsign.")
    .shape(same_shapes)
    .kernel<Activation<SoftsignGradFn>::Backward>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .in_place(0, 1);

}  // namespace
}  // namespace reflow::ops
