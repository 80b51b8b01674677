#include "reflow/op/vector_math.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/vector_math.cc"
// What lies between the fallback, SSE4, AVX2 and AVX-512 isn't worth its compile time.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>

#include "reflow/op/single_math-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using hn::Abs;
using hn::Add;
using hn::Div;
using hn::Eq;
using hn::Ge;
using hn::IfThenElse;
using hn::IfThenElseZero;
using hn::Lt;
using hn::Max;
using hn::Min;
using hn::Mul;
using hn::Neg;
using hn::Or;
using hn::Set;
using hn::Sub;
using hn::Zero;

template <class D>
constexpr bool kSingle = sizeof(hn::TFromD<D>) == 4;

template <class D>
auto infinity(D d) { return Set(d, std::numeric_limits<hn::TFromD<D>>::infinity()); }

// The functions of Highway's math library hold for a range; these hold for all numbers. Inline, so that loops keep their
// constants in registers.
template <class D, class V>
HWY_INLINE V safe_exp(D d, V x) {
  if constexpr (kSingle<D>) {
    return single_exp(d, x);
  } else {
    const V y = hn::Exp(d, clamp(d, x, -750, 711));  // the bounds give 0 and infinity
    return IfThenElse(hn::IsNaN(x), x, y);
  }
}

template <class D, class V>
HWY_INLINE V safe_expm1(D d, V x) {
  const V lowest = constant(d, kSingle<D> ? -100 : -700), highest = constant(d, kSingle<D> ? 90 : 711);
  const V y = hn::Expm1(d, Min(Max(x, lowest), highest));
  return IfThenElse(Or(hn::IsNaN(x), Eq(x, Zero(d))), x, y);
}

// log and log1p: the value at poles and out of the domain; `u` is x or x + 1.
template <class D, class V>
V with_edges_of_log(D d, V u, V y) {
  const V inf = infinity(d), nan = constant(d, std::numeric_limits<double>::quiet_NaN());
  y = IfThenElse(Lt(u, inf), y, Add(u, u));  // infinity and NaN
  y = IfThenElse(Lt(u, Zero(d)), nan, y);
  return IfThenElse(Eq(u, Zero(d)), Neg(inf), y);
}

template <class D, class V>
V safe_log(D d, V x) {
  if constexpr (kSingle<D>) {
    return with_edges_of_log(d, x, single_log(d, x));
  } else {
    return with_edges_of_log(d, x, hn::Log(d, x));
  }
}

template <class D, class V>
V safe_log1p(D d, V x) {
  const V y = with_edges_of_log(d, Add(x, constant(d, 1)), hn::Log1p(d, x));
  return IfThenElse(Eq(x, Zero(d)), x, y);  // -0
}

template <class D, class V>
V safe_sqrt(D d, V x) {
  // In single precision TensorFlow's vectors have sqrt(-0) = +0 and sqrt(inf) = NaN: x - x is +0 or NaN.
  if constexpr (kSingle<D>) return Add(hn::Sqrt(x), Sub(x, x));
  (void)d;
  return hn::Sqrt(x);
}

template <class D, class V>
HWY_INLINE V safe_tanh(D d, V x) {
  if constexpr (kSingle<D>) {
    return single_tanh(d, x);
  } else {
    return IfThenElse(Or(hn::IsNaN(x), Eq(x, Zero(d))), x, hn::Tanh(d, x));
  }
}

template <class D, class V>
HWY_INLINE V logistic(D d, V x) {
  if constexpr (kSingle<D>) {
    return single_logistic(d, x);
  } else {
    const V one = constant(d, 1);
    return Div(one, Add(one, safe_exp(d, Neg(x))));
  }
}

// e^x - 1 for negative numbers, as TensorFlow's Elu and Selu have it.
template <class D, class V>
HWY_INLINE V below_zero(D d, V x) {
  if constexpr (kSingle<D>) return Sub(safe_exp(d, x), constant(d, 1));
  return safe_expm1(d, x);
}

constexpr float kSoftplusThreshold = 13.942384719848633f;  // beyond it, x or e^x is all that is left

template <class D, class V>
HWY_INLINE V softplus(D d, V x) {
  if constexpr (kSingle<D>) {
    const V threshold = constant(d, kSoftplusThreshold);
    const V power = safe_exp(d, x), y = safe_log(d, Add(power, constant(d, 1)));
    return IfThenElse(Or(hn::IsNaN(x), Lt(threshold, x)), x, IfThenElse(Lt(x, Neg(threshold)), power, y));
  } else {
    return Add(IfThenElse(Lt(x, Zero(d)), Zero(d), x), safe_log1p(d, safe_exp(d, Neg(Abs(x)))));
  }
}

// f(x) for x < 0, and x elsewhere.
template <class D, class V>
V where_negative(D d, V x, V f) { return IfThenElse(Lt(x, Zero(d)), f, x); }

constexpr double kSeluScale = 1.0507009873554804934193349852946, kSeluAlpha = 1.6732632423543772848170429916717;

// What is left behind the groups of eight elements that TensorFlow takes together it computes by the standard library, which
// rounds in another way: `alone`.
constexpr int64_t kGroup = 8;

// One struct a function; kUnroll vectors are in flight in the loop.
#define REFLOW_UNARY_AND_ALONE(Name, unroll, expression, alone_expression) \
  struct Name {                                                            \
    static constexpr int kUnroll = unroll;                                 \
    template <class D, class V>                                            \
    static HWY_INLINE V apply([[maybe_unused]] D d, V x) {                 \
      return expression;                                                   \
    }                                                                      \
    template <std::same_as<float> T>                                       \
    static T alone(T x) { return alone_expression; }                       \
  };
#define REFLOW_UNARY(Name, unroll, expression)       \
  struct Name {                                      \
    static constexpr int kUnroll = unroll;           \
    template <class D, class V>                      \
    static HWY_INLINE V apply([[maybe_unused]] D d, V x) { \
      return expression;                             \
    }                                                \
  };
#define REFLOW_BINARY(Name, unroll, expression)      \
  struct Name {                                      \
    static constexpr int kUnroll = unroll;           \
    template <class D, class V>                      \
    static HWY_INLINE V apply([[maybe_unused]] D d, V a, V b) { \
      return expression;                             \
    }                                                \
  };

REFLOW_UNARY(NegOp, 4, Neg(x))
REFLOW_UNARY(AbsOp, 4, Abs(x))
REFLOW_UNARY(SignOp, 4, IfThenElse(Lt(Zero(d), x), constant(d, 1), IfThenElseZero(Lt(x, Zero(d)), constant(d, -1))))
REFLOW_UNARY(SquareOp, 4, Mul(x, x))
REFLOW_UNARY(GroupedSqrt, 2, safe_sqrt(d, x))
REFLOW_UNARY(GroupedRsqrt, 2, Div(constant(d, 1), safe_sqrt(d, x)))
REFLOW_UNARY(ReciprocalOp, 2, Div(constant(d, 1), x))
REFLOW_UNARY(Expm1Op, 1, safe_expm1(d, x))
REFLOW_UNARY(Log1pOp, 1, safe_log1p(d, x))
REFLOW_UNARY(TanhOp, 2, safe_tanh(d, x))
REFLOW_UNARY(ReluOp, 4, where_negative(d, x, Zero(d)))
REFLOW_UNARY(Relu6Op, 4, IfThenElse(Lt(constant(d, 6), x), constant(d, 6), where_negative(d, x, Zero(d))))
REFLOW_UNARY_AND_ALONE(ExpOp, 1, safe_exp(d, x), std::exp(x))
REFLOW_UNARY_AND_ALONE(LogOp, 1, safe_log(d, x), std::log(x))
REFLOW_UNARY_AND_ALONE(SigmoidOp, 2, logistic(d, x), x < -18 ? 0 : x > 18 ? 1 : 1 / (1 + std::exp(-x)))
REFLOW_UNARY_AND_ALONE(EluOp, 1, where_negative(d, x, below_zero(d, x)), x < 0 ? std::exp(x) - 1 : x)
REFLOW_UNARY_AND_ALONE(SeluOp, 1,
                       IfThenElse(Lt(x, Zero(d)), Mul(constant(d, kSeluScale* kSeluAlpha), below_zero(d, x)),
                                  Mul(constant(d, kSeluScale), x)),
                       x < 0 ? static_cast<float>(kSeluScale * kSeluAlpha) * (std::exp(x) - 1) : static_cast<float>(kSeluScale) * x)
REFLOW_UNARY_AND_ALONE(SoftplusOp, 1, softplus(d, x),
                       x > kSoftplusThreshold ? x : x < -kSoftplusThreshold ? std::exp(x) : std::log(std::exp(x) + 1))
REFLOW_UNARY(SoftsignOp, 2, Div(x, Add(constant(d, 1), Abs(x))))
REFLOW_UNARY(FloorOp, 4, hn::Floor(x))
REFLOW_UNARY(CeilOp, 4, hn::Ceil(x))
REFLOW_UNARY(RoundOp, 4, hn::Round(x))

REFLOW_BINARY(AddOp, 4, Add(a, b))
REFLOW_BINARY(SubOp, 4, Sub(a, b))
REFLOW_BINARY(MulOp, 4, Mul(a, b))
REFLOW_BINARY(DivOp, 2, Div(a, b))
REFLOW_BINARY(DivNoNanOp, 2, IfThenElse(Eq(b, Zero(d)), Zero(d), Div(a, b)))
REFLOW_BINARY(MulNoNanOp, 2, IfThenElse(Eq(b, Zero(d)), Zero(d), Mul(a, b)))
REFLOW_BINARY(MaximumOp, 4, IfThenElse(Lt(a, b), b, a))
REFLOW_BINARY(MinimumOp, 4, IfThenElse(Lt(b, a), b, a))
REFLOW_BINARY(SquaredDifferenceOp, 4, Mul(Sub(a, b), Sub(a, b)))
REFLOW_BINARY(EqualOp, 4, IfThenElseZero(Eq(a, b), constant(d, 1)))
REFLOW_BINARY(NotEqualOp, 4, hn::IfThenZeroElse(Eq(a, b), constant(d, 1)))
REFLOW_BINARY(LessOp, 4, IfThenElseZero(Lt(a, b), constant(d, 1)))
REFLOW_BINARY(LessEqualOp, 4, IfThenElseZero(hn::Le(a, b), constant(d, 1)))
REFLOW_BINARY(GreaterOp, 4, IfThenElseZero(Lt(b, a), constant(d, 1)))
REFLOW_BINARY(GreaterEqualOp, 4, IfThenElseZero(hn::Le(b, a), constant(d, 1)))

REFLOW_BINARY(SqrtGradOp, 2, Div(Mul(constant(d, 0.5), b), a))
REFLOW_BINARY(RsqrtGradOp, 2, Mul(Mul(Mul(constant(d, -0.5), b), a), Mul(a, a)))
REFLOW_BINARY(ReciprocalGradOp, 2, Mul(Neg(b), Mul(a, a)))
REFLOW_BINARY(TanhGradOp, 2, Mul(b, Sub(constant(d, 1), Mul(a, a))))
REFLOW_BINARY(SigmoidGradOp, 2, Mul(Mul(b, a), Sub(constant(d, 1), a)))

REFLOW_BINARY(ReluGradOp, 4, Mul(a, IfThenElseZero(Lt(Zero(d), b), constant(d, 1))))
REFLOW_BINARY(Relu6GradOp, 4,
              Mul(a, IfThenElseZero(hn::And(Lt(Zero(d), b), Lt(b, constant(d, 6))), constant(d, 1))))
REFLOW_BINARY(EluGradOp, 4, IfThenElse(Lt(b, Zero(d)), Mul(a, Add(b, constant(d, 1))), a))
REFLOW_BINARY(SeluGradOp, 4,
              Mul(a, IfThenElse(Lt(b, Zero(d)), Add(b, constant(d, kSeluScale* kSeluAlpha)), constant(d, kSeluScale))))
REFLOW_BINARY(SoftplusGradOp, 1, Div(a, Add(safe_exp(d, Neg(b)), constant(d, 1))))
REFLOW_BINARY(SoftsignGradOp, 2,
              Div(a, Mul(Add(constant(d, 1), Abs(b)), Add(constant(d, 1), Abs(b)))))
#undef REFLOW_UNARY
#undef REFLOW_UNARY_AND_ALONE
#undef REFLOW_BINARY

struct SqrtOp : GroupedSqrt {
  template <typename T>
  static T alone(T x) { return std::sqrt(x); }
};
struct RsqrtOp : GroupedRsqrt {
  template <typename T>
  static T alone(T x) { return T(1) / std::sqrt(x); }
};

// Fewer elements than a vector holds: masked accesses where they are cheap, else through a buffer. They touch no memory
// beyond the n elements.
#if HWY_TARGET <= HWY_AVX2
template <class D, typename T>
HWY_INLINE hn::Vec<D> load_tail(D d, const T* x, int64_t n) { return hn::MaskedLoad(hn::FirstN(d, n), d, x); }
template <class D, typename T>
HWY_INLINE void store_tail(D d, hn::Vec<D> v, T* y, int64_t n) { hn::BlendedStore(v, hn::FirstN(d, n), d, y); }
#else
template <class D, typename T>
HWY_INLINE hn::Vec<D> load_tail(D d, const T* x, int64_t n) {
  HWY_ALIGN T buffer[hn::MaxLanes(D())] = {};
  for (int64_t i = 0; i < n; ++i) buffer[i] = x[i];
  return hn::Load(d, buffer);
}
template <class D, typename T>
HWY_INLINE void store_tail(D d, hn::Vec<D> v, T* y, int64_t n) {
  HWY_ALIGN T buffer[hn::MaxLanes(D())];
  hn::Store(v, d, buffer);
  for (int64_t i = 0; i < n; ++i) y[i] = buffer[i];
}
#endif

template <class F, typename T>
void unary_loop(const T* x, T* y, int64_t n) {
  if constexpr (requires { F::alone(T()); }) {
    for (; n % kGroup != 0; --n) y[n - 1] = F::alone(x[n - 1]);
  }
  const hn::ScalableTag<T> d;
  const int64_t lanes = hn::Lanes(d);
  int64_t i = 0;
  if constexpr (F::kUnroll > 1) {
    for (; i + F::kUnroll * lanes <= n; i += F::kUnroll * lanes) {
      hn::Vec<decltype(d)> v[F::kUnroll];
      HWY_UNROLL(16)
      for (int u = 0; u < F::kUnroll; ++u) v[u] = F::apply(d, hn::LoadU(d, x + i + u * lanes));
      HWY_UNROLL(16)
      for (int u = 0; u < F::kUnroll; ++u) hn::StoreU(v[u], d, y + i + u * lanes);
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(F::apply(d, hn::LoadU(d, x + i)), d, y + i);
  if (i < n) store_tail(d, F::apply(d, load_tail(d, x + i, n - i)), y + i, n - i);
}

template <typename T>
void shifted_exp(const T* x, T m, T* y, int64_t n, T* sums) {
  const hn::CappedTag<T, kExpSums> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(d)), kVectors = kExpSums / kLanes;
  const V shift = Set(d, m);
  V sum[kVectors];
  HWY_UNROLL(16)
  for (int v = 0; v < kVectors; ++v) sum[v] = hn::LoadU(d, sums + v * kLanes);
  for (int64_t i = 0; i < n; i += kExpSums) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) {
      const V power = safe_exp(d, Sub(hn::LoadU(d, x + i + v * kLanes), shift));
      hn::StoreU(power, d, y + i + v * kLanes);
      sum[v] = Add(sum[v], power);
    }
  }
  HWY_UNROLL(16)
  for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, sums + v * kLanes);
}

template <class F, bool kAScalar, bool kBScalar, typename T>
HWY_INLINE void binary_steps(const T* a, const T* b, T* y, int64_t n) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const int64_t lanes = hn::Lanes(d);
  const V a0 = Set(d, *a), b0 = Set(d, *b);
  const auto load_a = [&](int64_t i) HWY_ATTR { return kAScalar ? a0 : hn::LoadU(d, a + i); };
  const auto load_b = [&](int64_t i) HWY_ATTR { return kBScalar ? b0 : hn::LoadU(d, b + i); };
  int64_t i = 0;
  if constexpr (F::kUnroll > 1) {
    for (; i + F::kUnroll * lanes <= n; i += F::kUnroll * lanes) {
      V v[F::kUnroll];
      HWY_UNROLL(16)
      for (int u = 0; u < F::kUnroll; ++u) v[u] = F::apply(d, load_a(i + u * lanes), load_b(i + u * lanes));
      HWY_UNROLL(16)
      for (int u = 0; u < F::kUnroll; ++u) hn::StoreU(v[u], d, y + i + u * lanes);
    }
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(F::apply(d, load_a(i), load_b(i)), d, y + i);
  if (i < n) {
    const V ta = kAScalar ? a0 : load_tail(d, a + i, n - i);
    const V tb = kBScalar ? b0 : load_tail(d, b + i, n - i);
    store_tail(d, F::apply(d, ta, tb), y + i, n - i);
  }
}

template <class F, typename T>
void binary_loop(const T* a, int64_t a_step, const T* b, int64_t b_step, T* y, int64_t n) {
  if (n <= 0) return;
  if (a_step == 0) {
    if (b_step == 0) {
      binary_steps<F, true, true>(a, b, y, n);
    } else {
      binary_steps<F, true, false>(a, b, y, n);
    }
  } else if (b_step == 0) {
    binary_steps<F, false, true>(a, b, y, n);
  } else {
    binary_steps<F, false, false>(a, b, y, n);
  }
}

template <typename T>
void pow_loop(const T* a, int64_t a_step, const T* b, int64_t b_step, T* y, int64_t n) {
  if (b_step == 0 && n > 0 && *b == T(2)) {  // which programs have most of all
    if (a_step == 1) return unary_loop<SquareOp, T>(a, y, n);
    std::fill_n(y, n, *a * *a);
    return;
  }
  for (int64_t i = 0; i < n; ++i) y[i] = std::pow(a[i * a_step], b[i * b_step]);
}

template <typename T>
UnaryFn<T> unary_of(VecOp op) {
  switch (op) {
    case VecOp::kNeg: return unary_loop<NegOp, T>;
    case VecOp::kAbs: return unary_loop<AbsOp, T>;
    case VecOp::kSign: return unary_loop<SignOp, T>;
    case VecOp::kSquare: return unary_loop<SquareOp, T>;
    case VecOp::kSqrt: return unary_loop<SqrtOp, T>;
    case VecOp::kRsqrt: return unary_loop<RsqrtOp, T>;
    case VecOp::kReciprocal: return unary_loop<ReciprocalOp, T>;
    case VecOp::kExp: return unary_loop<ExpOp, T>;
    case VecOp::kExpm1: return unary_loop<Expm1Op, T>;
    case VecOp::kLog: return unary_loop<LogOp, T>;
    case VecOp::kLog1p: return unary_loop<Log1pOp, T>;
    case VecOp::kTanh: return unary_loop<TanhOp, T>;
    case VecOp::kSigmoid: return unary_loop<SigmoidOp, T>;
    case VecOp::kRelu: return unary_loop<ReluOp, T>;
    case VecOp::kRelu6: return unary_loop<Relu6Op, T>;
    case VecOp::kElu: return unary_loop<EluOp, T>;
    case VecOp::kSelu: return unary_loop<SeluOp, T>;
    case VecOp::kSoftplus: return unary_loop<SoftplusOp, T>;
    case VecOp::kSoftsign: return unary_loop<SoftsignOp, T>;
    case VecOp::kFloor: return unary_loop<FloorOp, T>;
    case VecOp::kCeil: return unary_loop<CeilOp, T>;
    case VecOp::kRound: return unary_loop<RoundOp, T>;
    default: return nullptr;
  }
}

template <typename T>
BinaryFn<T> binary_of(VecOp op) {
  switch (op) {
    case VecOp::kAdd: return binary_loop<AddOp, T>;
    case VecOp::kSub: return binary_loop<SubOp, T>;
    case VecOp::kMul: return binary_loop<MulOp, T>;
    case VecOp::kDiv: return binary_loop<DivOp, T>;
    case VecOp::kDivNoNan: return binary_loop<DivNoNanOp, T>;
    case VecOp::kMulNoNan: return binary_loop<MulNoNanOp, T>;
    case VecOp::kMaximum: return binary_loop<MaximumOp, T>;
    case VecOp::kMinimum: return binary_loop<MinimumOp, T>;
    case VecOp::kSquaredDifference: return binary_loop<SquaredDifferenceOp, T>;
    case VecOp::kPow: return pow_loop<T>;
    case VecOp::kEqual: return binary_loop<EqualOp, T>;
    case VecOp::kNotEqual: return binary_loop<NotEqualOp, T>;
    case VecOp::kLess: return binary_loop<LessOp, T>;
    case VecOp::kLessEqual: return binary_loop<LessEqualOp, T>;
    case VecOp::kGreater: return binary_loop<GreaterOp, T>;
    case VecOp::kGreaterEqual: return binary_loop<GreaterEqualOp, T>;
    case VecOp::kSqrtGrad: return binary_loop<SqrtGradOp, T>;
    case VecOp::kRsqrtGrad: return binary_loop<RsqrtGradOp, T>;
    case VecOp::kReciprocalGrad: return binary_loop<ReciprocalGradOp, T>;
    case VecOp::kTanhGrad: return binary_loop<TanhGradOp, T>;
    case VecOp::kSigmoidGrad: return binary_loop<SigmoidGradOp, T>;
    case VecOp::kReluGrad: return binary_loop<ReluGradOp, T>;
    case VecOp::kRelu6Grad: return binary_loop<Relu6GradOp, T>;
    case VecOp::kEluGrad: return binary_loop<EluGradOp, T>;
    case VecOp::kSeluGrad: return binary_loop<SeluGradOp, T>;
    case VecOp::kSoftplusGrad: return binary_loop<SoftplusGradOp, T>;
    case VecOp::kSoftsignGrad: return binary_loop<SoftsignGradOp, T>;
    default: return nullptr;
  }
}

UnaryFn<float> find_unary_f32(VecOp op) { return unary_of<float>(op); }
UnaryFn<double> find_unary_f64(VecOp op) { return unary_of<double>(op); }
BinaryFn<float> find_binary_f32(VecOp op) { return binary_of<float>(op); }
BinaryFn<double> find_binary_f64(VecOp op) { return binary_of<double>(op); }

void shifted_exp_f32(const float* x, float m, float* y, int64_t n, float* sums) { shifted_exp(x, m, y, n, sums); }
void shifted_exp_f64(const double* x, double m, double* y, int64_t n, double* sums) { shifted_exp(x, m, y, n, sums); }

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(find_unary_f32);
HWY_EXPORT(find_unary_f64);
HWY_EXPORT(find_binary_f32);
HWY_EXPORT(find_binary_f64);
HWY_EXPORT(shifted_exp_f32);
HWY_EXPORT(shifted_exp_f64);
}  // namespace

UnaryFn<float> unary_f32(VecOp op) { return HWY_DYNAMIC_DISPATCH(find_unary_f32)(op); }
UnaryFn<double> unary_f64(VecOp op) { return HWY_DYNAMIC_DISPATCH(find_unary_f64)(op); }
BinaryFn<float> binary_f32(VecOp op) { return HWY_DYNAMIC_DISPATCH(find_binary_f32)(op); }
BinaryFn<double> binary_f64(VecOp op) { return HWY_DYNAMIC_DISPATCH(find_binary_f64)(op); }
void shifted_exp(const float* x, float m, float* y, int64_t n, float* sums) {
  HWY_DYNAMIC_DISPATCH(shifted_exp_f32)(x, m, y, n, sums);
}
void shifted_exp(const double* x, double m, double* y, int64_t n, double* sums) {
  HWY_DYNAMIC_DISPATCH(shifted_exp_f64)(x, m, y, n, sums);
}

double cost_ns(VecOp op) {
  switch (op) {
    case VecOp::kPow: return 12;
    case VecOp::kExp: case VecOp::kExpm1: case VecOp::kLog: case VecOp::kLog1p: case VecOp::kTanh:
    case VecOp::kSigmoid: case VecOp::kElu: case VecOp::kSelu: case VecOp::kSoftplusGrad: return 0.7;
    case VecOp::kSoftplus: return 1.5;
    case VecOp::kSqrt: case VecOp::kRsqrt: case VecOp::kReciprocal: case VecOp::kDiv: case VecOp::kDivNoNan:
    case VecOp::kSoftsign: case VecOp::kSoftsignGrad: case VecOp::kSqrtGrad: return 0.3;
    default: return 0.15;
  }
}

}  // namespace reflow::op
#endif  // HWY_ONCE
