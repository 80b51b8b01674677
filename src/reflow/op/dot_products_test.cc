#include "reflow/op/dot_products.h"

#include <gtest/gtest.h>

#include <vector>

namespace reflow::op {
namespace {

// Whole numbers, whose sums are exact, with gaps between rows.
TEST(DotProducts, AreThoseOfEachTwoRows) {
  for (int64_t m : {1, 2, 3, 4, 7, 8}) {
    for (int64_t n : {1, 3, 4, 9}) {
      for (int64_t k : {0, 5, 16, 150}) {
        const int64_t lda = k + 1, ldb = k + 2, ldc = n + 3;
        std::vector<float> a(m * lda), b(n * ldb), c(m * ldc, -1.0f);
        for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i * 7 % 11) - 5;
        for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i * 5 % 13) - 6;
        dot_products_f32(a.data(), lda, m, b.data(), ldb, n, k, c.data(), ldc);
        for (int64_t i = 0; i < m; ++i) {
          for (int64_t j = 0; j < ldc; ++j) {
            float expected = j < n ? 0.0f : -1.0f;
            for (int64_t p = 0; j < n && p < k; ++p) expected += a[i * lda + p] * b[j * ldb + p];
            ASSERT_EQ(c[i * ldc + j], expected) << m << "x" << n << "x" << k << " at " << i << ", " << j;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace reflow::op
