#include "reflow/op/narrow_matmul.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/narrow_matmul.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, 16>;
using Vec = hn::Vec<Tag>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(Tag()));
constexpr int kVectors = 16 / kLanes;  // of a row of C

// kRows rows of C at once: each row of B is loaded once for all of them.
template <int kRows>
HWY_INLINE void multiply_rows(const float* a, int64_t row_step, int64_t column_step, const float* packed, int64_t n,
                              int64_t k, float* c) {
  const Tag d;
  Vec acc[kRows][kVectors];
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) acc[r][v] = hn::Zero(d);
  }
  for (int64_t p = 0; p < k; ++p) {
    Vec b[kVectors];
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) b[v] = hn::Load(d, packed + p * 16 + v * kLanes);
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      const Vec x = hn::Set(d, a[r * row_step + p * column_step]);
      HWY_UNROLL(16)
      for (int v = 0; v < kVectors; ++v) acc[r][v] = hn::MulAdd(x, b[v], acc[r][v]);
    }
  }
  HWY_ALIGN float row[16];
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) hn::Store(acc[r][v], d, row + v * kLanes);
    for (int64_t j = 0; j < n; ++j) c[r * n + j] = row[j];
  }
}

constexpr int kMostRows = kVectors == 1 ? 8 : kVectors == 2 ? 4 : 2;

template <int kRows>
void multiply_from(const float* a, int64_t row_step, int64_t column_step, const float* packed, int64_t i, int64_t m,
                   int64_t n, int64_t k, float* c) {
  for (; i + kRows <= m; i += kRows) {
    multiply_rows<kRows>(a + i * row_step, row_step, column_step, packed, n, k, c + i * n);
  }
  if constexpr (kRows > 1) {
    multiply_from<kRows / 2>(a, row_step, column_step, packed, i, m, n, k, c);
  }
}

void matmul(const float* a, int64_t row_step, int64_t column_step, const float* packed, int64_t m, int64_t n, int64_t k,
            float* c) {
  multiply_from<kMostRows>(a, row_step, column_step, packed, 0, m, n, k, c);
}

// Rows of B that are contiguous and lie in memory with at least a row of `packed` behind them.
void pack_rows(const float* b, int64_t row_step, int64_t rows, int64_t n, float* packed) {
  const Tag d;
  for (int v = 0; v < kVectors; ++v) {
    const auto mask = hn::FirstN(d, n > v * kLanes ? n - v * kLanes : 0);
    for (int64_t p = 0; p < rows; ++p) {
      hn::Store(hn::IfThenElseZero(mask, hn::LoadU(d, b + p * row_step + v * kLanes)), d, packed + p * 16 + v * kLanes);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(matmul);
HWY_EXPORT(pack_rows);
}  // namespace

void pack_narrow_f32(const float* b, int64_t row_step, int64_t column_step, int64_t k, int64_t n, float* packed) {
  int64_t p = 0;
  if (column_step == 1) {
    const int64_t end_of_b = (k - 1) * row_step + n;
    const int64_t rows = end_of_b < kNarrowColumns ? 0 : (end_of_b - kNarrowColumns) / row_step + 1;
    HWY_DYNAMIC_DISPATCH(pack_rows)(b, row_step, rows, n, packed);
    p = rows;
  }
  for (; p < k; ++p) {
    float* row = packed + p * kNarrowColumns;
    for (int64_t j = 0; j < kNarrowColumns; ++j) row[j] = j < n ? b[p * row_step + j * column_step] : 0;
  }
}

void narrow_matmul_f32(const float* a, int64_t row_step, int64_t column_step, const float* packed, int64_t m, int64_t n,
                       int64_t k, float* c) {
  HWY_DYNAMIC_DISPATCH(matmul)(a, row_step, column_step, packed, m, n, k, c);
}

}  // namespace reflow::op
#endif  // HWY_ONCE
