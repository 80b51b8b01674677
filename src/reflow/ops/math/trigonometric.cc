// Circular and hyperbolic functions, their inverses, and the logistic function.

#include <cmath>

#include "elementwise_kernel.h"
#include "gradient_ops.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/vector_trigonometry.h"

namespace reflow::ops {
namespace {

struct Sin {
  static constexpr double kCostNs = 10;
  template <typename T>
  static T apply(T x) { return std::sin(x); }
};
struct Cos {
  static constexpr double kCostNs = 10;
  template <typename T>
  static T apply(T x) { return std::cos(x); }
};
}  // namespace

template <>
void unary_loop<Sin, float>(const void* x, void* y, int64_t n) {
  sin_f32(static_cast<const float*>(x), static_cast<float*>(y), n);
}
template <>
void unary_loop<Cos, float>(const void* x, void* y, int64_t n) {
  cos_f32(static_cast<const float*>(x), static_cast<float*>(y), n);
}

namespace {

struct Tan {
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T x) { return std::tan(x); }
};
struct Asin {
  static constexpr double kCostNs = 10;
  template <typename T>
  static T apply(T x) { return std::asin(x); }
};
struct Acos {
  static constexpr double kCostNs = 10;
  template <typename T>
  static T apply(T x) { return std::acos(x); }
};
struct Atan {
  static constexpr double kCostNs = 10;
  template <typename T>
  static T apply(T x) { return std::atan(x); }
};
struct Atan2 {
  static constexpr double kCostNs = 20;
  template <typename T>
  static T apply(T y, T x) { return std::atan2(y, x); }
};
struct Sinh {
  static constexpr double kCostNs = 12;
  template <typename T>
  static T apply(T x) { return std::sinh(x); }
};
struct Cosh {
  static constexpr double kCostNs = 12;
  template <typename T>
  static T apply(T x) { return std::cosh(x); }
};
struct Tanh {
  static constexpr VecOp kVec = VecOp::kTanh;
  static constexpr double kCostNs = 12;
  template <typename T>
  static T apply(T x) { return std::tanh(x); }
};
struct Asinh {
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T x) { return std::asinh(x); }
};
struct Acosh {
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T x) { return std::acosh(x); }
};
struct Atanh {
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T x) { return std::atanh(x); }
};
struct Sigmoid {
  static constexpr VecOp kVec = VecOp::kSigmoid;
  static constexpr double kCostNs = 8;
  template <typename T>
  static T apply(T x) { return T(1) / (T(1) + std::exp(-x)); }
};

template <typename T>
T conjugate(T x) {
  if constexpr (is_complex_type<T>) {
    return std::conj(x);
  } else {
    return x;
  }
}
struct TanhGrad {
  static constexpr VecOp kVec = VecOp::kTanhGrad;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T y, T dy) { return dy * (T(1) - conjugate(y) * conjugate(y)); }
};
struct SigmoidGrad {
  static constexpr VecOp kVec = VecOp::kSigmoidGrad;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T y, T dy) { return dy * conjugate(y) * (T(1) - conjugate(y)); }
};

// dx = dy * f(x).
void times_function_of_x(GradContext& g, std::string_view f) {
  AfterDy after(g);
  g.dx(0) = mul(g, g.dy(0), g.op(f, {g.conj(g.x(0))}));
}

// 1 - x^2 or 1 + x^2.
Endpoint one_and_square(GradContext& g, std::string_view type) {
  const Endpoint x = g.conj(g.x(0));
  const Endpoint square = g.op("Square", {x});
  const Endpoint one = g.constant(1, x.dtype());
  return g.op(type, {one, square});
}

void times_reciprocal(GradContext& g, Endpoint slope) { g.dx(0) = mul(g, g.dy(0), g.op("Reciprocal", {slope})); }

constexpr char kWithoutInts[] = "T: {bfloat16, half, float, double, complex64, complex128}";
constexpr char kWithInts[] = "T: {bfloat16, half, float, double, int32, int64, complex64, complex128}";
constexpr auto kSingleAndDouble = kFloat32And64 + kComplexTypes;

const OpRegistrar kOps[] = {
    unary_op<Sin>("Sin", kWithoutInts, kFloatAndComplex, "Computes the sine of x element-wise.",
                  [](GradContext& g) { times_function_of_x(g, "Cos"); }),
    unary_op<Cos>("Cos", kWithoutInts, kFloatAndComplex, "Computes the cosine of x element-wise.",
                  [](GradContext& g) {
                    AfterDy after(g);
                    const Endpoint x = g.conj(g.x(0));
                    const Endpoint dy = minus_dy(g);
                    g.dx(0) = mul(g, dy, g.op("Sin", {x}));
                  }),
    unary_op<Tan>("Tan", kWithInts, kFloatAndComplex, "Computes the tangent of x element-wise.",
                  [](GradContext& g) {
                    AfterDy after(g);
                    const Endpoint secant = g.op("Reciprocal", {g.op("Cos", {g.conj(g.x(0))})});
                    g.dx(0) = mul(g, g.op("Square", {secant}), g.dy(0));
                  }),
    unary_op<Asin>("Asin", kWithInts, kFloat32And64, "Computes the inverse sine of x element-wise.",
                   [](GradContext& g) {
                     AfterDy after(g);
                     times_reciprocal(g, g.op("Sqrt", {one_and_square(g, "Sub")}));
                   }),
    unary_op<Acos>("Acos", kWithInts, kFloat32And64, "Computes the inverse cosine of x element-wise.",
                   [](GradContext& g) {
                     AfterDy after(g);
                     const Endpoint slope = g.op("Reciprocal", {g.op("Sqrt", {one_and_square(g, "Sub")})});
                     const Endpoint dy = minus_dy(g);
                     g.dx(0) = mul(g, dy, slope);
                   }),
    unary_op<Atan>("Atan", kWithInts, kFloat32And64, "Computes the inverse tangent of x element-wise.",
                   [](GradContext& g) {
                     AfterDy after(g);
                     times_reciprocal(g, one_and_square(g, "Add"));
                   }),
    unary_op<Sinh>("Sinh", kWithoutInts, kSingleAndDouble, "Computes the hyperbolic sine of x element-wise.",
                   [](GradContext& g) { times_function_of_x(g, "Cosh"); }),
    unary_op<Cosh>("Cosh", kWithoutInts, kSingleAndDouble, "Computes the hyperbolic cosine of x element-wise.",
                   [](GradContext& g) { times_function_of_x(g, "Sinh"); }),
    unary_op<Tanh>("Tanh", kWithoutInts, kFloatAndComplex, "Computes the hyperbolic tangent of x element-wise.",
                   [](GradContext& g) {
                     AfterDy after(g);
                     g.dx(0) = g.op("TanhGrad", {g.conj(g.y(0)), g.dy(0)});
                   }),
    unary_op<Asinh>("Asinh", kWithoutInts, kSingleAndDouble,
                    "Computes the inverse hyperbolic sine of x element-wise.",
                    [](GradContext& g) {
                      AfterDy after(g);
                      g.dx(0) = truediv(g, g.dy(0), g.op("Cosh", {g.conj(g.y(0))}));
                    }),
    unary_op<Acosh>("Acosh", kWithoutInts, kSingleAndDouble,
                    "Computes the inverse hyperbolic cosine of x element-wise.",
                    [](GradContext& g) {
                      AfterDy after(g);
                      g.dx(0) = truediv(g, g.dy(0), g.op("Sinh", {g.conj(g.y(0))}));
                    }),
    unary_op<Atanh>("Atanh", kWithoutInts, kSingleAndDouble,
                    "Computes the inverse hyperbolic tangent of x element-wise.",
                    [](GradContext& g) {
                      AfterDy after(g);
                      times_reciprocal(g, one_and_square(g, "Sub"));
                    }),
    unary_op<Sigmoid>("Sigmoid", kWithoutInts, kFloatAndComplex, "Computes 1 / (1 + exp(-x)) element-wise.",
                      [](GradContext& g) {
                        AfterDy after(g);
                        g.dx(0) = g.op("SigmoidGrad", {g.conj(g.y(0)), g.dy(0)});
                      }),
};

REFLOW_OP("TanhGrad")
    .input("y: T").input("dy: T").output("z: T").attr(kWithoutInts)
    .doc("The gradient of tanh(x): dy * (1 - y * y), where y = tanh(x).")
    .shape(gradient_op_shape)
    .kernel<Binary<TanhGrad>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) {
      AfterDy after(g);
      const Endpoint y = g.conj(g.x(0)), dy = g.conj(g.x(1));
      g.dx(0) = mul(g, mul(g, mul(g, g.dy(0), -2), dy), y);
      g.dx(1) = g.op("TanhGrad", {y, g.dy(0)});
    });

REFLOW_OP("SigmoidGrad")
    .input("y: T").input("dy: T").output("z: T").attr(kWithoutInts)
    .doc("The gradient of the logistic function: dy * y * (1 - y), where y = sigmoid(x).")
    .shape(gradient_op_shape)
    .kernel<Binary<SigmoidGrad>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) {
      AfterDy after(g);
      const Endpoint y = g.conj(g.x(0)), dy = g.conj(g.x(1));
      const Endpoint product = mul(g, g.dy(0), dy);
      g.dx(0) = sub(g, product, mul(g, mul(g, 2, product), y));
      g.dx(1) = g.op("SigmoidGrad", {y, g.dy(0)});
    });

REFLOW_OP("Atan2")
    .input("y: T").input("x: T").output("z: T").attr("T: {bfloat16, half, float, double}")
    .doc("Computes the angle of the point (x, y) in [-pi, pi] element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Atan2>::Kernel>(kCpu, kFloat32And64).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) {
      AfterDy after(g);
      const Endpoint y = g.x(0), x = g.x(1);
      const Endpoint x_square = g.op("Square", {x});
      const Endpoint scaled = truediv(g, g.dy(0), add(g, x_square, g.op("Square", {y})));
      g.dx(0) = mul(g, x, scaled);
      g.dx(1) = mul(g, g.op("Neg", {y}), scaled);
    });

}  // namespace
}  // namespace reflow::ops
