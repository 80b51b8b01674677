#include "winograd_math.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/ops/nn/winograd_math.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace reflow::ops::winograd {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kPanel>;
using V = hn::Vec<D>;

HWY_INLINE V times(float factor, V v) { return hn::Mul(hn::Set(D(), factor), v); }
HWY_INLINE V plus_times(V sum, float factor, V v) { return hn::MulAdd(hn::Set(D(), factor), v, sum); }

HWY_INLINE void image_values(const V d0, const V d1, const V d2, const V d3, const V d4, const V d5, V* t) {
  const V even = plus_times(d4, -4, d2), odd = plus_times(d3, -4, d1);
  const V even2 = hn::Sub(d4, d2), odd2 = times(2, hn::Sub(d3, d1));
  t[0] = plus_times(plus_times(d4, -5, d2), 4, d0);
  t[1] = hn::Add(even, odd);
  t[2] = hn::Sub(even, odd);
  t[3] = hn::Add(even2, odd2);
  t[4] = hn::Sub(even2, odd2);
  t[5] = plus_times(plus_times(d5, -5, d3), 4, d1);
}

template <int kTaps>
HWY_INLINE void filter_values(const V* g, V* t) {
  V even = g[0], odd = g[1], even2 = g[0], odd2 = times(2, g[1]);
  if constexpr (kTaps > 2) even = hn::Add(even, g[2]), even2 = plus_times(even2, 4, g[2]);
  if constexpr (kTaps > 3) odd = hn::Add(odd, g[3]), odd2 = plus_times(odd2, 8, g[3]);
  if constexpr (kTaps > 4) even = hn::Add(even, g[4]), even2 = plus_times(even2, 16, g[4]);
  t[0] = times(1.0f / 4, g[0]);
  t[1] = times(-1.0f / 6, hn::Add(even, odd));
  t[2] = times(-1.0f / 6, hn::Sub(even, odd));
  t[3] = times(1.0f / 24, hn::Add(even2, odd2));
  t[4] = times(1.0f / 24, hn::Sub(even2, odd2));
  t[5] = g[kTaps - 1];
}

template <int kOutputs>
HWY_INLINE void output_values(const V t0, const V t1, const V t2, const V t3, const V t4, const V t5, V* y) {
  const V even = hn::Add(t1, t2), odd = hn::Sub(t1, t2), even2 = hn::Add(t3, t4), odd2 = hn::Sub(t3, t4);
  y[0] = hn::Add(t0, hn::Add(even, even2));
  y[1] = plus_times(odd, 2, odd2);
  if constexpr (kOutputs > 2) y[2] = plus_times(even, 4, even2);
  if constexpr (kOutputs > 3) y[3] = plus_times(odd, 8, odd2);
  if constexpr (kOutputs > 4) y[4] = plus_times(even, 16, even2);
  y[kOutputs - 1] = hn::Add(y[kOutputs - 1], t5);
}

void image(const float* const* from, int64_t channels, float* to, int64_t stride) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  for (int64_t c = 0; c < channels; c += lanes) {
    HWY_ALIGN float columns[kPoints][kPoints * kPanel];
    for (int j = 0; j < kPoints; ++j) {
      const auto at = [&](int i) HWY_ATTR { return hn::LoadU(d, from[i * kPoints + j] + c); };
      V t[kPoints];
      image_values(at(0), at(1), at(2), at(3), at(4), at(5), t);
#pragma GCC unroll 6
      for (int i = 0; i < kPoints; ++i) hn::Store(t[i], d, columns[i] + j * kPanel);
    }
    for (int i = 0; i < kPoints; ++i) {
      const auto at = [&](int j) HWY_ATTR { return hn::Load(d, columns[i] + j * kPanel); };
      V t[kPoints];
      image_values(at(0), at(1), at(2), at(3), at(4), at(5), t);
      float* const row = to + i * kPoints * stride + c;
#pragma GCC unroll 6
      for (int j = 0; j < kPoints; ++j) hn::StoreU(t[j], d, row + j * stride);
    }
  }
}

template <int kTaps>
void filter(const float* const* from, int64_t channels, float* to, int64_t stride) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  for (int64_t c = 0; c < channels; c += lanes) {
    HWY_ALIGN float columns[kPoints][kTaps * kPanel];
    for (int j = 0; j < kTaps; ++j) {
      V g[kTaps], t[kPoints];
#pragma GCC unroll 6
      for (int i = 0; i < kTaps; ++i) g[i] = hn::LoadU(d, from[i * kTaps + j] + c);
      filter_values<kTaps>(g, t);
#pragma GCC unroll 6
      for (int i = 0; i < kPoints; ++i) hn::Store(t[i], d, columns[i] + j * kPanel);
    }
    for (int i = 0; i < kPoints; ++i) {
      V g[kTaps], t[kPoints];
#pragma GCC unroll 6
      for (int j = 0; j < kTaps; ++j) g[j] = hn::Load(d, columns[i] + j * kPanel);
      filter_values<kTaps>(g, t);
      float* const row = to + i * kPoints * stride + c;
#pragma GCC unroll 6
      for (int j = 0; j < kPoints; ++j) hn::StoreU(t[j], d, row + j * stride);
    }
  }
}

template <int kOutputs>
void output(const float* from, int64_t stride, int64_t channels, const float* bias, bool relu, float* const* to) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  const V zero = hn::Zero(d);
  for (int64_t c = 0; c < channels; c += lanes) {
    HWY_ALIGN float columns[kOutputs][kPoints * kPanel];
    for (int j = 0; j < kPoints; ++j) {
      const auto at = [&](int i) HWY_ATTR { return hn::LoadU(d, from + (i * kPoints + j) * stride + c); };
      V y[kOutputs];
      output_values<kOutputs>(at(0), at(1), at(2), at(3), at(4), at(5), y);
#pragma GCC unroll 6
      for (int i = 0; i < kOutputs; ++i) hn::Store(y[i], d, columns[i] + j * kPanel);
    }
    const V add = bias != nullptr ? hn::LoadU(d, bias + c) : zero;
    for (int i = 0; i < kOutputs; ++i) {
      const auto at = [&](int j) HWY_ATTR { return hn::Load(d, columns[i] + j * kPanel); };
      V y[kOutputs];
      output_values<kOutputs>(at(0), at(1), at(2), at(3), at(4), at(5), y);
#pragma GCC unroll 6
      for (int j = 0; j < kOutputs; ++j) {
        V value = bias != nullptr ? hn::Add(y[j], add) : y[j];
        // As Relu's kernel: what isn't below 0 stays, NaN too.
        if (relu) value = hn::IfThenElse(hn::Lt(value, zero), zero, value);
        hn::StoreU(value, d, to[i * kOutputs + j] + c);
      }
    }
  }
}

template <int kRows, int kVectors>
HWY_INLINE void product_rows(const float* a, int64_t row_stride, int64_t k_stride, int64_t k, const float* b, float* c,
                             int64_t c_stride, bool accumulate) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  V sums[kRows][kVectors];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = accumulate ? hn::LoadU(d, c + r * c_stride + v * lanes) : hn::Zero(d);
  }
  for (int64_t p = 0; p < k; ++p) {
    V row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) row[v] = hn::LoadU(d, b + p * kPanel + v * lanes);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const V factor = hn::Set(d, a[r * row_stride + p * k_stride]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(factor, row[v], sums[r][v]);
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sums[r][v], d, c + r * c_stride + v * lanes);
  }
}

template <int kVectors>
void product_panel(const float* a, int64_t row_stride, int64_t k_stride, int64_t rows, int64_t k, const float* b, float* c,
                   int64_t c_stride, bool accumulate) {
  constexpr int kMost = kVectors == 1 ? 12 : kVectors == 2 ? 6 : 3;  // so many sums as registers hold
  int64_t r = 0;
  for (; r + kMost <= rows; r += kMost) {
    product_rows<kMost, kVectors>(a + r * row_stride, row_stride, k_stride, k, b, c + r * c_stride, c_stride, accumulate);
  }
  for (; r + 2 <= rows; r += 2) {
    product_rows<2, kVectors>(a + r * row_stride, row_stride, k_stride, k, b, c + r * c_stride, c_stride, accumulate);
  }
  if (r < rows) {
    product_rows<1, kVectors>(a + r * row_stride, row_stride, k_stride, k, b, c + r * c_stride, c_stride, accumulate);
  }
}

void product(const float* a, int64_t row_stride, int64_t k_stride, int64_t rows, int64_t k, const float* b, float* c,
             int64_t c_stride, bool accumulate) {
  // Lanes() is a constant where the size of vectors is one.
  switch (kPanel / hn::Lanes(D())) {
    case 1: return product_panel<1>(a, row_stride, k_stride, rows, k, b, c, c_stride, accumulate);
    case 2: return product_panel<2>(a, row_stride, k_stride, rows, k, b, c, c_stride, accumulate);
    default: return product_panel<4>(a, row_stride, k_stride, rows, k, b, c, c_stride, accumulate);
  }
}

Math find() {
  Math m = {};
  m.image = image;
  m.filter[2] = filter<2>, m.filter[3] = filter<3>, m.filter[4] = filter<4>, m.filter[5] = filter<5>;
  m.output[2] = output<2>, m.output[3] = output<3>, m.output[4] = output<4>, m.output[5] = output<5>;
  m.product = product;
  return m;
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::ops::winograd
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::ops::winograd {
namespace {
HWY_EXPORT(find);
}  // namespace

const Math& math() {
  static const Math kMath = HWY_DYNAMIC_DISPATCH(find)();
  return kMath;
}

}  // namespace reflow::ops::winograd
#endif  // HWY_ONCE
