// Powers, roots, exponentials and logarithms.

#include <cmath>

#include "elementwise_kernel.h"
#include "gradient_ops.h"
#include "reflow/op/skipped_inputs.h"

namespace reflow::ops {
namespace {

struct Exp {
  static constexpr VecOp kVec = VecOp::kExp;
  static constexpr double kCostNs = 6;
  template <typename T>
  static T apply(T x) { return std::exp(x); }
};

struct Expm1 {
  static constexpr VecOp kVec = VecOp::kExpm1;
  static constexpr double kCostNs = 8;
  template <typename T>
  static T apply(T x) {
    if constexpr (is_complex_type<T>) {
      // exp(a + bi) - 1, without cancellation near 0.
      const auto a = x.real(), half_sine = std::sin(x.imag() / 2);
      return T(std::expm1(a) * std::cos(x.imag()) - 2 * half_sine * half_sine, std::exp(a) * std::sin(x.imag()));
    } else {
      return std::expm1(x);
    }
  }
};

struct Log {
  static constexpr VecOp kVec = VecOp::kLog;
  static constexpr double kCostNs = 6;
  template <typename T>
  static T apply(T x) { return std::log(x); }
};

struct Log1p {
  static constexpr VecOp kVec = VecOp::kLog1p;
  static constexpr double kCostNs = 8;
  template <typename T>
  static T apply(T x) {
    if constexpr (is_complex_type<T>) {
      const auto a = x.real(), b = x.imag();
      // |1 + x|^2 = 1 + a (2 + a) + b^2
      return T(std::log1p(a * (2 + a) + b * b) / 2, std::atan2(b, 1 + a));
    } else {
      return std::log1p(x);
    }
  }
};

struct Sqrt {
  static constexpr VecOp kVec = VecOp::kSqrt;
  static constexpr double kCostNs = 3;
  template <typename T>
  static T apply(T x) { return std::sqrt(x); }
};

struct Rsqrt {
  static constexpr VecOp kVec = VecOp::kRsqrt;
  static constexpr double kCostNs = 4;
  template <typename T>
  static T apply(T x) { return T(1) / std::sqrt(x); }
};

struct Square {
  static constexpr VecOp kVec = VecOp::kSquare;
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(x) * WrapType<T>(x));
    } else {
      return x * x;
    }
  }
};

struct Reciprocal {
  static constexpr VecOp kVec = VecOp::kReciprocal;
  static constexpr double kCostNs = 2;
  template <typename T>
  static T apply(T x) { return T(1) / x; }
};

struct Pow {
  static constexpr VecOp kVec = VecOp::kPow;
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      WrapType<T> result = 1, base = a;
      for (auto exponent = static_cast<WrapType<T>>(b); exponent != 0; exponent >>= 1) {
        if (exponent & 1) result *= base;
        base *= base;
      }
      return static_cast<T>(result);
    } else {
      return std::pow(a, b);
    }
  }
};

template <typename T>
class PowKernel : public BinaryKernel {
 public:
  explicit PowKernel(KernelInit&) : BinaryKernel(binary_spec<Pow, T>()) {}
  Status compute(KernelContext& c) override {
    if constexpr (std::is_integral_v<T>) {
      if (c.output(0).num_elements() > 0) {
        for (const T exponent : c.input(1).flat<T>()) {
          if (exponent < 0) return invalid_argument("Integers to negative integer powers are not allowed");
        }
      }
    }
    return BinaryKernel::compute(c);
  }
};

// Gradients that are an op of their own: f(y, dy).
struct SqrtGrad {
  static constexpr VecOp kVec = VecOp::kSqrtGrad;
  static constexpr double kCostNs = 2;
  template <typename T>
  static T apply(T y, T dy) { return T(0.5) * dy / y; }
};
struct RsqrtGrad {
  static constexpr VecOp kVec = VecOp::kRsqrtGrad;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T y, T dy) { return T(-0.5) * dy * y * (y * y); }
};
struct ReciprocalGrad {
  static constexpr VecOp kVec = VecOp::kReciprocalGrad;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T y, T dy) { return -dy * (y * y); }
};

// Complex numbers are conjugated, as gradients of TensorFlow are.
template <class F>
struct Conjugated {
  static constexpr VecOp kVec = F::kVec;
  static constexpr double kCostNs = F::kCostNs;
  template <typename T>
  static T apply(T y, T dy) {
    if constexpr (is_complex_type<T>) {
      return F::apply(std::conj(y), dy);
    } else {
      return F::apply(y, dy);
    }
  }
};

void pow_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0);
  const auto dx_full = [&](Endpoint x, Endpoint y) {
    const Endpoint scaled = mul(g, dy, y);
    return mul(g, scaled, g.op("Pow", {x, sub(g, y, 1)}));
  };
  if (const Shape& y = g.x(1).shape(); skips(g, 1) && y.known_rank() && y.rank() == 0) {
    const Endpoint x = g.conj(g.x(0));
    g.dx(0) = dx_full(x, g.conj(g.x(1)));
    return;
  }
  StaticBroadcastGradients to(g);
  const Endpoint x = g.conj(g.x(0)), y = g.conj(g.x(1));
  if (!skips(g, 0)) g.dx(0) = to.reduce(0, dx_full(x, y));
  if (skips(g, 1)) return;
  const Endpoint z = g.conj(g.y(0));
  Endpoint positive;
  if (is_complex(x.dtype())) {
    positive = binary_with_constant(g, "NotEqual", x, 0, "NotEqual");
  } else {
    positive = binary_with_constant(g, "Greater", x, 0, "Greater");
  }
  if (!positive) return;
  Endpoint ones;
  {
    GradContext::Scope scope(g.graph(), "ones_like");
    const Endpoint shape = g.shape(x);
    ones = g.op("Fill", {shape, g.constant(1, x.dtype())}, {}, scope.name());
  }
  const Endpoint log_x = g.op("Log", {g.op("Select", {positive, x, ones})});
  const Endpoint safe_log = g.op("Select", {positive, log_x, g.zeros_like(x)});
  g.dx(1) = to.reduce(1, mul(g, mul(g, dy, z), safe_log));
}

constexpr char kWithoutInts[] = "T: {bfloat16, half, float, double, complex64, complex128}";
constexpr char kWithInts[] = "T: {bfloat16, half, float, double, int32, int64, complex64, complex128}";

constexpr auto kAndBfloat = kFloatTypes + kComplexTypes;

void log_gradient(GradContext& g) {
  AfterDy after(g);
  g.dx(0) = mul(g, g.dy(0), g.op("Reciprocal", {g.conj(g.x(0))}));
}

// dx by an op f(y, dy).
void gradient_by(GradContext& g, std::string_view type) { g.dx(0) = g.op(type, {g.y(0), g.dy(0)}); }

const OpRegistrar kOps[] = {
    unary_op<Exp>("Exp", kWithoutInts, kFloatAndComplex, "Computes e^x element-wise.",
                  [](GradContext& g) {
                    AfterDy after(g);
                    g.dx(0) = mul(g, g.dy(0), g.conj(g.y(0)));
                  }),
    unary_op<Expm1>("Expm1", kWithoutInts, kFloatAndComplex,
                    "Computes e^x - 1 element-wise, without loss of precision near 0.",
                    [](GradContext& g) {
                      AfterDy after(g);
                      g.dx(0) = mul(g, g.dy(0), g.op("Exp", {g.conj(g.x(0))}));
                    }),
    unary_op<Log>("Log", kWithoutInts, kAndBfloat, "Computes the natural logarithm of x element-wise.", log_gradient),
    unary_op<Log1p>("Log1p", kWithoutInts, kFloatAndComplex,
                    "Computes the natural logarithm of 1 + x element-wise, without loss of precision near 0.",
                    [](GradContext& g) {
                      AfterDy after(g);
                      const Endpoint x = g.conj(g.x(0));
                      g.dx(0) = mul(g, g.dy(0), g.op("Reciprocal", {add(g, 1, x)}));
                    }),
    unary_op<Sqrt>("Sqrt", kWithoutInts, kAndBfloat, "Computes the square root of x element-wise.",
                   [](GradContext& g) { gradient_by(g, "SqrtGrad"); }),
    unary_op<Rsqrt>("Rsqrt", kWithoutInts, kFloatAndComplex, "Computes 1 / sqrt(x) element-wise.",
                    [](GradContext& g) { gradient_by(g, "RsqrtGrad"); }),
    unary_op<Square>("Square", kWithInts, kAndBfloat + kIndexTypes, "Computes x * x element-wise.",
                     [](GradContext& g) {
                       AfterDy after(g);
                       const Endpoint x = g.conj(g.x(0));
                       const Endpoint two = g.constant(2, x.dtype());
                       g.dx(0) = g.op("Mul", {g.dy(0), g.op("Mul", {x, two})});
                     }),
    unary_op<Reciprocal>("Reciprocal", kWithInts, kFloatAndComplex, "Computes 1 / x element-wise.",
                         [](GradContext& g) { gradient_by(g, "ReciprocalGrad"); }),
    unary_op<Reciprocal>("Inv", kWithInts, kFloatAndComplex, "Computes 1 / x element-wise. Use Reciprocal.",
                         [](GradContext& g) { gradient_by(g, "ReciprocalGrad"); }),
};

REFLOW_OP("Pow")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, float, half, double, int32, int64, complex64, complex128}")
    .doc("Computes x to the power of y element-wise, with broadcasting. Integers take no negative powers.")
    .shape(broadcast_shape_fn)
    .kernel<PowKernel>(kCpu, kFloatAndComplex + kIndexTypes).in_place(0, 0).in_place(0, 1)
    .gradient(pow_gradient);

REFLOW_OP("SqrtGrad")
    .input("y: T").input("dy: T").output("z: T").attr(kWithoutInts)
    .doc("The gradient of sqrt(x): dy * 0.5 / y, where y = sqrt(x).")
    .shape(gradient_op_shape)
    .kernel<Binary<Conjugated<SqrtGrad>>::Kernel>(kCpu, kAndBfloat).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) {
      AfterDy after(g);
      const Endpoint a = truediv(g, g.dy(0), g.x(0));
      const Endpoint minus_a = g.op("Neg", {g.conj(a)});
      g.dx(0) = mul(g, minus_a, g.y(0));
      g.dx(1) = mul(g, 0.5, a);
    });

REFLOW_OP("RsqrtGrad")
    .input("y: T").input("dy: T").output("z: T").attr(kWithoutInts)
    .doc("The gradient of 1 / sqrt(x): dy * -0.5 * y^3, where y = 1 / sqrt(x).")
    .shape(gradient_op_shape)
    .kernel<Binary<Conjugated<RsqrtGrad>>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) {
      AfterDy after(g);
      const Endpoint y = g.conj(g.x(0)), dz = g.conj(g.dy(0));
      const Endpoint factor = mul(g, mul(g, -1.5, dz), g.x(1));
      g.dx(0) = mul(g, factor, g.op("Square", {y}));
      g.dx(1) = g.op("RsqrtGrad", {y, g.dy(0)});
    });

void reciprocal_grad_gradient(GradContext& g) {
  AfterDy after(g);
  const Endpoint y = g.conj(g.x(0)), dz = g.conj(g.dy(0));
  g.dx(0) = mul(g, mul(g, mul(g, dz, -2), g.x(1)), y);
  g.dx(1) = g.op("ReciprocalGrad", {y, g.dy(0)});
}

REFLOW_OP("ReciprocalGrad")
    .input("y: T").input("dy: T").output("z: T").attr(kWithoutInts)
    .doc("The gradient of 1 / x: -dy * y * y, where y = 1 / x.")
    .shape(gradient_op_shape)
    .kernel<Binary<Conjugated<ReciprocalGrad>>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient(reciprocal_grad_gradient);

REFLOW_OP("InvGrad")
    .input("y: T").input("dy: T").output("z: T").attr(kWithoutInts)
    .doc("The gradient of 1 / x: -dy * y * y, where y = 1 / x. Use ReciprocalGrad.")
    .shape(gradient_op_shape)
    .kernel<Binary<Conjugated<ReciprocalGrad>>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient(reciprocal_grad_gradient);

}  // namespace
}  // namespace reflow::ops
