#include "reflow/op/vector_ternary.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/vector_ternary.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

template <TernaryOp kOp, class V>
HWY_INLINE V apply(V a, V b, V c) {
  if constexpr (kOp == TernaryOp::kMulAdd) return hn::Add(hn::Mul(a, b), c);
  if constexpr (kOp == TernaryOp::kMulSub) return hn::Sub(hn::Mul(a, b), c);
  if constexpr (kOp == TernaryOp::kMulSubFrom) return hn::Sub(c, hn::Mul(a, b));
  if constexpr (kOp == TernaryOp::kAddMul) return hn::Mul(hn::Add(a, b), c);
  if constexpr (kOp == TernaryOp::kSubMul) return hn::Mul(hn::Sub(a, b), c);
}

template <TernaryOp kOp, bool kA, bool kB, bool kC>
void loop(const float* a, const float* b, const float* c, float* y, int64_t n) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> d1;
  using V = hn::Vec<decltype(d)>;
  const int64_t lanes = hn::Lanes(d);
  const V a0 = hn::Set(d, *a), b0 = hn::Set(d, *b), c0 = hn::Set(d, *c);
  const auto at = [&](int64_t i) HWY_ATTR {
    return apply<kOp>(kA ? hn::LoadU(d, a + i) : a0, kB ? hn::LoadU(d, b + i) : b0, kC ? hn::LoadU(d, c + i) : c0);
  };
  int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    const V v0 = at(i), v1 = at(i + lanes), v2 = at(i + 2 * lanes), v3 = at(i + 3 * lanes);
    hn::StoreU(v0, d, y + i);
    hn::StoreU(v1, d, y + i + lanes);
    hn::StoreU(v2, d, y + i + 2 * lanes);
    hn::StoreU(v3, d, y + i + 3 * lanes);
  }
  for (; i + lanes <= n; i += lanes) hn::StoreU(at(i), d, y + i);
  for (; i < n; ++i) {
    hn::StoreU(apply<kOp>(hn::Set(d1, a[kA ? i : 0]), hn::Set(d1, b[kB ? i : 0]), hn::Set(d1, c[kC ? i : 0])), d1, y + i);
  }
}

template <TernaryOp kOp>
void run(const float* a, int64_t a_step, const float* b, int64_t b_step, const float* c, int64_t c_step, float* y, int64_t n) {
  switch ((a_step ? 4 : 0) + (b_step ? 2 : 0) + (c_step ? 1 : 0)) {
    case 0: return loop<kOp, false, false, false>(a, b, c, y, n);
    case 1: return loop<kOp, false, false, true>(a, b, c, y, n);
    case 2: return loop<kOp, false, true, false>(a, b, c, y, n);
    case 3: return loop<kOp, false, true, true>(a, b, c, y, n);
    case 4: return loop<kOp, true, false, false>(a, b, c, y, n);
    case 5: return loop<kOp, true, false, true>(a, b, c, y, n);
    case 6: return loop<kOp, true, true, false>(a, b, c, y, n);
    default: return loop<kOp, true, true, true>(a, b, c, y, n);
  }
}

TernaryFn find(TernaryOp op) {
  switch (op) {
    case TernaryOp::kMulAdd: return run<TernaryOp::kMulAdd>;
    case TernaryOp::kMulSub: return run<TernaryOp::kMulSub>;
    case TernaryOp::kMulSubFrom: return run<TernaryOp::kMulSubFrom>;
    case TernaryOp::kAddMul: return run<TernaryOp::kAddMul>;
    case TernaryOp::kSubMul: return run<TernaryOp::kSubMul>;
    default: return nullptr;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(find);
}  // namespace

TernaryFn ternary_f32(TernaryOp op) { return HWY_DYNAMIC_DISPATCH(find)(op); }

}  // namespace reflow::op
#endif  // HWY_ONCE
