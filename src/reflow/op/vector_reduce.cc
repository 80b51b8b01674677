#include "reflow/op/vector_reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/vector_reduce.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::ScalableTag<float>;
using Vec = hn::Vec<Tag>;

// How elements are folded: `start` changes nothing, `step` takes in one or two elements, `merge` joins two results.
struct Sum {
  static constexpr float kStart = 0;
  static HWY_INLINE Vec merge(Vec a, Vec b) { return hn::Add(a, b); }
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec) { return hn::Add(acc, x); }
  static float merge_scalars(float a, float b) { return a + b; }
};
struct AbsSum : Sum {
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec) { return hn::Add(acc, hn::Abs(x)); }
};
struct SquaredSum : Sum {
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec) { return hn::MulAdd(x, x, acc); }
};
struct Dot : Sum {
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec y) { return hn::MulAdd(x, y, acc); }
};
struct Product {
  static constexpr float kStart = 1;
  static HWY_INLINE Vec merge(Vec a, Vec b) { return hn::Mul(a, b); }
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec) { return hn::Mul(acc, x); }
  static float merge_scalars(float a, float b) { return a * b; }
};
struct Maximum {
  static constexpr float kStart = -std::numeric_limits<float>::infinity();
  static HWY_INLINE Vec merge(Vec a, Vec b) { return hn::IfThenElse(hn::Lt(a, b), b, a); }
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec) { return merge(acc, x); }
  static float merge_scalars(float a, float b) { return a < b ? b : a; }
};
struct Minimum {
  static constexpr float kStart = std::numeric_limits<float>::infinity();
  static HWY_INLINE Vec merge(Vec a, Vec b) { return hn::IfThenElse(hn::Lt(b, a), b, a); }
  static HWY_INLINE Vec step(Vec acc, Vec x, Vec) { return merge(acc, x); }
  static float merge_scalars(float a, float b) { return b < a ? b : a; }
};

template <class F>
float fold_lanes(Vec v) {
  const Tag d;
  HWY_ALIGN float lanes[hn::MaxLanes(Tag())];
  hn::Store(v, d, lanes);
  size_t n = hn::Lanes(d);
  for (; n > 1; n /= 2) {
    for (size_t i = 0; i < n / 2; ++i) lanes[i] = F::merge_scalars(lanes[i], lanes[i + n / 2]);
  }
  return lanes[0];
}

// The last elements of a range, fewer than a vector; what is missing is `fill`.
HWY_INLINE Vec load_rest(const float* x, int64_t n, float fill) {
  const Tag d;
#if HWY_TARGET <= HWY_AVX2
  const auto mask = hn::FirstN(d, n);
  return hn::IfThenElse(mask, hn::MaskedLoad(mask, d, x), hn::Set(d, fill));
#else
  HWY_ALIGN float buffer[hn::MaxLanes(Tag())];
  for (size_t i = 0; i < hn::Lanes(d); ++i) buffer[i] = static_cast<int64_t>(i) < n ? x[i] : fill;
  return hn::Load(d, buffer);
#endif
}

constexpr int kAccumulators = 4;
constexpr int64_t kBlockSize = 4096;

template <class F>
HWY_INLINE Vec fold_block(const float* x, const float* y, int64_t n) {
  const Tag d;
  const int64_t lanes = hn::Lanes(d);
  Vec acc[kAccumulators];
  HWY_UNROLL(16)
  for (int u = 0; u < kAccumulators; ++u) acc[u] = hn::Set(d, F::kStart);
  int64_t i = 0;
  for (; i + kAccumulators * lanes <= n; i += kAccumulators * lanes) {
    HWY_UNROLL(16)
    for (int u = 0; u < kAccumulators; ++u) {
      acc[u] = F::step(acc[u], hn::LoadU(d, x + i + u * lanes), hn::LoadU(d, y + i + u * lanes));
    }
  }
  for (; i + lanes <= n; i += lanes) acc[0] = F::step(acc[0], hn::LoadU(d, x + i), hn::LoadU(d, y + i));
  if (i < n) acc[1] = F::step(acc[1], load_rest(x + i, n - i, F::kStart), load_rest(y + i, n - i, F::kStart));
  return F::merge(F::merge(acc[0], acc[1]), F::merge(acc[2], acc[3]));
}

// Blocks are joined in pairs, these in pairs, ...: level l of `waiting` holds the result of 2^l blocks, as the bits of a
// binary counter.
template <class F>
float fold(const float* x, const float* y, int64_t n) {
  if (n <= kBlockSize) return fold_lanes<F>(fold_block<F>(x, y, n));
  Vec waiting[64];
  uint64_t blocks = 0;
  for (int64_t i = 0; i < n; i += kBlockSize, ++blocks) {
    Vec v = fold_block<F>(x + i, y + i, std::min(kBlockSize, n - i));
    int level = 0;
    for (; blocks >> level & 1; ++level) v = F::merge(waiting[level], v);
    waiting[level] = v;
  }
  Vec total = hn::Set(Tag(), F::kStart);
  for (int level = 0; blocks >> level != 0; ++level) {
    if (blocks >> level & 1) total = F::merge(waiting[level], total);
  }
  return fold_lanes<F>(total);
}

float sum(const float* x, int64_t n) { return fold<Sum>(x, x, n); }
float abs_sum(const float* x, int64_t n) { return fold<AbsSum>(x, x, n); }
float squared_sum(const float* x, int64_t n) { return fold<SquaredSum>(x, x, n); }
float dot(const float* x, const float* y, int64_t n) { return fold<Dot>(x, y, n); }
float product(const float* x, int64_t n) { return fold<Product>(x, x, n); }
float maximum(const float* x, int64_t n) { return fold<Maximum>(x, x, n); }
float minimum(const float* x, int64_t n) { return fold<Minimum>(x, x, n); }

template <class F>
void fold_rows(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  for (int64_t i = 0; i < rows; ++i) y[i] = fold<F>(x + i * row_stride, x + i * row_stride, columns);
}

constexpr int kWide = HWY_TARGET <= HWY_AVX3 ? 16 : 8;  // vectors of a strip: half of the registers

// Columns [0, kVectors * lanes) of up to kColumnBlockRows rows, joined with what is in y already.
template <class F, int kVectors>
HWY_INLINE void fold_strip(const float* x, int64_t rows, int64_t row_stride, bool first, float* y) {
  const Tag d;
  const int64_t lanes = hn::Lanes(d);
  Vec acc[kVectors];
  HWY_UNROLL(16)
  for (int u = 0; u < kVectors; ++u) acc[u] = hn::Set(d, F::kStart);
  for (int64_t i = 0; i < rows; ++i) {
    const float* row = x + i * row_stride;
    HWY_UNROLL(16)
    for (int u = 0; u < kVectors; ++u) {
      const Vec v = hn::LoadU(d, row + u * lanes);
      acc[u] = F::step(acc[u], v, v);
    }
  }
  HWY_UNROLL(16)
  for (int u = 0; u < kVectors; ++u) {
    float* out = y + u * lanes;
    hn::StoreU(first ? acc[u] : F::merge(hn::LoadU(d, out), acc[u]), d, out);
  }
}

template <class F>
void fold_columns(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  const Tag d;
  const int64_t lanes = hn::Lanes(d);
  if (rows == 0) std::fill_n(y, columns, F::kStart);
  for (int64_t i = 0; i < rows; i += kColumnBlockRows) {
    const float* block = x + i * row_stride;
    const int64_t block_rows = std::min(kColumnBlockRows, rows - i);
    const bool first = i == 0;
    int64_t j = 0;
    for (; j + kWide * lanes <= columns; j += kWide * lanes) fold_strip<F, kWide>(block + j, block_rows, row_stride, first, y + j);
    for (; j + 4 * lanes <= columns; j += 4 * lanes) fold_strip<F, 4>(block + j, block_rows, row_stride, first, y + j);
    for (; j + lanes <= columns; j += lanes) fold_strip<F, 1>(block + j, block_rows, row_stride, first, y + j);
    if (j == columns) continue;
    Vec acc = hn::Set(d, F::kStart);
    for (int64_t r = 0; r < block_rows; ++r) {
      const Vec v = load_rest(block + r * row_stride + j, columns - j, F::kStart);
      acc = F::step(acc, v, v);
    }
    HWY_ALIGN float result[hn::MaxLanes(Tag())];
    hn::Store(acc, d, result);
    for (int64_t c = j; c < columns; ++c) y[c] = first ? result[c - j] : F::merge_scalars(y[c], result[c - j]);
  }
}

void row_sums(const float* x, int64_t r, int64_t c, int64_t s, float* y) { fold_rows<Sum>(x, r, c, s, y); }
void column_sums(const float* x, int64_t r, int64_t c, int64_t s, float* y) { fold_columns<Sum>(x, r, c, s, y); }
void column_products(const float* x, int64_t r, int64_t c, int64_t s, float* y) { fold_columns<Product>(x, r, c, s, y); }
void column_maxima(const float* x, int64_t r, int64_t c, int64_t s, float* y) { fold_columns<Maximum>(x, r, c, s, y); }
void column_minima(const float* x, int64_t r, int64_t c, int64_t s, float* y) { fold_columns<Minimum>(x, r, c, s, y); }

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(sum);
HWY_EXPORT(abs_sum);
HWY_EXPORT(squared_sum);
HWY_EXPORT(dot);
HWY_EXPORT(product);
HWY_EXPORT(maximum);
HWY_EXPORT(minimum);
HWY_EXPORT(row_sums);
HWY_EXPORT(column_sums);
HWY_EXPORT(column_products);
HWY_EXPORT(column_maxima);
HWY_EXPORT(column_minima);
}  // namespace

float sum_f32(const float* x, int64_t n) { return HWY_DYNAMIC_DISPATCH(sum)(x, n); }
float abs_sum_f32(const float* x, int64_t n) { return HWY_DYNAMIC_DISPATCH(abs_sum)(x, n); }
float squared_sum_f32(const float* x, int64_t n) { return HWY_DYNAMIC_DISPATCH(squared_sum)(x, n); }
float dot_f32(const float* x, const float* y, int64_t n) { return HWY_DYNAMIC_DISPATCH(dot)(x, y, n); }
float product_f32(const float* x, int64_t n) { return HWY_DYNAMIC_DISPATCH(product)(x, n); }
float max_f32(const float* x, int64_t n) { return HWY_DYNAMIC_DISPATCH(maximum)(x, n); }
float min_f32(const float* x, int64_t n) { return HWY_DYNAMIC_DISPATCH(minimum)(x, n); }

void row_sums_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  HWY_DYNAMIC_DISPATCH(row_sums)(x, rows, columns, row_stride, y);
}
void column_sums_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  HWY_DYNAMIC_DISPATCH(column_sums)(x, rows, columns, row_stride, y);
}
void column_products_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  HWY_DYNAMIC_DISPATCH(column_products)(x, rows, columns, row_stride, y);
}
void column_maxima_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  HWY_DYNAMIC_DISPATCH(column_maxima)(x, rows, columns, row_stride, y);
}
void column_minima_f32(const float* x, int64_t rows, int64_t columns, int64_t row_stride, float* y) {
  HWY_DYNAMIC_DISPATCH(column_minima)(x, rows, columns, row_stride, y);
}

}  // namespace reflow::op
#endif  // HWY_ONCE
