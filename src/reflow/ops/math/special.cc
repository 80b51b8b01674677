// Error functions, gamma and beta functions, Bessel functions.

#include "special_functions.h"

#include <cmath>

#include "elementwise_kernel.h"
#include "gradient_ops.h"
#include "reflow/ops/math/gamma_sample_slope.h"

namespace reflow::ops {
namespace {

struct Erf {
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T x) { return std::erf(x); }
};
struct Erfc {
  static constexpr double kCostNs = 15;
  template <typename T>
  static T apply(T x) { return std::erfc(x); }
};
struct Lgamma {
  static constexpr double kCostNs = 30;
  template <typename T>
  static T apply(T x) {
    int sign;  // std::lgamma writes it to a global
    if constexpr (sizeof(T) == 4) {
      return lgammaf_r(x, &sign);
    } else {
      return lgamma_r(x, &sign);
    }
  }
};
struct Digamma {
  static constexpr double kCostNs = 40;
  template <typename T>
  static T apply(T x) { return static_cast<T>(digamma(x)); }
};
struct BesselI0e {
  static constexpr double kCostNs = 60;
  template <typename T>
  static T apply(T x) { return static_cast<T>(bessel_i0e(x)); }
};
struct BesselI1e {
  static constexpr double kCostNs = 60;
  template <typename T>
  static T apply(T x) { return static_cast<T>(bessel_i1e(x)); }
};
struct Igamma {
  static constexpr double kCostNs = 200;
  template <typename T>
  static T apply(T a, T x) { return static_cast<T>(igamma(a, x)); }
};
struct Igammac {
  static constexpr double kCostNs = 200;
  template <typename T>
  static T apply(T a, T x) { return static_cast<T>(igammac(a, x)); }
};
struct IgammaGradA {
  static constexpr double kCostNs = 500;
  template <typename T>
  static T apply(T a, T x) { return static_cast<T>(igamma_gradient_a(a, x)); }
};
// Of a sample of the gamma distribution: how it changes with alpha, at the same probability.
struct GammaSampleSlope {
  static constexpr double kCostNs = 500;
  template <typename T>
  static T apply(T alpha, T sample) {
    return static_cast<T>(gamma_sample_slope(alpha, sample));
  }
};
struct Zeta {
  static constexpr double kCostNs = 400;
  template <typename T>
  static T apply(T x, T q) { return static_cast<T>(hurwitz_zeta(x, q)); }
};
struct Polygamma {
  static constexpr double kCostNs = 400;
  template <typename T>
  static T apply(T n, T x) { return static_cast<T>(polygamma(n, x)); }
};
struct NextAfter {
  static constexpr double kCostNs = 5;
  template <typename T>
  static T apply(T from, T to) { return std::nextafter(from, to); }
};

// x and y of one shape, or scalars.
Status betainc_shape(ShapeContext& c) {
  Shape shape;
  const Shape* first = nullptr;
  for (int i = 0; i < 3; ++i) {
    const Shape& s = c.input(i);
    if (s.known_rank() && s.rank() == 0) continue;
    if (c.concrete() && first != nullptr && !(*first == s)) {
      return invalid_argument("Shapes of {} are inconsistent: {} vs. {}", i == 1 ? "a and b" : "b and x", first->str(),
                              s.str());
    }
    RETURN_IF_ERROR(first == nullptr ? (shape = s, OkStatus()) : c.merge(shape, s, &shape));
    first = &s;
  }
  c.set_output(0, std::move(shape));
  return OkStatus();
}

template <typename T>
class Betainc : public Kernel {
 public:
  explicit Betainc(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const T* in[3];
    int64_t step[3];
    for (int i = 0; i < 3; ++i) {
      in[i] = c.input(i).data<T>();
      step[i] = c.input(i).rank() != 0;
    }
    Tensor& y = c.output(0);
    T* out = y.data<T>();
    c.pool().parallel_for(y.num_elements(), 300, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        out[i] = static_cast<T>(betainc(in[0][i * step[0]], in[1][i * step[1]], in[2][i * step[2]]));
      }
    });
    return OkStatus();
  }
};

constexpr char kFloats[] = "T: {bfloat16, half, float, double}";
constexpr auto kWithoutBfloat = Types<Half, float, double>{};

// dy * +-2 / sqrt(pi) * exp(-x^2)
void erf_gradient(GradContext& g, double sign) {
  const Endpoint factor = g.constant(sign * 2 / std::sqrt(M_PI), base_type(g.dy(0).dtype()));
  AfterDy after(g);
  const Endpoint x = g.conj(g.x(0));
  const Endpoint scaled = mul(g, g.dy(0), factor);
  g.dx(0) = mul(g, scaled, g.op("Exp", {g.op("Neg", {g.op("Square", {x})})}));
}

void bessel_i1e_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), x = g.x(0), y = g.y(0);
  AfterDy after(g);
  const bool is_double = base_type(x.dtype()) == DType::kFloat64;
  const double epsilon = is_double ? 2.220446049250313e-16 : base_type(x.dtype()) == DType::kHalf ? 0.0009765625
                                                                                                  : 1.1920928955078125e-07;
  // At 0, where the formula has 0 / 0, the slope is 0.5.
  const Endpoint zeros = g.zeros_like(x);
  const Endpoint away_from_zero = binary_with_constant(g, "Greater", g.op("Abs", {x}), epsilon, "Greater");
  const Endpoint safe_x = g.op("Select", {away_from_zero, x, add(g, epsilon, zeros)});
  const Endpoint i0e = g.op("BesselI0e", {safe_x});
  const Endpoint sign = g.op("Sign", {safe_x});
  const Endpoint sum = add(g, sign, g.op("Reciprocal", {safe_x}));
  const Endpoint slope = sub(g, i0e, mul(g, y, sum));
  g.dx(0) = mul(g, dy, g.op("Select", {away_from_zero, slope, add(g, 0.5, zeros)}));
}

// Of P(a, x): to a by its own op, to x the density of the gamma distribution.
void igamma_gradients(GradContext& g, Endpoint* da, Endpoint* dx) {
  const Endpoint dy = g.dy(0), a = g.x(0), x = g.x(1);
  BroadcastGradients to(g);
  Endpoint slope_a, slope_x;
  {
    AfterDy after(g);
    slope_a = g.op("IgammaGradA", {a, x});
    const Endpoint minus_x = g.op("Neg", {x});
    const Endpoint a_minus_1 = sub(g, a, 1);
    const Endpoint log_x = g.op("Log", {x});
    const Endpoint exponent = add(g, minus_x, mul(g, a_minus_1, log_x));
    slope_x = g.op("Exp", {sub(g, exponent, g.op("Lgamma", {a}))});
  }
  *da = to.reduce(0, mul(g, slope_a, dy));
  *dx = to.reduce(1, mul(g, slope_x, dy));
}

template <class F>
OpBuilder binary_op(std::string_view name, std::string_view a, std::string_view b, std::string_view doc) {
  OpBuilder builder(name);
  std::move(builder).input(std::string(a) + ": T").input(std::string(b) + ": T").output("z: T")
      .attr("T: {float, double}").doc(doc).shape(broadcast_shape_fn)
      .template kernel<Binary<F>::template Kernel>(kCpu, kFloat32And64).in_place(0, 0).in_place(0, 1);
  return builder;
}

// x + 1, of a float input of the op.
Endpoint plus_one(GradContext& g, Endpoint x) { return binary_with_constant(g, "AddV2", x, 1, "add"); }

const OpRegistrar kUnaryOps[] = {
    unary_op<Erf>("Erf", kFloats, kWithoutBfloat, "Computes the error function of x element-wise.",
                  [](GradContext& g) { erf_gradient(g, 1); }),
    unary_op<Erfc>("Erfc", kFloats, kWithoutBfloat, "Computes the complementary error function of x element-wise.",
                   [](GradContext& g) { erf_gradient(g, -1); }),
    unary_op<Lgamma>("Lgamma", kFloats, kWithoutBfloat, "Computes the logarithm of |gamma(x)| element-wise.",
                     [](GradContext& g) {
                       AfterDy after(g);
                       g.dx(0) = mul(g, g.dy(0), g.op("Digamma", {g.x(0)}));
                     }),
    unary_op<Digamma>("Digamma", kFloats, kWithoutBfloat,
                      "Computes the derivative of the logarithm of gamma(x) element-wise.",
                      [](GradContext& g) {
                        AfterDy after(g);
                        const Endpoint one = g.constant(1, base_type(g.x(0).dtype()));
                        g.dx(0) = mul(g, g.dy(0), g.op("Polygamma", {one, g.x(0)}));
                      }),
    unary_op<BesselI0e>("BesselI0e", kFloats, kWithoutBfloat,
                        "Computes exp(-|x|) I_0(x) element-wise, I_0 being a modified Bessel function.",
                        [](GradContext& g) {
                          AfterDy after(g);
                          const Endpoint i1e = g.op("BesselI1e", {g.x(0)});
                          const Endpoint slope = sub(g, i1e, mul(g, g.op("Sign", {g.x(0)}), g.y(0)));
                          g.dx(0) = mul(g, g.dy(0), slope);
                        }),
    unary_op<BesselI1e>("BesselI1e", kFloats, kWithoutBfloat,
                        "Computes exp(-|x|) I_1(x) element-wise, I_1 being a modified Bessel function.",
                        bessel_i1e_gradient),
};

const OpRegistrar kBinaryOps[] = {
    binary_op<Igamma>("Igamma", "a", "x", "Computes the regularised lower incomplete gamma function P(a, x).")
        .gradient([](GradContext& g) {
          Endpoint da, dx;
          igamma_gradients(g, &da, &dx);
          g.dx(0) = da;
          g.dx(1) = dx;
        }),
    binary_op<Igammac>("Igammac", "a", "x", "Computes the regularised upper incomplete gamma function Q(a, x).")
        .gradient([](GradContext& g) {
          Endpoint da, dx;
          igamma_gradients(g, &da, &dx);
          g.dx(0) = g.op("Neg", {da});
          g.dx(1) = g.op("Neg", {dx});
        }),
    binary_op<IgammaGradA>("IgammaGradA", "a", "x", "Computes the derivative of Igamma(a, x) to a."),
    binary_op<Zeta>("Zeta", "x", "q", "Computes the Hurwitz zeta function: the sum of (q + n)^-x over n >= 0.")
        .gradient([](GradContext& g) {
          const Endpoint x = g.x(0), q = g.x(1);
          BroadcastGradients to(g);
          Endpoint slope;
          {
            AfterDy after(g);
            const Endpoint minus_x = g.op("Neg", {x});
            slope = mul(g, minus_x, g.op("Zeta", {plus_one(g, x), q}));
          }
          g.dx(1) = to.reduce(1, mul(g, slope, g.dy(0)));
        }),
    binary_op<Polygamma>("Polygamma", "a", "x", "Computes the a-th derivative of Digamma(x).")
        .gradient([](GradContext& g) {
          const Endpoint n = g.x(0), x = g.x(1);
          BroadcastGradients to(g);
          Endpoint slope;
          {
            AfterDy after(g);
            slope = g.op("Polygamma", {plus_one(g, n), x});
          }
          g.dx(1) = to.reduce(1, mul(g, slope, g.dy(0)));
        }),
};

REFLOW_OP("NextAfter")
    .input("x1: T").input("x2: T").output("output: T").attr("T: {double, float} = DT_FLOAT")
    .doc("Returns the next number after x1 in the direction of x2, element-wise, with broadcasting.")
    .shape(broadcast_shape_fn).kernel<Binary<NextAfter>::Kernel>(kCpu, kFloat32And64).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) {
      const DType type = base_type(g.x(0).dtype());
      const Endpoint x_shape = g.shape(g.x(0)), y_shape = g.shape(g.x(1));
      Node* args = g.ops("BroadcastGradientArgs", {x_shape, y_shape});
      if (args == nullptr) return;
      Endpoint ones, none;
      {
        AfterDy after(g);
        {
          GradContext::Scope scope(g.graph(), "ones");
          ones = g.op("Fill", {x_shape, g.constant(1, type)}, {}, scope.name());
        }
        none = zeros(g, y_shape, type);
      }
      g.dx(0) = g.reshape(g.reduce_sum(mul(g, ones, g.dy(0)), args->output(0)), x_shape);
      g.dx(1) = g.reshape(g.reduce_sum(mul(g, none, g.dy(0)), args->output(1)), y_shape);
    });

REFLOW_OP("Betainc")
    .input("a: T").input("b: T").input("x: T").output("z: T").attr("T: {float, double}")
    .doc("Computes the regularised incomplete beta function I_x(a, b). Scalars go with any shape.")
    .shape(betainc_shape).kernel<Betainc>(kCpu, kFloat32And64)
    .gradient([](GradContext& g) {
      const Endpoint a = g.x(0), b = g.x(1), x = g.x(2);
      // As TensorFlow's: the shapes of a and x, and nothing for a and b.
      const Endpoint a_shape = g.shape(a), x_shape = g.shape(x);
      Node* args = g.ops("BroadcastGradientArgs", {a_shape, x_shape});
      if (args == nullptr) return;
      const Endpoint lgamma_a = g.op("Lgamma", {a});
      const Endpoint numerator = add(g, lgamma_a, g.op("Lgamma", {b}));
      const Endpoint log_beta = sub(g, numerator, g.op("Lgamma", {add(g, a, b)}));
      const Endpoint b_minus_1 = sub(g, b, 1);
      const Endpoint log_rest = g.op("Log", {binary_with_constant(g, "Sub", 1, x, "sub")});
      const Endpoint first = mul(g, b_minus_1, log_rest);
      const Endpoint a_minus_1 = sub(g, a, 1);
      const Endpoint exponent = add(g, first, mul(g, a_minus_1, g.op("Log", {x})));
      const Endpoint slope = g.op("Exp", {sub(g, exponent, log_beta)});
      g.dx(2) = g.reshape(g.reduce_sum(mul(g, slope, g.dy(0)), args->output(1)), x_shape);
    });

REFLOW_OP("RandomGammaGrad")
    .input("alpha: T")
    .input("sample: T")
    .output("output: T")
    .attr("T: {float, double}")
    .doc("The derivatives of samples of gamma distributions with respect to their shape parameters `alpha`.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<GammaSampleSlope>::Kernel>(kCpu, kFloat32And64);

}  // namespace
}  // namespace reflow::ops
