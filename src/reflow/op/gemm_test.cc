#include "reflow/op/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "reflow/op/panel_product.h"

namespace reflow::op {
namespace {

// Small whole numbers: sums are exact.
std::vector<float> numbers(int64_t n, int seed) {
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = static_cast<float>((i * 7 + seed) % 11 - 5);
  return x;
}

struct Sizes {
  int64_t m, n, k;
};

class GemmOf : public testing::TestWithParam<Sizes> {
 protected:
  // All elements of C, with gaps between its rows; those of the gaps have to stay.
  void expect_product(bool transpose_a, bool transpose_b, bool packed, bool accumulate, int threads) {
    const auto [m, n, k] = GetParam();
    const int64_t gap = 3;
    const std::vector<float> a = numbers(m * k, 1), b = numbers(k * n, 2), before = numbers(m * (n + gap), 3);
    std::vector<float> c = before, panels(panels_size(k, n));
    ThreadPool pool(threads);
    Gemm g;
    g.transpose_a = transpose_a, g.transpose_b = transpose_b;
    g.m = m, g.n = n, g.k = k;
    g.a = a.data(), g.lda = transpose_a ? m : k;
    g.b = b.data(), g.ldb = transpose_b ? k : n;
    if (packed) {
      pack_panels(pool, transpose_b, k, n, g.b, g.ldb, panels.data());
      g.b = nullptr, g.panels = panels.data();
    }
    g.c = c.data(), g.ldc = n + gap;
    g.accumulate = accumulate;
    gemm(pool, g);
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t j = 0; j < n + gap; ++j) {
        float expected = accumulate || j >= n ? before[i * (n + gap) + j] : 0;
        for (int64_t p = 0; j < n && p < k; ++p) {
          expected += a[transpose_a ? p * m + i : i * k + p] * b[transpose_b ? j * k + p : p * n + j];
        }
        ASSERT_EQ(c[i * (n + gap) + j], expected) << i << ", " << j;
      }
    }
  }
};

TEST_P(GemmOf, PlainMatrices) { expect_product(false, false, false, false, 1); }
TEST_P(GemmOf, TransposedMatrices) {
  expect_product(true, false, false, false, 1);
  expect_product(false, true, false, false, 1);
  expect_product(true, true, false, false, 1);
}
TEST_P(GemmOf, Panels) {
  expect_product(false, false, true, false, 1);
  expect_product(true, true, true, false, 1);
}
TEST_P(GemmOf, Sums) {
  expect_product(false, false, false, true, 1);
  expect_product(true, true, true, true, 1);
}
TEST_P(GemmOf, SeveralThreads) {
  expect_product(false, false, false, false, 3);
  expect_product(true, true, false, true, 3);
  expect_product(false, true, true, false, 3);
}

INSTANTIATE_TEST_SUITE_P(Sizes, GemmOf,
                         testing::Values(Sizes{1, 1, 1}, Sizes{1, 40, 70}, Sizes{2, 16, 5}, Sizes{6, 17, 3}, Sizes{7, 100, 64},
                                         Sizes{20, 130, 30}, Sizes{26, 130, 800}, Sizes{3, 5, 0}, Sizes{3, 1050, 30}, Sizes{4, 130, 70},
                                         Sizes{170, 1050, 20}, Sizes{160, 70, 390}),
                         [](const auto& info) {
                           const Sizes& s = info.param;
                           return std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k);
                         });

// A [m, k] with zeros in the columns that are multiples of 3 but not of 5, and in the first 13 rows of those of 5.
std::vector<float> with_zeros(int64_t m, int64_t k, bool transpose) {
  std::vector<float> a = numbers(m * k, 1);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t p = 0; p < k; ++p) {
      if (p % 5 == 0 ? i < 13 : p % 3 == 0) a[transpose ? p * m + i : i * k + p] = 0;
    }
  }
  return a;
}

class SkippedZeros : public testing::TestWithParam<Sizes> {
 protected:
  // C without skipping zeros, and with.
  std::pair<std::vector<float>, std::vector<float>> products(bool transpose_a, const std::vector<float>& b, int threads = 1) {
    const auto [m, n, k] = GetParam();
    const std::vector<float> a = with_zeros(m, k, transpose_a);
    std::vector<float> c(m * n), skipping(m * n);
    ThreadPool pool(threads);
    Gemm g;
    g.transpose_a = transpose_a;
    g.m = m, g.n = n, g.k = k;
    g.a = a.data(), g.lda = transpose_a ? m : k;
    g.b = b.data(), g.ldb = n;
    g.c = c.data(), g.ldc = n;
    gemm(pool, g);
    g.skip_zeros = true, g.c = skipping.data();
    gemm(pool, g);
    return {c, skipping};
  }
};

TEST_P(SkippedZeros, ChangeNothing) {
  const auto [m, n, k] = GetParam();
  for (bool transpose_a : {false, true}) {
    for (int threads : {1, 3}) {
      const auto [c, skipping] = products(transpose_a, numbers(k * n, 2), threads);
      EXPECT_EQ(c, skipping);
    }
  }
}

TEST_P(SkippedZeros, MeetInfinitiesAndNans) {
  const auto [m, n, k] = GetParam();
  std::vector<float> b = numbers(k * n, 2);
  b[0] = std::numeric_limits<float>::infinity();
  b[k / 2 / 3 * 3 * n + n - 1] = std::numeric_limits<float>::quiet_NaN();
  for (bool transpose_a : {false, true}) {
    const auto [c, skipping] = products(transpose_a, b);
    for (int64_t i = 0; i < m * n; ++i) {
      ASSERT_TRUE(c[i] == skipping[i] || (std::isnan(c[i]) && std::isnan(skipping[i]))) << i / n << ", " << i % n;
    }
    EXPECT_TRUE(std::isnan(skipping[0]));
    EXPECT_TRUE(std::isnan(skipping[n - 1]));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SkippedZeros,
                         testing::Values(Sizes{12, 128, 15}, Sizes{100, 200, 100}, Sizes{26, 130, 800}, Sizes{170, 1050, 400}),
                         [](const auto& info) {
                           const Sizes& s = info.param;
                           return std::to_string(s.m) + "x" + std::to_string(s.n) + "x" + std::to_string(s.k);
                         });

TEST(Gemm, FindsOutWhereManyZerosAre) {
  const int64_t m = 100, n = 200, k = 300;
  std::vector<float> a(m * k, 1.0f), b(k * n);
  Gemm g;
  g.m = m, g.n = n, g.k = k, g.a = a.data(), g.lda = k, g.b = b.data(), g.ldb = n;
  EXPECT_FALSE(many_zeros(g));
  for (int64_t i = 0; i < m * k; ++i) a[i] = i % 2 == 0 ? 0.0f : 1.0f;  // columns
  EXPECT_TRUE(many_zeros(g));
  for (int64_t i = 0; i < m * k; ++i) a[i] = i * 7919 % 1009 < 504 ? 0.0f : 1.0f;  // here and there
  EXPECT_FALSE(many_zeros(g));
  std::fill(a.begin(), a.end(), 0.0f);
  EXPECT_TRUE(many_zeros(g));
  g.n = 10;  // too little to gain
  EXPECT_FALSE(many_zeros(g));
}

TEST(Gemm, ThreadsChangeNoBit) {
  const int64_t m = 100, n = 300, k = 500;
  std::vector<float> a(m * k), b(k * n), one(m * n), three(m * n);
  for (int64_t i = 0; i < m * k; ++i) a[i] = 1 / static_cast<float>(i % 97 + 1);
  for (int64_t i = 0; i < k * n; ++i) b[i] = 1 / static_cast<float>(i % 89 + 1);
  Gemm g;
  g.m = m, g.n = n, g.k = k, g.a = a.data(), g.lda = k, g.b = b.data(), g.ldb = n, g.c = one.data(), g.ldc = n;
  ThreadPool single(1), several(3);
  gemm(single, g);
  g.c = three.data();
  gemm(several, g);
  EXPECT_EQ(one, three);
}

// Whichever way C is computed: few rows, panels, blocks of k, columns that don't fill a panel, zeros left out.
TEST(Gemm, AddsABiasLast) {
  ThreadPool pool(3);
  for (const auto& [m, n, k] : {std::tuple{2, 300, 40}, {20, 100, 600}, {500, 300, 500}, {33, 7, 5}, {3, 2, 0}}) {
    const std::vector<float> a = numbers(m * k, 1), b = numbers(k * n, 2), bias = numbers(n, 3);
    for (const bool relu : {false, true}) {
      for (const bool zeros : {false, true}) {
        std::vector<float> c(m * n), want(m * n);
        Gemm g;
        g.m = m, g.n = n, g.k = k, g.a = a.data(), g.lda = k, g.b = b.data(), g.ldb = n, g.c = want.data(), g.ldc = n;
        g.skip_zeros = zeros;
        gemm(pool, g);
        for (int64_t i = 0; i < m * n; ++i) {
          const float sum = want[i] + bias[i % n];
          want[i] = relu && sum < 0 ? 0 : sum;
        }
        g.c = c.data(), g.bias = bias.data(), g.relu = relu;
        gemm(pool, g);
        EXPECT_EQ(c, want) << m << " x " << n << " x " << k << ", relu " << relu << ", zeros left out " << zeros;
      }
    }
  }
}

}  // namespace
}  // namespace reflow::op
