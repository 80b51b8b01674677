// Signs, rounding, and tests for what isn't a number.

#include <cmath>

#include "elementwise_kernel.h"
#include "gradient_ops.h"
#include "reflow/op/late_slices.h"

namespace reflow::ops {
namespace {

struct Abs {
  static constexpr VecOp kVec = VecOp::kAbs;
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return x < 0 ? static_cast<T>(WrapType<T>(0) - WrapType<T>(x)) : x;
    } else {
      return std::abs(x);
    }
  }
};

struct Neg {
  static constexpr VecOp kVec = VecOp::kNeg;
  static constexpr double kCostNs = 0.5;
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(0) - WrapType<T>(x));
    } else {
      return -x;
    }
  }
};

struct Sign {
  static constexpr VecOp kVec = VecOp::kSign;
  static constexpr double kCostNs = 0.6;
  template <typename T>
  static T apply(T x) {
    if constexpr (is_complex_type<T>) {
      return x == T(0) ? T(0) : x / std::abs(x);
    } else {
      return static_cast<T>((T(0) < x) - (x < T(0)));
    }
  }
};

struct Floor {
  static constexpr VecOp kVec = VecOp::kFloor;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T x) { return std::floor(x); }
};
struct Ceil {
  static constexpr VecOp kVec = VecOp::kCeil;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T x) { return std::ceil(x); }
};
// Halves to the even neighbour.
struct Round {
  static constexpr VecOp kVec = VecOp::kRound;
  static constexpr double kCostNs = 1;
  template <typename T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>) {
      return x;
    } else {
      return std::nearbyint(x);
    }
  }
};

struct IsNan {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T x) { return x != x; }
};
struct IsInf {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T x) { return std::isinf(x); }
};
struct IsFinite {
  static constexpr double kCostNs = 0.4;
  template <typename T>
  static bool apply(T x) { return std::isfinite(x); }
};

constexpr char kFloats[] = "T: {bfloat16, half, float, double}";
constexpr char kSignedNumbers[] = "T: {bfloat16, half, float, double, int32, int64, complex64, complex128}";
constexpr auto kWithoutBfloat = Types<Half, float, double>{};

void flat(GradContext&) {}  // steps: no gradient reaches x

const OpRegistrar kOps[] = {
    unary_op<Abs>("Abs", "T: {bfloat16, half, float, double, int8, int16, int32, int64}",
                  kFloatTypes + Types<int8_t, int16_t, int32_t, int64_t>{}, "Computes |x| element-wise.",
                  [](GradContext& g) { g.dx(0) = mul(g, g.dy(0), g.op("Sign", {g.x(0)})); }),
    unary_op<Neg>("Neg", kSignedNumbers, kFloatTypes + kIndexTypes + kComplexTypes, "Computes -x element-wise.",
                  [](GradContext& g) { g.dx(0) = minus_dy(g); }),
    unary_op<Sign>("Sign", kSignedNumbers, kFloatAndComplex + kIndexTypes,
                   "Returns -1, 0 or 1 by the sign of x element-wise; for complex numbers x / |x|, and 0 for 0.",
                   [](GradContext& g) { g.dx(0) = zeros(g, g.shape(g.x(0)), base_type(g.x(0).dtype())); }),
    unary_op<Floor>("Floor", kFloats, kWithoutBfloat, "Returns the largest integer not above x, element-wise.", flat),
    unary_op<Ceil>("Ceil", kFloats, kWithoutBfloat, "Returns the smallest integer not below x, element-wise.", flat),
    unary_op<Round>("Round", kSignedNumbers, kWithoutBfloat + kIndexTypes,
                    "Rounds x to the nearest integer element-wise, halves to the even one.", flat),
    unary_op<Round>("Rint", kFloats, kFloat32And64,
                    "Rounds x to the nearest integer element-wise, halves to the even one.", flat),
};

template <class F, typename... Ts>
OpRegistrar test_op(std::string_view name, Types<Ts...> types, std::string_view doc) {
  OpBuilder builder(name);
  std::move(builder).input("x: T").output("y: bool").attr(kFloats).doc(doc).shape(unchanged_shape)
      .template kernel<Unary<F>::template Kernel>(kCpu, types);
  return OpRegistrar(std::move(builder));
}

const OpRegistrar kTests[] = {
    test_op<IsNan>("IsNan", kFloatTypes, "Returns which elements of x are NaN."),
    test_op<IsInf>("IsInf", kWithoutBfloat, "Returns which elements of x are infinite."),
    test_op<IsFinite>("IsFinite", kWithoutBfloat, "Returns which elements of x are finite."),
};

}  // namespace
}  // namespace reflow::ops
