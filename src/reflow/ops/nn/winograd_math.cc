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

// Of the values at six points, that image_values gives, the first three or the others.
template <int kHalf>
HWY_INLINE void half_of_image_values(const V* d, V* t) {
  if constexpr (kHalf == 0) {
    const V even = plus_times(d[4], -4, d[2]), odd = plus_times(d[3], -4, d[1]);
    t[0] = plus_times(plus_times(d[4], -5, d[2]), 4, d[0]);
    t[1] = hn::Add(even, odd);
    t[2] = hn::Sub(even, odd);
  } else {
    const V even2 = hn::Sub(d[4], d[2]), odd2 = times(2, hn::Sub(d[3], d[1]));
    t[0] = hn::Add(even2, odd2);
    t[1] = hn::Sub(even2, odd2);
    t[2] = plus_times(plus_times(d[5], -5, d[3]), 4, d[1]);
  }
}

// The polynomial that is 0 at all points but one, of elements d: its value is that of the tile at this point.
template <int kPoints>
HWY_INLINE void image_values(const V* d, V* t) {
  if constexpr (kPoints == 6) {
    half_of_image_values<0>(d, t);
    half_of_image_values<1>(d, t + 3);
  } else {
    const V even = plus_times(hn::Add(d[2], d[6]), -4.25f, d[4]), odd = plus_times(hn::Add(d[1], d[5]), -4.25f, d[3]);
    const V even2 = plus_times(plus_times(d[6], 0.25f, d[2]), -1.25f, d[4]);
    const V odd2 = plus_times(plus_times(times(2, d[5]), 0.5f, d[1]), -2.5f, d[3]);
    const V even3 = plus_times(plus_times(d[6], 4, d[2]), -5, d[4]);
    const V odd3 = plus_times(plus_times(times(2, d[1]), 0.5f, d[5]), -2.5f, d[3]);
    t[0] = plus_times(hn::Sub(d[0], d[6]), 5.25f, hn::Sub(d[4], d[2]));
    t[1] = hn::Add(even, odd);
    t[2] = hn::Sub(even, odd);
    t[3] = hn::Add(even2, odd2);
    t[4] = hn::Sub(even2, odd2);
    t[5] = hn::Add(even3, odd3);
    t[6] = hn::Sub(even3, odd3);
    t[7] = plus_times(hn::Sub(d[7], d[1]), 5.25f, hn::Sub(d[3], d[5]));
  }
}

// g(x) = g[0] + g[1] x + ... at x and -x: its even and its odd part.
template <int kTaps>
HWY_INLINE void parts_at(const V* g, float x, V* even, V* odd) {
  *even = g[0], *odd = times(x, g[1]);
  if constexpr (kTaps > 2) *even = plus_times(*even, x * x, g[2]);
  if constexpr (kTaps > 3) *odd = plus_times(*odd, x * x * x, g[3]);
  if constexpr (kTaps > 4) *even = plus_times(*even, x * x * x * x, g[4]);
}

// Divided by what image_values has too much of: the product of the point's distances from all others.
template <int kPoints, int kTaps>
HWY_INLINE void filter_values(const V* g, V* t) {
  const auto pair = [&](float x, float factor, V* at) HWY_ATTR {
    V even, odd;
    parts_at<kTaps>(g, x, &even, &odd);
    at[0] = times(factor, hn::Add(even, odd));
    at[1] = times(factor, hn::Sub(even, odd));
  };
  if constexpr (kPoints == 6) {
    t[0] = times(1.0f / 4, g[0]);
    pair(1, -1.0f / 6, t + 1);
    pair(2, 1.0f / 24, t + 3);
  } else {
    t[0] = g[0];
    pair(1, -2.0f / 9, t + 1);
    pair(2, 1.0f / 90, t + 3);
    pair(0.5f, 32.0f / 45, t + 5);
  }
  t[kPoints - 1] = g[kTaps - 1];
}

// Of what output_values gives for six points, every second output, from output kFirst on.
template <int kOutputs, int kFirst>
HWY_INLINE void half_of_output_values(const V* t, V* y) {
  const V near = kFirst == 0 ? hn::Add(t[1], t[2]) : hn::Sub(t[1], t[2]);
  const V far = kFirst == 0 ? hn::Add(t[3], t[4]) : hn::Sub(t[3], t[4]);
#pragma GCC unroll 3
  for (int k = kFirst; k < kOutputs; k += 2) {
    V& out = y[k / 2];
    out = k == 0 ? hn::Add(t[0], hn::Add(near, far)) : plus_times(near, static_cast<float>(1 << k), far);
    if (k == kOutputs - 1) out = hn::Add(out, t[5]);
  }
}

template <int kPoints, int kOutputs>
HWY_INLINE void output_values(const V* t, V* y) {
  const V even = hn::Add(t[1], t[2]), odd = hn::Sub(t[1], t[2]), even2 = hn::Add(t[3], t[4]), odd2 = hn::Sub(t[3], t[4]);
  y[0] = hn::Add(t[0], hn::Add(even, even2));
  y[1] = plus_times(odd, 2, odd2);
  if constexpr (kOutputs > 2) y[2] = plus_times(even, 4, even2);
  if constexpr (kOutputs > 3) y[3] = plus_times(odd, 8, odd2);
  if constexpr (kOutputs > 4) y[4] = plus_times(even, 16, even2);
  if constexpr (kPoints == 8) {
    const V even3 = hn::Add(t[5], t[6]), odd3 = hn::Sub(t[5], t[6]);
    y[0] = hn::Add(y[0], even3);
    y[1] = plus_times(y[1], 1.0f / 2, odd3);
    if constexpr (kOutputs > 2) y[2] = plus_times(y[2], 1.0f / 4, even3);
    if constexpr (kOutputs > 3) y[3] = plus_times(y[3], 1.0f / 8, odd3);
    if constexpr (kOutputs > 4) y[4] = plus_times(y[4], 1.0f / 16, even3);
  }
  y[kOutputs - 1] = hn::Add(y[kOutputs - 1], t[kPoints - 1]);
}

// With 32 registers half of the values of a tile stay in these between the two dimensions: reading the tile twice takes less
// than to write what is in between and read it.
constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3;

template <int kHalf>
HWY_INLINE void image_half(const float* const* from, int64_t c, float* to, int64_t stride) {
  const D d;
  V rows[3][6];
#pragma GCC unroll 6
  for (int j = 0; j < 6; ++j) {
    V x[6], t[3];
#pragma GCC unroll 6
    for (int i = 0; i < 6; ++i) x[i] = hn::LoadU(d, from[i * 6 + j] + c);
    half_of_image_values<kHalf>(x, t);
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) rows[i][j] = t[i];
  }
#pragma GCC unroll 3
  for (int i = 0; i < 3; ++i) {
    V t[6];
    image_values<6>(rows[i], t);
    float* const row = to + (3 * kHalf + i) * 6 * stride + c;
#pragma GCC unroll 6
    for (int j = 0; j < 6; ++j) hn::StoreU(t[j], d, row + j * stride);
  }
}

template <int kPoints>
void image(const float* const* from, int64_t channels, float* to, int64_t stride) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  if constexpr (kPoints == 6 && kManyRegisters) {
    for (int64_t c = 0; c < channels; c += lanes) {
      image_half<0>(from, c, to, stride);
      image_half<1>(from, c, to, stride);
    }
    return;
  }
  for (int64_t c = 0; c < channels; c += lanes) {
    HWY_ALIGN float columns[kPoints][kPoints * kPanel];
    for (int j = 0; j < kPoints; ++j) {
      V x[kPoints], t[kPoints];
#pragma GCC unroll 8
      for (int i = 0; i < kPoints; ++i) x[i] = hn::LoadU(d, from[i * kPoints + j] + c);
      image_values<kPoints>(x, t);
#pragma GCC unroll 8
      for (int i = 0; i < kPoints; ++i) hn::Store(t[i], d, columns[i] + j * kPanel);
    }
    for (int i = 0; i < kPoints; ++i) {
      V x[kPoints], t[kPoints];
#pragma GCC unroll 8
      for (int j = 0; j < kPoints; ++j) x[j] = hn::Load(d, columns[i] + j * kPanel);
      image_values<kPoints>(x, t);
      float* const row = to + i * kPoints * stride + c;
#pragma GCC unroll 8
      for (int j = 0; j < kPoints; ++j) hn::StoreU(t[j], d, row + j * stride);
    }
  }
}

template <int kPoints, int kTaps>
void filter(const float* const* from, int64_t channels, float* to, int64_t stride) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  for (int64_t c = 0; c < channels; c += lanes) {
    HWY_ALIGN float columns[kPoints][kTaps * kPanel];
    for (int j = 0; j < kTaps; ++j) {
      V g[kTaps], t[kPoints];
#pragma GCC unroll 8
      for (int i = 0; i < kTaps; ++i) g[i] = hn::LoadU(d, from[i * kTaps + j] + c);
      filter_values<kPoints, kTaps>(g, t);
#pragma GCC unroll 8
      for (int i = 0; i < kPoints; ++i) hn::Store(t[i], d, columns[i] + j * kPanel);
    }
    for (int i = 0; i < kPoints; ++i) {
      V g[kTaps], t[kPoints];
#pragma GCC unroll 8
      for (int j = 0; j < kTaps; ++j) g[j] = hn::Load(d, columns[i] + j * kPanel);
      filter_values<kPoints, kTaps>(g, t);
      float* const row = to + i * kPoints * stride + c;
#pragma GCC unroll 8
      for (int j = 0; j < kPoints; ++j) hn::StoreU(t[j], d, row + j * stride);
    }
  }
}

// What belongs to a channel is added, and Relu applied, as its kernel does: what isn't below 0 stays, NaN too.
HWY_INLINE V finished(V value, const float* bias, V add, bool relu) {
  if (bias != nullptr) value = hn::Add(value, add);
  return relu ? hn::IfThenElse(hn::Lt(value, hn::Zero(D())), hn::Zero(D()), value) : value;
}

template <int kOutputs, int kFirst>
HWY_INLINE void output_half(const float* from, int64_t stride, int64_t c, const float* bias, bool relu, float* const* to) {
  const D d;
  constexpr int kRows = (kOutputs + 1 - kFirst) / 2;
  V rows[kRows][6];
#pragma GCC unroll 6
  for (int j = 0; j < 6; ++j) {
    V t[6], y[kRows];
#pragma GCC unroll 6
    for (int i = 0; i < 6; ++i) t[i] = hn::LoadU(d, from + (i * 6 + j) * stride + c);
    half_of_output_values<kOutputs, kFirst>(t, y);
#pragma GCC unroll 3
    for (int r = 0; r < kRows; ++r) rows[r][j] = y[r];
  }
  const V add = bias != nullptr ? hn::LoadU(d, bias + c) : hn::Zero(d);
#pragma GCC unroll 3
  for (int r = 0; r < kRows; ++r) {
    V y[kOutputs];
    output_values<6, kOutputs>(rows[r], y);
#pragma GCC unroll 8
    for (int j = 0; j < kOutputs; ++j) hn::StoreU(finished(y[j], bias, add, relu), d, to[(kFirst + 2 * r) * kOutputs + j] + c);
  }
}

template <int kPoints, int kOutputs>
void output(const float* from, int64_t stride, int64_t channels, const float* bias, bool relu, float* const* to) {
  const D d;
  const int64_t lanes = hn::Lanes(d);
  if constexpr (kPoints == 6 && kManyRegisters) {
    for (int64_t c = 0; c < channels; c += lanes) {
      output_half<kOutputs, 0>(from, stride, c, bias, relu, to);
      output_half<kOutputs, 1>(from, stride, c, bias, relu, to);
    }
    return;
  }
  for (int64_t c = 0; c < channels; c += lanes) {
    HWY_ALIGN float columns[kOutputs][kPoints * kPanel];
    for (int j = 0; j < kPoints; ++j) {
      V t[kPoints], y[kOutputs];
#pragma GCC unroll 8
      for (int i = 0; i < kPoints; ++i) t[i] = hn::LoadU(d, from + (i * kPoints + j) * stride + c);
      output_values<kPoints, kOutputs>(t, y);
#pragma GCC unroll 8
      for (int i = 0; i < kOutputs; ++i) hn::Store(y[i], d, columns[i] + j * kPanel);
    }
    const V add = bias != nullptr ? hn::LoadU(d, bias + c) : hn::Zero(d);
    for (int i = 0; i < kOutputs; ++i) {
      V t[kPoints], y[kOutputs];
#pragma GCC unroll 8
      for (int j = 0; j < kPoints; ++j) t[j] = hn::Load(d, columns[i] + j * kPanel);
      output_values<kPoints, kOutputs>(t, y);
#pragma GCC unroll 8
      for (int j = 0; j < kOutputs; ++j) hn::StoreU(finished(y[j], bias, add, relu), d, to[i * kOutputs + j] + c);
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
  // What is left: four rows still have as many sums in flight as a multiply-add takes cycles.
  if constexpr (kMost > 4) {
    for (; r + 4 <= rows; r += 4) {
      product_rows<4, kVectors>(a + r * row_stride, row_stride, k_stride, k, b, c + r * c_stride, c_stride, accumulate);
    }
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

Math find6() {
  Math m = {};
  m.image = image<6>;
  m.filter[2] = filter<6, 2>, m.filter[3] = filter<6, 3>, m.filter[4] = filter<6, 4>, m.filter[5] = filter<6, 5>;
  m.output[2] = output<6, 2>, m.output[3] = output<6, 3>, m.output[4] = output<6, 4>, m.output[5] = output<6, 5>;
  m.product = product;
  return m;
}

Math find8() {
  Math m = {};
  m.image = image<8>;
  m.filter[4] = filter<8, 4>, m.filter[5] = filter<8, 5>;
  m.output[4] = output<8, 4>, m.output[5] = output<8, 5>;
  m.product = product;
  return m;
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::ops::winograd
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::ops::winograd {
namespace {
HWY_EXPORT(find6);
HWY_EXPORT(find8);
}  // namespace

const Math& math(int points) {
  static const Math kSix = HWY_DYNAMIC_DISPATCH(find6)(), kEight = HWY_DYNAMIC_DISPATCH(find8)();
  return points == 6 ? kSix : kEight;
}

}  // namespace reflow::ops::winograd
#endif  // HWY_ONCE
