#include "reflow/onednn/gemm.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <vector>

#include "reflow/onednn/parallel_gemm.h"

namespace reflow::onednn {
namespace {

// Small whole numbers: sums are exact.
std::vector<float> numbers(int64_t n) {
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>((i * 7 + 3) % 11 - 5);
  return x;
}

std::vector<float> product(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const std::vector<float>& a,
                           const std::vector<float>& b) {
  std::vector<float> c(m * n, 0);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t p = 0; p < k; ++p) {
      const float x = ta ? a[p * m + i] : a[i * k + p];
      for (int64_t j = 0; j < n; ++j) c[i * n + j] += x * (tb ? b[j * k + p] : b[p * n + j]);
    }
  }
  return c;
}

TEST(Sgemm, TransposesEitherOperand) {
  const int64_t m = 5, n = 7, k = 3;
  const std::vector<float> a = numbers(m * k), b = numbers(k * n);
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      std::vector<float> c(m * n, 1);
      sgemm(ta, tb, m, n, k, 1, a.data(), ta ? m : k, b.data(), tb ? k : n, 0, c.data(), n);
      EXPECT_EQ(c, product(ta, tb, m, n, k, a, b));
    }
  }
}

TEST(Sgemm, AddsToWhatIsThere) {
  const float a[] = {1, 2}, b[] = {3, 4};
  float c[] = {10};
  sgemm(false, false, 1, 1, 2, 2, a, 2, b, 1, 3, c, 1);
  EXPECT_EQ(c[0], 2 * 11 + 3 * 10);
}

TEST(Sgemm, LeavesTheThreadsOfOpenMpAsTheyWere) {
  omp_set_num_threads(3);
  const float x = 2;
  float y;
  sgemm(false, false, 1, 1, 1, 1, &x, 1, &x, 1, 0, &y, 1);
  EXPECT_EQ(omp_get_max_threads(), 3);
}

TEST(ParallelSgemm, PartsMakeTheWhole) {
  ThreadPool pool(3);
  for (const auto& [m, n, k] : std::vector<std::array<int64_t, 3>>{{100, 500, 784}, {784, 500, 100}, {1, 3000, 600}, {900, 17, 300}}) {
    for (const bool transpose : {false, true}) {
      const std::vector<float> a = numbers(m * k), b = numbers(k * n);
      std::vector<float> c(m * n, -1);
      parallel_sgemm(pool, transpose, transpose, m, n, k, 1, a.data(), transpose ? m : k, b.data(), transpose ? k : n, 0,
                     c.data(), n);
      EXPECT_EQ(c, product(transpose, transpose, m, n, k, a, b)) << m << " " << n << " " << k;
    }
  }
}

}  // namespace
}  // namespace reflow::onednn
