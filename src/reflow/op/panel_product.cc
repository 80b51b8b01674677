#include "reflow/op/panel_product.h"

#include <algorithm>
#include <array>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/panel_product.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, kPanelColumns>;
using Vec = hn::Vec<Tag>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag()));
constexpr int kVectors = kPanelColumns / kLanes;                        // of a row of C
constexpr int kMostRows = kVectors == 1 ? 12 : kVectors == 2 ? 6 : 3;  // so many sums as registers hold

// How A lies in memory, and rows of B with it.
enum class Layout {
  kInPlace,
  kStrip,   // A as [k, kRows]
  kFilled,  // the same, where row p of A belongs to the row of B at offset offsets[p]
};

// kRows rows of C. A quarter of as many rows of a panel are fetched into the cache from `next` on.
template <int kRows, Layout kLayout>
void strip(const float* a, int64_t row_step, int64_t k_step, int64_t k, const float* b, int64_t b_step, const int32_t* offsets,
           float* c, int64_t c_step, int64_t columns, bool accumulate, const float* next) {
  if constexpr (kLayout != Layout::kInPlace) row_step = 1, k_step = kRows;
  const Tag d;
  Vec sums[kRows][kVectors];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
    __builtin_prefetch(c + r * c_step, 1);
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::Zero(d);
  }
  const auto add = [&](int64_t p) HWY_ATTR {
    const float* const from = b + (kLayout == Layout::kFilled ? offsets[p] : p * b_step);
    Vec row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) row[v] = hn::LoadU(d, from + v * kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const Vec factor = hn::Set(d, a[r * row_step + p * k_step]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(factor, row[v], sums[r][v]);
    }
  };
  int64_t p = 0;
  for (; p + 4 <= k; p += 4) {
    __builtin_prefetch(next + p / 4 * b_step, 0, 2);
#pragma GCC unroll 4
    for (int64_t q = 0; q < 4; ++q) add(p + q);
  }
  for (; p < k; ++p) add(p);
  if (columns == kPanelColumns) {
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        float* const to = c + r * c_step + v * kLanes;
        hn::StoreU(accumulate ? hn::Add(hn::LoadU(d, to), sums[r][v]) : sums[r][v], d, to);
      }
    }
    return;
  }
  HWY_ALIGN float row[kPanelColumns];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) hn::Store(sums[r][v], d, row + v * kLanes);
    float* const to = c + r * c_step;
    for (int64_t j = 0; j < columns; ++j) to[j] = accumulate ? to[j] + row[j] : row[j];
  }
}

using StripFn = void (*)(const float*, int64_t, int64_t, int64_t, const float*, int64_t, const int32_t*, float*, int64_t,
                         int64_t, bool, const float*);

template <Layout kLayout, int... kRows>
constexpr std::array<StripFn, kMostRows + 1> strip_table(std::integer_sequence<int, kRows...>) {
  return {nullptr, strip<kRows + 1, kLayout>...};
}
template <Layout kLayout>
constexpr auto kStrips = strip_table<kLayout>(std::make_integer_sequence<int, kMostRows>());

// What each of the first strips fetches of the panel behind this one; the other strips nothing new.
HWY_INLINE const float* part_of_next(const float* next, const float* b, int64_t b_step, int64_t k, int64_t strip) {
  return next != nullptr && strip < 4 ? next + strip * (k / 4) * b_step : b;
}

// Calls visit(first row, number of rows) for strips that are as equal as can be: narrow ones are slower for each row.
template <typename Visit>
HWY_INLINE void for_each_strip(int64_t rows, Visit&& visit) {
  const int64_t count = (rows + kMostRows - 1) / kMostRows, least = rows / count, wider = rows % count;
  for (int64_t i = 0, row = 0; i < count; ++i) {
    const int64_t size = least + (i < wider ? 1 : 0);
    visit(row, size);
    row += size;
  }
}

void product(const float* a, int64_t row_step, int64_t k_step, int64_t rows, int64_t k, const float* b, int64_t b_step,
             float* c, int64_t c_step, int64_t columns, bool accumulate, const float* next) {
  int64_t strip = 0;
  for_each_strip(rows, [&](int64_t row, int64_t size) {
    kStrips<Layout::kInPlace>[size](a + row * row_step, row_step, k_step, k, b, b_step, nullptr, c + row * c_step, c_step,
                                    columns, accumulate, part_of_next(next, b, b_step, k, strip++));
  });
}

void strips_product(const float* strips, const FilledColumns* filled, int64_t rows, int64_t k, const float* b, int64_t b_step,
                    float* c, int64_t c_step, int64_t columns, bool accumulate, const float* next) {
  int64_t strip = 0;
  for_each_strip(rows, [&](int64_t row, int64_t size) {
    const float* const part = part_of_next(next, b, b_step, k, strip);
    if (filled != nullptr) {
      kStrips<Layout::kFilled>[size](strips + row * k, 0, 0, filled->counts[strip], b, b_step, filled->offsets + strip * k,
                                     c + row * c_step, c_step, columns, accumulate, part);
    } else {
      kStrips<Layout::kStrip>[size](strips + row * k, 0, 0, k, b, b_step, nullptr, c + row * c_step, c_step, columns,
                                    accumulate, part);
    }
    ++strip;
  });
}

// Copies a column of a strip, if it has anything but zeros.
HWY_INLINE bool copy_filled(const float* column, int64_t size, float* to) {
#if HWY_TARGET == HWY_SCALAR
  bool filled = false;
  for (int64_t r = 0; r < size; ++r) to[r] = column[r], filled |= column[r] != 0;
  return filled;
#else
  static_assert(kMostRows <= kLanes);
  const Tag d;
  const auto mask = hn::FirstN(d, size);
  const Vec values = hn::MaskedLoad(mask, d, column);
  if (hn::AllTrue(d, hn::Eq(values, hn::Zero(d)))) return false;
  hn::BlendedStore(values, mask, d, to);
  return true;
#endif
}

void drop_zeros(float* strips, int64_t rows, int64_t k, FilledColumns* filled) {
  int64_t strip = 0;
  for_each_strip(rows, [&](int64_t row, int64_t size) {
    const float* from = strips + row * k;
    float* to = strips + row * k;
    int32_t* const offsets = filled->offsets + strip * k;
    int32_t count = 0;
    for (int64_t p = 0; p < k; ++p, from += size) {
      if (!copy_filled(from, size, to)) continue;
      to += size;
      offsets[count++] = static_cast<int32_t>(p * kPanelColumns);
    }
    filled->counts[strip++] = count;
  });
}

bool all_finite(const float* x, int64_t n) {
  const Tag d;
  Vec sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};  // of zeros, until NaN or an infinity makes it NaN
  for (int64_t i = 0; i < n; i += 4 * kLanes) {
#pragma GCC unroll 4
    for (int64_t v = 0; v < 4; ++v) {
      const int64_t at = std::min(i + v * kLanes, n - kLanes);  // some are read twice
      sums[v] = hn::MulAdd(hn::LoadU(d, x + at), hn::Zero(d), sums[v]);
    }
  }
  return hn::AllTrue(d, hn::Eq(hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3])), hn::Zero(d)));
}

#if HWY_TARGET != HWY_SCALAR
// Four rows of four.
HWY_INLINE void transpose4(const float* from, int64_t step, float* to, int64_t to_step) {
  const hn::FixedTag<float, 4> d;
  const hn::Repartition<double, decltype(d)> pairs;
  const auto r0 = hn::LoadU(d, from), r1 = hn::LoadU(d, from + step), r2 = hn::LoadU(d, from + 2 * step),
             r3 = hn::LoadU(d, from + 3 * step);
  const auto a = hn::BitCast(pairs, hn::InterleaveLower(d, r0, r1)), b = hn::BitCast(pairs, hn::InterleaveLower(d, r2, r3));
  const auto e = hn::BitCast(pairs, hn::InterleaveUpper(d, r0, r1)), f = hn::BitCast(pairs, hn::InterleaveUpper(d, r2, r3));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, a, b)), d, to);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, a, b)), d, to + to_step);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, e, f)), d, to + 2 * to_step);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, e, f)), d, to + 3 * to_step);
}
#endif

// At most kMostRows floats.
HWY_INLINE void copy_few(const float* from, int64_t n, float* to) {
#if HWY_TARGET != HWY_SCALAR
  if (n >= 4) {
    const hn::FixedTag<float, 4> d;
    for (int64_t i = 0; i < n; i += 4) {
      const int64_t first = std::min(i, n - 4);  // some may be written twice
      hn::StoreU(hn::LoadU(d, from + first), d, to + first);
    }
    return;
  }
#endif
  for (int64_t i = 0; i < n; ++i) to[i] = from[i];
}

void pack_strips(const float* a, int64_t row_step, int64_t k_step, int64_t rows, int64_t k, float* strips) {
  if (row_step == 1) {
    constexpr int64_t kAtOnce = 8;  // rows of the transpose, so that each strip's part of them is written in one go
    for (int64_t p = 0; p < k; p += kAtOnce) {
      const int64_t end = std::min(k, p + kAtOnce);
      for_each_strip(rows, [&](int64_t row, int64_t size) {
        float* to = strips + row * k + p * size;
        const float* from = a + row + p * k_step;
        if (size == kMostRows) {
          for (int64_t q = p; q < end; ++q, to += kMostRows, from += k_step) copy_few(from, kMostRows, to);
        } else {
          for (int64_t q = p; q < end; ++q, to += size, from += k_step) copy_few(from, size, to);
        }
      });
    }
    return;
  }
  for_each_strip(rows, [&](int64_t row, int64_t size) {
    float* const to = strips + row * k;
    const float* const from = a + row * row_step;
    int64_t p = 0;
#if HWY_TARGET != HWY_SCALAR
    for (; size >= 4 && k_step == 1 && p + 4 <= k; p += 4) {
      for (int64_t r = 0; r < size; r += 4) {
        const int64_t first = std::min(r, size - 4);  // rows may be written twice
        transpose4(from + first * row_step + p, row_step, to + p * size + first, size);
      }
    }
#endif
    for (; p < k; ++p) {
      for (int64_t r = 0; r < size; ++r) to[p * size + r] = from[r * row_step + p * k_step];
    }
  });
}

void pack_rows(const float* b, int64_t step, int64_t k, int64_t n, float* panels, int64_t panel_step) {
  const Tag d;
  const int64_t whole = n / kPanelColumns, rest = n % kPanelColumns;
  for (int64_t p = 0; p < k; ++p) {
    const float* from = b + p * step;
    float* to = panels + p * kPanelColumns;
    for (int64_t j = 0; j < whole; ++j, from += kPanelColumns, to += panel_step) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) hn::StoreU(hn::LoadU(d, from + v * kLanes), d, to + v * kLanes);
    }
    if (rest == 0) continue;
    for (int64_t j = 0; j < rest; ++j) to[j] = from[j];
    for (int64_t j = rest; j < kPanelColumns; ++j) to[j] = 0;
  }
}

void pack_transposed(const float* b, int64_t step, int64_t k, int64_t n, float* panels, int64_t panel_step) {
  for (int64_t first = 0; first < n; first += kPanelColumns, panels += panel_step) {
    const int64_t columns = std::min<int64_t>(kPanelColumns, n - first);
    const float* const from = b + first * step;
    int64_t p = 0;
#if HWY_TARGET != HWY_SCALAR
    if (columns == kPanelColumns) {
      for (; p + 4 <= k; p += 4) {
#pragma GCC unroll 4
        for (int64_t j = 0; j < kPanelColumns; j += 4) {
          transpose4(from + j * step + p, step, panels + p * kPanelColumns + j, kPanelColumns);
        }
      }
    }
#endif
    for (; p < k; ++p) {
      float* const to = panels + p * kPanelColumns;
      for (int64_t j = 0; j < kPanelColumns; ++j) to[j] = j < columns ? from[j * step + p] : 0;
    }
  }
}

PanelMath find() { return {product, strips_product, pack_strips, drop_zeros, pack_rows, pack_transposed, all_finite}; }

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(find);
}  // namespace

const PanelMath& panel_math() {
  static const PanelMath kMath = HWY_DYNAMIC_DISPATCH(find)();
  return kMath;
}

}  // namespace reflow::op
#endif  // HWY_ONCE
