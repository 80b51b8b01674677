// Divisions and remainders.

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "elementwise_kernel.h"
#include "gradient_ops.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

constexpr int64_t kPiece = 1024;

template <typename T>
constexpr bool kSigned = std::is_signed_v<T>;

// Divisors that are 0 never get here. INT_MIN / -1 wraps around to INT_MIN.
template <typename T>
T truncated_quotient(T a, T b) {
  if constexpr (kSigned<T>) {
    if (b == -1) return static_cast<T>(WrapType<T>(0) - WrapType<T>(a));
  }
  return static_cast<T>(a / b);
}

template <typename T>
T truncated_remainder(T a, T b) {
  if constexpr (kSigned<T>) {
    if (b == -1) return 0;
  }
  return static_cast<T>(a % b);
}

struct Div {
  static constexpr VecOp kVec = VecOp::kDiv;
  static constexpr double kCostNs = 2;
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return truncated_quotient(a, b);
    } else {
      return a / b;
    }
  }
};

struct FloorDiv {
  static constexpr double kCostNs = 3;
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      const T q = truncated_quotient(a, b);
      return truncated_remainder(a, b) != 0 && (a < 0) != (b < 0) ? static_cast<T>(q - 1) : q;
    } else {
      return std::floor(a / b);
    }
  }
};

struct TruncateMod {
  static constexpr double kCostNs = 6;
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return truncated_remainder(a, b);
    } else {
      return std::fmod(a, b);
    }
  }
};

struct FloorMod {
  static constexpr double kCostNs = 6;
  template <typename T>
  static T apply(T a, T b) {
    const T r = TruncateMod::apply(a, b);
    return r != 0 && (r < 0) != (b < 0) ? static_cast<T>(r + b) : r;
  }
};

struct DivNoNan {
  static constexpr VecOp kVec = VecOp::kDivNoNan;
  static constexpr double kCostNs = 2;
  template <typename T>
  static T apply(T a, T b) { return b == T(0) ? T(0) : a / b; }
};

struct Xdivy {
  static constexpr double kCostNs = 2;
  template <typename T>
  static T apply(T a, T b) { return a == T(0) ? T(0) : a / b; }
};

struct Xlogy {
  static constexpr double kCostNs = 8;
  template <typename T>
  static T apply(T a, T b) { return a == T(0) ? T(0) : a * std::log(b); }
};

// Calls visit(begin, size) for pieces of [0, n) that stay in the first-level cache.
template <typename Visit>
void for_each_piece(int64_t n, Visit&& visit) {
  for (int64_t i = 0; i < n; i += kPiece) visit(i, std::min(kPiece, n - i));
}

template <typename T>
void floor_of_quotients(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  static const BinaryFn<T> divide = binary_function<T>(VecOp::kDiv);
  static const UnaryFn<T> floor = unary_function<T>(VecOp::kFloor);
  const T *p = static_cast<const T*>(a), *q = static_cast<const T*>(b);
  T* out = static_cast<T*>(y);
  for_each_piece(n, [&](int64_t i, int64_t size) {
    divide(p + i * a_step, a_step, q + i * b_step, b_step, out + i, size);
    floor(out + i, out + i, size);
  });
}

template <typename T>
void products_with_logarithms(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  static const UnaryFn<T> log = unary_function<T>(VecOp::kLog);
  const T *p = static_cast<const T*>(a), *q = static_cast<const T*>(b);
  T* out = static_cast<T*>(y);
  T logarithms[kPiece];
  for_each_piece(n, [&](int64_t begin, int64_t size) {
    const T* from = q + begin;
    if (b_step == 0) from = logarithms, std::fill_n(logarithms, size, *q);
    log(from, logarithms, size);
    simd_loop([=, &logarithms]() REFLOW_SIMD_BODY {
      for (int64_t i = 0; i < size; ++i) {
        const T x = p[(begin + i) * a_step], product = x * logarithms[i];
        out[begin + i] = x == T(0) ? T(0) : product;
      }
    });
  });
}

// What `combine` makes of x, of the divisor, and of their quotient rounded towards zero, which doubles hold exactly.
template <typename Combine>
void divide_integers(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n, Combine combine) {
  const int32_t *p = static_cast<const int32_t*>(a), *q = static_cast<const int32_t*>(b);
  int32_t* out = static_cast<int32_t*>(y);
  const auto divide = [=](auto p_step, auto q_step) {
    simd_loop([=]() REFLOW_SIMD_BODY {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) {
        // By 1 instead of -1, and negated: that wraps around. Without branches, so that there are vectors.
        const int32_t x = p[i * p_step], divisor = q[i * q_step], negated = divisor == -1;
        const auto quotient = static_cast<int32_t>(static_cast<double>(x) / static_cast<double>(divisor + 2 * negated));
        out[i] = combine(x, divisor, static_cast<int32_t>(static_cast<uint32_t>(quotient ^ -negated) + static_cast<uint32_t>(negated)));
      }
    });
  };
  using One = std::integral_constant<int64_t, 1>;
  using Zero = std::integral_constant<int64_t, 0>;
  if (a_step == 0) divide(Zero(), One());
  else if (b_step == 0) divide(One(), Zero());
  else divide(One(), One());
}

REFLOW_SIMD_BODY inline int32_t remainder_of(int32_t x, int32_t divisor, int32_t quotient) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) - static_cast<uint32_t>(quotient) * static_cast<uint32_t>(divisor));
}

}  // namespace

// With the machine's vector instructions.
template <>
void binary_loop<FloorDiv, float>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  floor_of_quotients<float>(a, a_step, b, b_step, y, n);
}
template <>
void binary_loop<FloorDiv, double>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  floor_of_quotients<double>(a, a_step, b, b_step, y, n);
}
template <>
void binary_loop<Xlogy, float>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  products_with_logarithms<float>(a, a_step, b, b_step, y, n);
}
template <>
void binary_loop<Xlogy, double>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  products_with_logarithms<double>(a, a_step, b, b_step, y, n);
}
template <>
void binary_loop<Div, int32_t>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  divide_integers(a, a_step, b, b_step, y, n, [](int32_t, int32_t, int32_t quotient) REFLOW_SIMD_BODY { return quotient; });
}
template <>
void binary_loop<FloorDiv, int32_t>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  divide_integers(a, a_step, b, b_step, y, n, [](int32_t x, int32_t divisor, int32_t quotient) REFLOW_SIMD_BODY {
    return quotient - ((remainder_of(x, divisor, quotient) != 0) & ((x ^ divisor) < 0));
  });
}
template <>
void binary_loop<TruncateMod, int32_t>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  divide_integers(a, a_step, b, b_step, y, n, [](int32_t x, int32_t divisor, int32_t quotient) REFLOW_SIMD_BODY {
    return remainder_of(x, divisor, quotient);
  });
}
template <>
void binary_loop<FloorMod, int32_t>(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y, int64_t n) {
  divide_integers(a, a_step, b, b_step, y, n, [](int32_t x, int32_t divisor, int32_t quotient) REFLOW_SIMD_BODY {
    const int32_t r = remainder_of(x, divisor, quotient);
    return r + (divisor & -static_cast<int32_t>((r != 0) & ((r ^ divisor) < 0)));
  });
}

namespace {

// Integer division looks for zeros among the divisors first.
Status division_by_zero() { return invalid_argument("Integer division by zero"); }
// What TensorFlow has for TruncateDiv and TruncateMod.
Status unexpected_division_by_zero() {
  return internal_error("Unexpected error in binary operator (only integer div and mod should have errors)");
}

template <class F, Status (*error)() = division_by_zero>
struct Division {
  template <typename T>
  class Kernel : public BinaryKernel {
   public:
    explicit Kernel(KernelInit&) : BinaryKernel(binary_spec<F, T>()) {}
    Status compute(KernelContext& c) override {
      if constexpr (std::is_integral_v<T>) {
        if (c.output(0).num_elements() > 0) {
          for (const T divisor : c.input(1).flat<T>()) {
            if (divisor == 0) return error();
          }
        }
      }
      return BinaryKernel::compute(c);
    }
  };
};

// d/dx = dy / y; d/dy = dy * -x / y / y, where `type` divides.
void quotient_gradient(GradContext& g, std::string_view type, const std::string& name) {
  const Endpoint dy = g.dy(0);
  BroadcastGradients to(g);
  const Endpoint x = g.conj(g.x(0)), y = g.conj(g.x(1));
  const auto divide = [&](Endpoint a, Endpoint b) { return g.op(type, {a, b}, {}, name); };
  g.dx(0) = to.reduce(0, divide(dy, y));
  const Endpoint slope = divide(divide(g.op("Neg", {x}), y), y);
  g.dx(1) = to.reduce(1, mul(g, dy, slope));
}

void floor_mod_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0);
  BroadcastGradients to(g);
  const Endpoint quotient = g.op("FloorDiv", {g.x(0), g.x(1)});
  g.dx(0) = to.reduce(0, dy);
  g.dx(1) = to.reduce(1, mul(g, dy, g.op("Neg", {quotient})));
}

// 1 where x isn't 0.
Endpoint is_not_zero(GradContext& g, Endpoint x) {
  Endpoint zero;
  {
    GradContext::Scope scope(g.graph(), "Cast");
    zero = g.constant(0, x.dtype(), "x");
  }
  return g.cast(g.op("NotEqual", {x, zero}), base_type(x.dtype()));
}

void xdivy_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), x = g.x(0), y = g.x(1);
  BroadcastGradients to(g);
  AfterDy after(g);
  const Endpoint partial_x = g.op("Xdivy", {is_not_zero(g, x), y});
  const Endpoint minus_x = g.op("Neg", {x});
  const Endpoint partial_y = g.op("Xdivy", {minus_x, binary_with_constant(g, "Pow", y, 2, "pow")});
  g.dx(0) = to.reduce(0, mul(g, partial_x, dy));
  g.dx(1) = to.reduce(1, mul(g, partial_y, dy));
}

void xlogy_gradient(GradContext& g) {
  const Endpoint dy = g.dy(0), x = g.x(0), y = g.x(1);
  BroadcastGradients to(g);
  AfterDy after(g);
  const Endpoint partial_x = g.op("Xlogy", {is_not_zero(g, x), y});
  const Endpoint partial_y = g.op("Xdivy", {x, y});
  g.dx(0) = to.reduce(0, mul(g, partial_x, dy));
  g.dx(1) = to.reduce(1, mul(g, partial_y, dy));
}

// FloorDiv and TruncateDiv: steps have no slope.
void no_gradients(GradContext&) {}

REFLOW_OP("Div")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}")
    .doc("Returns x / y element-wise, integers rounded towards zero, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Division<Div>::Kernel>(kCpu, kFloatTypes + Types<int16_t, int32_t, int64_t, uint8_t, uint16_t>{} +
                                             kComplexTypes)
    .in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) { quotient_gradient(g, "RealDiv", "truediv"); });

REFLOW_OP("RealDiv")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}")
    .doc("Returns x / y element-wise for real types, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Div>::Kernel>(kCpu, kFloatTypes + kComplexTypes).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) { quotient_gradient(g, "RealDiv", ""); });

REFLOW_OP("FloorDiv")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}")
    .doc("Returns x // y element-wise, rounded towards minus infinity, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Division<FloorDiv>::Kernel>(kCpu, Types<Half, float, double>{} + kIntTypes).in_place(0, 0).in_place(0, 1)
    .gradient(no_gradients);

REFLOW_OP("TruncateDiv")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {bfloat16, half, float, double, uint8, int8, uint16, int16, int32, int64, complex64, complex128}")
    .doc("Returns x / y element-wise for integers, rounded towards zero as in C, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Division<Div, unexpected_division_by_zero>::Kernel>(
        kCpu, Types<int16_t, int32_t, int64_t, uint8_t, uint16_t>{})
    .in_place(0, 0).in_place(0, 1)
    .gradient(no_gradients);

REFLOW_OP("FloorMod")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {int32, int64, bfloat16, half, float, double}")
    .doc("Returns the remainder of floor division element-wise: it has the sign of y, as Python's %. Broadcasts.")
    .shape(broadcast_shape_fn)
    .kernel<Division<FloorMod>::Kernel>(kCpu, kIndexTypes + kFloat32And64).in_place(0, 0).in_place(0, 1)
    .gradient(floor_mod_gradient);

REFLOW_OP("Mod")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {int32, int64, half, half, bfloat16, float, double}")
    .doc("Returns the remainder of truncating division element-wise: it has the sign of x, as in C. Broadcasts.")
    .shape(broadcast_shape_fn)
    .kernel<Division<TruncateMod>::Kernel>(kCpu, kIndexTypes + kFloat32And64).in_place(0, 0).in_place(0, 1);

REFLOW_OP("TruncateMod")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {int32, int64, bfloat16, half, float, double}")
    .doc("Returns the remainder of truncating division element-wise: it has the sign of x, as in C. Broadcasts.")
    .shape(broadcast_shape_fn)
    .kernel<Division<TruncateMod, unexpected_division_by_zero>::Kernel>(kCpu, kIndexTypes + kFloat32And64)
    .in_place(0, 0).in_place(0, 1);

REFLOW_OP("DivNoNan")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {half, float, double, complex64, complex128}")
    .doc("Returns x / y element-wise, and 0 where y is 0, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<DivNoNan>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient([](GradContext& g) { quotient_gradient(g, "DivNoNan", "div_no_nan"); });

REFLOW_OP("Xdivy")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {half, float, double, complex64, complex128}")
    .doc("Returns 0 where x is 0, and x / y elsewhere, element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Xdivy>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient(xdivy_gradient);

REFLOW_OP("Xlogy")
    .input("x: T").input("y: T").output("z: T")
    .attr("T: {half, float, double, complex64, complex128}")
    .doc("Returns 0 where x is 0, and x * log(y) elsewhere, element-wise, with broadcasting.")
    .shape(broadcast_shape_fn)
    .kernel<Binary<Xlogy>::Kernel>(kCpu, kFloatAndComplex).in_place(0, 0).in_place(0, 1)
    .gradient(xlogy_gradient);

}  // namespace
}  // namespace reflow::ops
