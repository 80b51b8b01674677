#include "reflow/op/vector_trigonometry.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/vector_trigonometry.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>

#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Beyond, the vector functions reduce their argument too coarsely; NaN is beyond too.
constexpr float kLargest = 8192;

template <bool kSine>
void loop(const float* x, float* y, int64_t n) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = hn::Lanes(d);
  HWY_ALIGN float values[hn::MaxLanes(d)], results[hn::MaxLanes(d)];
  for (int64_t i = 0; i < n; i += lanes) {
    const int64_t count = std::min(lanes, n - i);
    auto v = hn::Zero(d);
    if (count == lanes) {
      v = hn::LoadU(d, x + i);
    } else {
      std::fill_n(values, lanes, 0.0f);
      std::copy_n(x + i, count, values);
      v = hn::Load(d, values);
    }
    if (!hn::AllTrue(d, hn::Lt(hn::Abs(v), hn::Set(d, kLargest)))) {
      for (int64_t j = i; j < i + count; ++j) y[j] = kSine ? std::sin(x[j]) : std::cos(x[j]);
      continue;
    }
    const auto result = kSine ? hn::CallSin(d, v) : hn::CallCos(d, v);
    if (count == lanes) {
      hn::StoreU(result, d, y + i);
    } else {
      hn::Store(result, d, results);
      std::copy_n(results, count, y + i);
    }
  }
}

void sines(const float* x, float* y, int64_t n) { loop<true>(x, y, n); }
void cosines(const float* x, float* y, int64_t n) { loop<false>(x, y, n); }

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(sines);
HWY_EXPORT(cosines);
}  // namespace

void sin_f32(const float* x, float* y, int64_t n) { HWY_DYNAMIC_DISPATCH(sines)(x, y, n); }
void cos_f32(const float* x, float* y, int64_t n) { HWY_DYNAMIC_DISPATCH(cosines)(x, y, n); }

}  // namespace reflow::op
#endif  // HWY_ONCE
