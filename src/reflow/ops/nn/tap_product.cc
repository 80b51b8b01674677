#include "tap_product.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reflow/op/panel_product.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/ops/nn/tap_product.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::ops {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using op::kPanelColumns;
// Registers of sums for kRows rows and kPanels panels beside each other, of which kColumns columns are wanted: 16, or 8
// of a single one.
template <int kRows, int kPanels, int kColumns>
struct Sums {
  using Tag = hn::CappedTag<float, kColumns>;
  using Vec = hn::Vec<Tag>;
  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag()));
  static constexpr int kOfPanel = kColumns / kLanes, kVectors = kPanels * kOfPanel;

  HWY_INLINE Sums() {
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::Zero(Tag());
    }
  }

  // Adds factor(r) times the row of B at `b` to row r.
  template <typename Factor>
  HWY_INLINE void add(const float* b, int64_t panel_step, const Factor& factor) {
    Vec row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) row[v] = hn::LoadU(Tag(), b + v / kOfPanel * panel_step + v % kOfPanel * kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Vec all = hn::Set(Tag(), factor(r));
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(all, row[v], sums[r][v]);
    }
  }

  template <bool kAccumulate>
  HWY_INLINE void put(int r, float* to, int64_t columns) const {
    const Tag d;
    if (columns >= kPanels * kColumns) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        float* const at = to + v * kLanes;
        hn::StoreU(kAccumulate ? hn::Add(hn::LoadU(d, at), sums[r][v]) : sums[r][v], d, at);
      }
      return;
    }
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      if (columns <= v * kLanes) return;
      const auto some = hn::FirstN(d, columns - v * kLanes);
      float* const at = to + v * kLanes;
      hn::BlendedStore(kAccumulate ? hn::Add(hn::MaskedLoad(some, d, at), sums[r][v]) : sums[r][v], some, d, at);
    }
#else
    HWY_ALIGN float row[kVectors * kLanes];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) hn::Store(sums[r][v], d, row + v * kLanes);
    for (int64_t j = 0; j < columns; ++j) to[j] = kAccumulate ? to[j] + row[j] : row[j];
#endif
  }

  Vec sums[kRows][kVectors];
};

// So many sums and pointers as registers hold.
constexpr int kLanes = Sums<1, 1, kPanelColumns>::kLanes;
constexpr bool kWide = kLanes == kPanelColumns;  // a row of several panels is computed at once
constexpr int kMostPanels = kWide ? 4 : 1;
constexpr int most_rows(int panels) { return kWide ? (panels == 4 ? 6 : 12) : kLanes == 8 ? 6 : 3; }
constexpr int most_sums(int panels) { return kWide ? (panels == 4 ? 6 : panels == 2 ? 12 : 16) : most_rows(panels); }

// kBeside: rows of a panel lie beside each other.
template <int kPanels, int kColumns, bool kBeside>
struct Strip {
  using Fn = void (*)(const float* const* a, int64_t rows, int64_t runs, int64_t run, const TapPanels& panels, int64_t at,
                      int64_t columns, float* const* c);
  static constexpr int kMost = most_rows(kPanels);
  template <int kRows>
  static void call(const float* const* a, int64_t rows, int64_t runs, int64_t run, const TapPanels& panels, int64_t at,
                   int64_t columns, float* const* c) {
    const int64_t b_step = kBeside ? kPanelColumns : panels.row_step, panel_step = panels.panel_step;
    const float* b = panels.first + at / kPanelColumns * panel_step;
    Sums<kRows, kPanels, kColumns> sums;
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) __builtin_prefetch(c[r] + at, 1);
    for (int64_t t = 0; t < runs; ++t, a += rows) {
      const float* from[kRows];
#pragma GCC unroll 12
      for (int r = 0; r < kRows; ++r) from[r] = a[r];
      for (int64_t p = 0; p < run; ++p, b += b_step) sums.add(b, panel_step, [&](int r) HWY_ATTR { return from[r][p]; });
    }
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) sums.template put<false>(r, c[r] + at, columns);
  }
};

template <int kPanels, int kColumns, bool kBeside>
struct TransposedStrip {
  using Fn = void (*)(const float* const* a, int64_t first, int64_t depth, const TapPanels& panels, int64_t at,
                      int64_t columns, float* c, int64_t c_step);
  static constexpr int kMost = most_sums(kPanels);
  template <int kRows>
  static void call(const float* const* a, int64_t first, int64_t depth, const TapPanels& panels, int64_t at, int64_t columns,
                   float* c, int64_t c_step) {
    const int64_t b_step = kBeside ? kPanelColumns : panels.row_step, panel_step = panels.panel_step;
    const float* b = panels.first + at / kPanelColumns * panel_step;
    Sums<kRows, kPanels, kColumns> sums;
#pragma GCC unroll 2
    for (int64_t p = 0; p < depth; ++p, b += b_step) {
      const float* const from = a[p] + first;
      sums.add(b, panel_step, [&](int r) HWY_ATTR { return from[r]; });
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) sums.template put<true>(r, c + r * c_step + at, columns);
  }
};

// By the number of rows.
template <typename S, int... kRows>
constexpr std::array<typename S::Fn, S::kMost + 1> table_of(std::integer_sequence<int, kRows...>) {
  return {nullptr, S::template call<kRows + 1>...};
}
template <typename S>
constexpr auto kTable = table_of<S>(std::make_integer_sequence<int, S::kMost>());

// Calls visit(first row, number of rows) for strips of at most kMost rows that are as equal as can be.
template <int kMost, typename Visit>
HWY_INLINE void for_each_strip(int64_t rows, Visit&& visit) {
  const int64_t count = (rows + kMost - 1) / kMost, least = rows / count, wider = rows % count;
  for (int64_t i = 0, row = 0; i < count; ++i) {
    const int64_t size = least + (i < wider ? 1 : 0);
    visit(row, size);
    row += size;
  }
}

// Calls visit.call<S>(first column) for groups of panels, S the strip for as many as there are: the largest groups that the
// second-level cache holds.
template <template <int, int, bool> class S, typename Visit>
HWY_INLINE void for_each_group(int64_t depth, int64_t row_step, int64_t columns, const Visit& visit) {
  constexpr int64_t kMostFloats = 160 * 1024;
  const bool beside = row_step == kPanelColumns, four = kMostPanels == 4 && depth * kPanelColumns * 4 <= kMostFloats;
  const auto call = [&]<int kPanels, int kColumns>(int64_t at) HWY_ATTR {
    beside ? visit.template call<S<kPanels, kColumns, true>>(at) : visit.template call<S<kPanels, kColumns, false>>(at);
  };
  for (int64_t at = 0; at < columns;) {
    const int64_t rest = columns - at;
    if (four && rest >= 4 * kPanelColumns) {
      call.template operator()<kMostPanels, kPanelColumns>(at);
      at += 4 * kPanelColumns;
    } else if (kMostPanels > 1 && rest >= 2 * kPanelColumns) {
      call.template operator()<kMostPanels / 2 + kMostPanels % 2, kPanelColumns>(at);
      at += 2 * kPanelColumns;
    } else {
      if (rest > kPanelColumns / 2) {
        call.template operator()<1, kPanelColumns>(at);
      } else {
        call.template operator()<1, kPanelColumns / 2>(at);
      }
      at += kPanelColumns;
    }
  }
}

struct ProductOfGroup {
  const float* const* a;
  int64_t rows, runs, run;
  const TapPanels& b;
  int64_t columns;
  float* const* c;
  template <typename S>
  void call(int64_t at) const {
    for_each_strip<S::kMost>(rows, [&](int64_t row, int64_t size) {
      kTable<S>[size](a + row, rows, runs, run, b, at, columns - at, c + row);
    });
  }
};

void product(const float* const* a, int64_t rows, int64_t runs, int64_t run, const TapPanels& b, int64_t columns,
             float* const* c) {
  for_each_group<Strip>(runs * run, b.row_step, columns, ProductOfGroup{a, rows, runs, run, b, columns, c});
}

struct TransposedOfGroup {
  const float* const* a;
  int64_t rows, depth;
  const TapPanels& b;
  int64_t columns;
  float* c;
  int64_t c_step;
  template <typename S>
  void call(int64_t at) const {
    for_each_strip<S::kMost>(rows, [&](int64_t row, int64_t size) {
      kTable<S>[size](a, row, depth, b, at, columns - at, c + row * c_step, c_step);
    });
  }
};

void transposed(const float* const* a, int64_t rows, int64_t depth, const TapPanels& b, int64_t columns, float* c,
                int64_t c_step) {
  for_each_group<TransposedStrip>(depth, b.row_step, columns, TransposedOfGroup{a, rows, depth, b, columns, c, c_step});
}

TapMath find() { return {product, transposed}; }

}  // namespace HWY_NAMESPACE
}  // namespace reflow::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::ops {
namespace {
HWY_EXPORT(find);
}  // namespace

const TapMath& tap_math() {
  static const TapMath kMath = HWY_DYNAMIC_DISPATCH(find)();
  return kMath;
}

}  // namespace reflow::ops
#endif  // HWY_ONCE
