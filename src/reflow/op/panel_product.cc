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

#include "reflow/op/transpose_square-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, kPanelColumns>;
using Vec = hn::Vec<Tag>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag()));
constexpr int kVectors = kPanelColumns / kLanes;                        // of a row of C
constexpr int kMostSums = kVectors == 1 ? 24 : 12;  // so many vectors of sums as registers hold
constexpr int kMostRows = kVectors == 1 ? 12 : kVectors == 2 ? 6 : 3;
constexpr int kMostRowsInPlace = 3;

// How A lies in memory.
enum class Layout { kInPlace, kStrip, kFilled };

// Some rows of C: their part of A is at `a`, with kFilled `filled` has its columns, k of them; kPanels panels at `b`, and
// their columns of C at `c`.
struct Strip {
  const float* a;
  int64_t k;
  const int32_t* filled;
  const float* b;
  float* c;
  const float* bias;
};

// What an element of C becomes when its sum is complete.
template <typename D>
HWY_INLINE hn::Vec<D> with_bias(D d, hn::Vec<D> sum, hn::Vec<D> bias, bool relu) {
  const auto y = hn::Add(sum, bias);
  return relu ? hn::IfThenElse(hn::Lt(y, hn::Zero(d)), hn::Zero(d), y) : y;
}
HWY_INLINE float with_bias(float sum, float bias, bool relu) {
  const float y = sum + bias;
  return relu && y < 0 ? 0 : y;
}

template <int kRows, int kPanels, Layout kLayout>
void strip(const PanelProduct& g, const Strip& s, int64_t columns) {
  const Tag d;
  const int64_t row_step = kLayout == Layout::kInPlace ? g.row_step : 1, k_step = kLayout == Layout::kInPlace ? g.k_step : kRows;
  const int64_t b_step = g.b_step, panel_step = g.panel_step, c_step = g.c_step;
  const float* const a = s.a;
  const float* const b = s.b;
  float* const c = s.c;
  Vec sums[kRows][kPanels][kVectors];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
    for (int q = 0; q < kPanels; ++q) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][q][v] = hn::Zero(d);
    }
  }
  // Rows of B are fetched into the first-level cache so far ahead as the third-level one takes to answer.
  constexpr int64_t kAhead = std::clamp(400 / (kRows * kPanels * kVectors), 16, 64);
  const float* row_of_a = a;
  const float* row_of_b = b;
  const auto add = [&](int64_t p) HWY_ATTR {
    const float* const from = kLayout == Layout::kFilled ? b + s.filled[p] * b_step : row_of_b;
    Vec row[kPanels][kVectors];
#pragma GCC unroll 8
    for (int q = 0; q < kPanels; ++q) {
      __builtin_prefetch(from + kAhead * b_step + q * panel_step);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) row[q][v] = hn::LoadU(d, from + q * panel_step + v * kLanes);
    }
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const Vec factor = hn::Set(d, row_of_a[r * row_step]);
#pragma GCC unroll 8
      for (int q = 0; q < kPanels; ++q) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) sums[r][q][v] = hn::MulAdd(factor, row[q][v], sums[r][q][v]);
      }
    }
    row_of_a += k_step, row_of_b += b_step;
  };
  int64_t p = 0;
  float* row_of_c = c;
  for (const int64_t rows = std::min<int64_t>(kRows, s.k); p < rows; ++p, row_of_c += c_step) {
#pragma GCC unroll 8
    for (int q = 0; q < kPanels; ++q) __builtin_prefetch(row_of_c + q * kPanelColumns, 1);
    add(p);
  }
#pragma GCC unroll 1
  for (; p < s.k; ++p) add(p);
  const bool accumulate = g.accumulate, relu = g.relu;
  const float* const bias = s.bias;
  if (columns == kPanels * kPanelColumns) {
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 8
      for (int q = 0; q < kPanels; ++q) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) {
          const int at = q * kPanelColumns + v * kLanes;
          float* const to = c + r * c_step + at;
          const Vec sum = accumulate ? hn::Add(hn::LoadU(d, to), sums[r][q][v]) : sums[r][q][v];
          hn::StoreU(bias != nullptr ? with_bias(d, sum, hn::LoadU(d, bias + at), relu) : sum, d, to);
        }
      }
    }
    return;
  }
  if constexpr (kPanels == 1) {
    HWY_ALIGN float row[kPanelColumns];
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) hn::Store(sums[r][0][v], d, row + v * kLanes);
      float* const to = c + r * c_step;
      for (int64_t j = 0; j < columns; ++j) {
        const float sum = accumulate ? to[j] + row[j] : row[j];
        to[j] = bias != nullptr ? with_bias(sum, bias[j], relu) : sum;
      }
    }
  }
}

using StripFn = void (*)(const PanelProduct&, const Strip&, int64_t);

template <Layout kLayout, int kPanels, int kRows>
constexpr StripFn strip_fn() {
  if constexpr (kRows * kPanels * kVectors <= kMostSums) return strip<kRows, kPanels, kLayout>;
  return nullptr;
}
template <Layout kLayout, int kPanels, int... kRows>
constexpr std::array<StripFn, sizeof...(kRows) + 1> strip_table(std::integer_sequence<int, kRows...>) {
  return {nullptr, strip_fn<kLayout, kPanels, kRows + 1>()...};
}
constexpr int most_rows(Layout layout) { return layout == Layout::kInPlace ? kMostRowsInPlace : kMostRows; }
template <Layout kLayout, int kPanels>
constexpr auto kStrips = strip_table<kLayout, kPanels>(std::make_integer_sequence<int, most_rows(kLayout)>());

// Calls visit(first row, number of rows) for strips that are as equal as can be: narrow ones are slower for each row.
template <typename Visit>
HWY_INLINE void for_each_strip(int64_t rows, int64_t most_rows, Visit&& visit) {
  const int64_t count = (rows + most_rows - 1) / most_rows, least = rows / count, wider = rows % count;
  for (int64_t i = 0, row = 0; i < count; ++i) {
    const int64_t size = least + (i < wider ? 1 : 0);
    visit(row, size);
    row += size;
  }
}

// All rows of kPanels panels from column j on.
template <Layout kLayout, int kPanels>
void panels_product(const PanelProduct& g, int64_t j, int64_t columns) {
  const float* const b = g.b + j / kPanelColumns * g.panel_step;
  int64_t i = 0;
  for_each_strip(g.rows, most_rows(kLayout), [&](int64_t row, int64_t size) {
    Strip s{g.a + row * g.row_step, g.k, nullptr, b, g.c + row * g.c_step + j, g.bias == nullptr ? nullptr : g.bias + j};
    if constexpr (kLayout != Layout::kInPlace) s.a = g.strips + row * g.k;
    if constexpr (kLayout == Layout::kFilled) s.k = g.filled->counts[i], s.filled = g.filled->columns + i * g.k;
    kStrips<kLayout, kPanels>[size](g, s, columns);
    ++i;
  });
}

template <Layout kLayout>
void product_of(const PanelProduct& g) {
  const int64_t strips = (g.rows + most_rows(kLayout) - 1) / most_rows(kLayout), rows = (g.rows + strips - 1) / strips;
  const int64_t at_once = kMostSums / (rows * kVectors);  // panels
  for (int64_t j = 0; j < g.columns;) {
    const int64_t panels = (g.columns - j) / kPanelColumns;
    const auto compute = [&]<int kPanels>(std::integral_constant<int, kPanels>) {
      const int64_t columns = std::min<int64_t>(kPanels * kPanelColumns, g.columns - j);
      panels_product<kLayout, kPanels>(g, j, columns);
      j += columns;
    };
    if (at_once >= 8 && panels >= 8) {
      compute(std::integral_constant<int, 8>());
    } else if (at_once >= 4 && panels >= 4) {
      compute(std::integral_constant<int, 4>());
    } else if (at_once >= 2 && panels >= 2) {
      compute(std::integral_constant<int, 2>());
    } else {
      compute(std::integral_constant<int, 1>());
    }
  }
}

constexpr int64_t kStreamed = 1024;  // columns, whose sums lie in the first-level cache

// Adds kSteps rows of B, each with its factor for each of kRows rows of C, to sums.
template <int kRows, int kSteps>
HWY_INLINE void add_rows(const PanelProduct& g, int64_t p, const float* b, int64_t columns, float (*sums)[kStreamed]) {
  const Tag d;
  Vec factors[kRows][kSteps];
  HWY_UNROLL(4)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (int s = 0; s < kSteps; ++s) factors[r][s] = hn::Set(d, g.a[r * g.row_step + (p + s) * g.k_step]);
  }
  const auto add = [&](const float* from, int64_t step, int64_t j) HWY_ATTR {
    Vec sum[kRows];
    HWY_UNROLL(4)
    for (int r = 0; r < kRows; ++r) sum[r] = hn::Load(d, sums[r] + j);
    HWY_UNROLL(8)
    for (int s = 0; s < kSteps; ++s) {
      Vec x = hn::LoadU(d, from + s * step);
#if HWY_COMPILER_GCC_ACTUAL && HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
      asm("" : "+x"(x.raw));  // else it is loaded once for each row of C
#endif
      HWY_UNROLL(4)
      for (int r = 0; r < kRows; ++r) sum[r] = hn::MulAdd(factors[r][s], x, sum[r]);
    }
    HWY_UNROLL(4)
    for (int r = 0; r < kRows; ++r) hn::Store(sum[r], d, sums[r] + j);
  };
  int64_t j = 0;
#pragma GCC unroll 1
  for (; j + kLanes <= columns; j += kLanes) add(b + j, g.b_step, j);
  if (j == columns) return;
  HWY_ALIGN float rest[kSteps][kLanes] = {};
  for (int s = 0; s < kSteps; ++s) std::copy_n(b + s * g.b_step + j, columns - j, rest[s]);
  add(rest[0], kLanes, j);
}

// Few rows of C: rows of B are read one behind the other, as memory gives them fastest.
template <int kRows>
void streamed_product(const PanelProduct& g) {
  constexpr int kSteps = kRows <= 2 ? 8 : 6;  // so many factors as registers hold
  for (int64_t first = 0; first < g.columns; first += kStreamed) {
    const int64_t columns = std::min(kStreamed, g.columns - first);
    HWY_ALIGN float sums[kRows][kStreamed];
    for (int r = 0; r < kRows; ++r) std::fill_n(sums[r], (columns + kLanes - 1) / kLanes * kLanes, 0.0f);
    int64_t p = 0;
    for (; p + kSteps <= g.k; p += kSteps) add_rows<kRows, kSteps>(g, p, g.b + p * g.b_step + first, columns, sums);
    for (; p < g.k; ++p) add_rows<kRows, 1>(g, p, g.b + p * g.b_step + first, columns, sums);
    for (int r = 0; r < kRows; ++r) {
      float* const to = g.c + r * g.c_step + first;
      for (int64_t j = 0; j < columns; ++j) {
        const float sum = g.accumulate ? to[j] + sums[r][j] : sums[r][j];
        to[j] = g.bias != nullptr ? with_bias(sum, g.bias[first + j], g.relu) : sum;
      }
    }
  }
}

void product(const PanelProduct& g) {
  if (g.strips == nullptr && g.panel_step == kPanelColumns && g.rows <= kMostRowsInPlace) {
    constexpr std::array<void (*)(const PanelProduct&), kMostRowsInPlace + 1> kStreamedProducts = {
        nullptr, streamed_product<1>, streamed_product<2>, streamed_product<3>};
    kStreamedProducts[g.rows](g);
  } else if (g.filled != nullptr) {
    product_of<Layout::kFilled>(g);
  } else if (g.strips != nullptr) {
    product_of<Layout::kStrip>(g);
  } else {
    product_of<Layout::kInPlace>(g);
  }
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
  for_each_strip(rows, kMostRows, [&](int64_t row, int64_t size) {
    const float* from = strips + row * k;
    float* to = strips + row * k;
    int32_t* const columns = filled->columns + strip * k;
    int32_t count = 0;
    for (int64_t p = 0; p < k; ++p, from += size) {
      if (!copy_filled(from, size, to)) continue;
      to += size;
      columns[count++] = static_cast<int32_t>(p);
    }
    filled->counts[strip++] = count;
  });
}

bool all_finite(const PanelProduct& g) {
  const Tag d;
  Vec sums[4];  // of zeros, until NaN or an infinity makes it NaN
  for (Vec& sum : sums) sum = hn::Zero(d);
  for (int64_t j = 0; j < g.columns; j += kPanelColumns) {
    const float* row = g.b + j / kPanelColumns * g.panel_step;
    int64_t p = 0;
    const auto look = [&](int64_t i) HWY_ATTR {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[(i + v) % 4] = hn::MulAdd(hn::LoadU(d, row + v * kLanes), hn::Zero(d), sums[(i + v) % 4]);
      row += g.b_step;
    };
    for (; p + 4 <= g.k; p += 4) {
#pragma GCC unroll 4
      for (int64_t i = 0; i < 4; ++i) look(i);
    }
    for (; p < g.k; ++p) look(0);
  }
  return hn::AllTrue(d, hn::Eq(hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3])), hn::Zero(d)));
}

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
      for_each_strip(rows, kMostRows, [&](int64_t row, int64_t size) {
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
  for_each_strip(rows, kMostRows, [&](int64_t row, int64_t size) {
    float* const to = strips + row * k;
    const float* const from = a + row * row_step;
    int64_t p = 0;
#if HWY_TARGET != HWY_SCALAR
    const Tag d;
    for (; k_step == 1 && p + kLanes <= k; p += kLanes) {
      Vec square[kLanes];
      HWY_UNROLL(16)
      for (int64_t r = 0; r < kLanes; ++r) square[r] = hn::LoadU(d, from + std::min(r, size - 1) * row_step + p);
      transpose_square<float>(square);
      // What is written behind a column is overwritten by the next one.
      HWY_UNROLL(16)
      for (int q = 0; q < kLanes; ++q) hn::StoreU(square[q], d, to + (p + q) * size);
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
    const Tag d;
    for (; columns == kPanelColumns && p + kLanes <= k; p += kLanes) {
      for (int64_t j = 0; j < kPanelColumns; j += kLanes) {
        Vec square[kLanes];
        HWY_UNROLL(16)
        for (int r = 0; r < kLanes; ++r) square[r] = hn::LoadU(d, from + (j + r) * step + p);
        transpose_square<float>(square);
        HWY_UNROLL(16)
        for (int q = 0; q < kLanes; ++q) hn::StoreU(square[q], d, panels + (p + q) * kPanelColumns + j);
      }
    }
#endif
    for (; p < k; ++p) {
      float* const to = panels + p * kPanelColumns;
      for (int64_t j = 0; j < kPanelColumns; ++j) to[j] = j < columns ? from[j * step + p] : 0;
    }
  }
}

PanelMath find() { return {product, pack_strips, drop_zeros, pack_rows, pack_transposed, all_finite}; }

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
