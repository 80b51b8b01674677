#include "reflow/op/dot_products.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/dot_products.cc"
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
constexpr int64_t kLanes = hn::MaxLanes(Tag());
constexpr int64_t kMostRows = HWY_MAX_BYTES >= 64 ? 4 : 2;  // of A, with four of B: registers hold the sums
constexpr int64_t kRowsOfB = 4;

// The products of rows of A and B, at a time.
struct Products {
  const float* a;
  int64_t lda;
  const float* b;
  int64_t ldb, k;
  float* c;
  int64_t ldc;
};

template <int kRows, int kColumns>
void block(const Products& s) {
  const Tag d;
  Vec sums[kRows][kColumns];
  HWY_UNROLL(4)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(4)
    for (int j = 0; j < kColumns; ++j) sums[i][j] = hn::Zero(d);
  }
  int64_t p = 0;
#pragma GCC unroll 1
  for (; p + kLanes <= s.k; p += kLanes) {
    Vec columns[kColumns];
    HWY_UNROLL(4)
    for (int j = 0; j < kColumns; ++j) columns[j] = hn::LoadU(d, s.b + j * s.ldb + p);
    HWY_UNROLL(4)
    for (int i = 0; i < kRows; ++i) {
      const Vec row = hn::LoadU(d, s.a + i * s.lda + p);
      HWY_UNROLL(4)
      for (int j = 0; j < kColumns; ++j) sums[i][j] = hn::MulAdd(row, columns[j], sums[i][j]);
    }
  }
  HWY_UNROLL(4)
  for (int i = 0; i < kRows; ++i) {
    HWY_UNROLL(4)
    for (int j = 0; j < kColumns; ++j) {
      float sum = hn::GetLane(hn::SumOfLanes(d, sums[i][j]));
      for (int64_t q = p; q < s.k; ++q) sum += s.a[i * s.lda + q] * s.b[j * s.ldb + q];
      s.c[i * s.ldc + j] = sum;
    }
  }
}

template <int kColumns>
void columns_of(Products s, int64_t m) {
  for (; m >= kMostRows; m -= kMostRows, s.a += kMostRows * s.lda, s.c += kMostRows * s.ldc) block<kMostRows, kColumns>(s);
  if (m == 3) return block<3, kColumns>(s);
  if (m == 2) return block<2, kColumns>(s);
  if (m == 1) return block<1, kColumns>(s);
}

void dot_products(const float* a, int64_t lda, int64_t m, const float* b, int64_t ldb, int64_t n, int64_t k, float* c,
                  int64_t ldc) {
  int64_t j = 0;
  for (; j + kRowsOfB <= n; j += kRowsOfB) columns_of<kRowsOfB>({a, lda, b + j * ldb, ldb, k, c + j, ldc}, m);
  for (; j < n; ++j) columns_of<1>({a, lda, b + j * ldb, ldb, k, c + j, ldc}, m);
}

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(dot_products);
}  // namespace

void dot_products_f32(const float* a, int64_t lda, int64_t m, const float* b, int64_t ldb, int64_t n, int64_t k, float* c,
                      int64_t ldc) {
  HWY_DYNAMIC_DISPATCH(dot_products)(a, lda, m, b, ldb, n, k, c, ldc);
}

}  // namespace reflow::op
#endif  // HWY_ONCE
