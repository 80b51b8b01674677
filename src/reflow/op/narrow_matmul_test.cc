#include "reflow/op/narrow_matmul.h"

#include <gtest/gtest.h>

#include <vector>

namespace reflow::op {
namespace {

// Small whole numbers: sums are exact.
std::vector<float> numbers(int64_t n) {
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>((i * 7 + 3) % 11 - 5);
  return x;
}

TEST(NarrowMatMul, EverySizeAndLayout) {
  for (const int64_t m : {1, 2, 7, 8, 15, 33}) {
    for (const int64_t n : {1, 3, 10, 15, 16}) {
      for (const int64_t k : {1, 2, 9, 40}) {
        const std::vector<float> a = numbers(m * k), b = numbers(k * n);
        alignas(64) float packed[40 * kNarrowColumns];
        for (const bool transposed : {false, true}) {
          const int64_t row = transposed ? 1 : k, column = transposed ? m : 1;
          const int64_t b_row = transposed ? 1 : n, b_column = transposed ? k : 1;
          pack_narrow_f32(b.data(), b_row, b_column, k, n, packed);
          std::vector<float> c(m * n + 1, -99);
          narrow_matmul_f32(a.data(), row, column, packed, m, n, k, c.data());
          for (int64_t i = 0; i < m; ++i) {
            for (int64_t j = 0; j < n; ++j) {
              float want = 0;
              for (int64_t p = 0; p < k; ++p) want += a[i * row + p * column] * b[p * b_row + j * b_column];
              ASSERT_EQ(c[i * n + j], want) << m << " " << n << " " << k << " at " << i << " " << j;
            }
          }
          EXPECT_EQ(c[m * n], -99);
        }
      }
    }
  }
}

}  // namespace
}  // namespace reflow::op
