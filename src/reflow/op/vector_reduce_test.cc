#include "reflow/op/vector_reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace reflow::op {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> waves(int64_t n) {
  std::vector<float> x(n);
  for (int64_t i = 0; i < n; ++i) x[i] = std::sin(0.7f * static_cast<float>(i)) + 0.5f;
  return x;
}

TEST(VectorReduce, SumsOfAnyLength) {
  for (const int64_t n : {0, 1, 7, 16, 63, 64, 65, 1000, 4096, 4097, 12288, 50001}) {
    const std::vector<float> x = waves(n), y = waves(n + 1);
    double sum = 0, squares = 0, dot = 0, magnitudes = 0;
    for (int64_t i = 0; i < n; ++i) {
      sum += x[i];
      squares += double{x[i]} * x[i];
      dot += double{x[i]} * y[i];
      magnitudes += std::abs(x[i]);
    }
    EXPECT_NEAR(sum_f32(x.data(), n), sum, 1e-6 * magnitudes) << n;
    EXPECT_NEAR(squared_sum_f32(x.data(), n), squares, 1e-6 * squares) << n;
    EXPECT_NEAR(dot_f32(x.data(), y.data(), n), dot, 1e-6 * squares) << n;
    EXPECT_NEAR(abs_sum_f32(x.data(), n), magnitudes, 1e-6 * magnitudes) << n;
  }
}

TEST(VectorReduce, LongSumsStayAccurate) {
  const std::vector<float> x(10'000'000, 0.1f);
  EXPECT_NEAR(sum_f32(x.data(), x.size()), 0.1f * 1e7, 1);
}

TEST(VectorReduce, ProductsOfAnyLength) {
  for (const int64_t n : {0, 1, 7, 16, 63, 64, 65, 1000, 4097}) {
    std::vector<float> x(n);
    double product = 1;
    for (int64_t i = 0; i < n; ++i) product *= x[i] = i % 3 == 1 ? -1.25f : 0.875f + 0.01f * static_cast<float>(i % 5);
    EXPECT_NEAR(product_f32(x.data(), n), product, 1e-5 * std::abs(product)) << n;
  }
}

TEST(VectorReduce, ExtremaPassOverNaN) {
  const float x[] = {kNaN, 3, kNaN, -5, 2, kNaN};
  EXPECT_EQ(max_f32(x, 6), 3);
  EXPECT_EQ(min_f32(x, 6), -5);
  EXPECT_EQ(max_f32(x, 1), -kInf);
  EXPECT_EQ(max_f32(x, 0), -kInf);
  EXPECT_EQ(min_f32(x, 0), kInf);
}

TEST(VectorReduce, ExtremaOfAnyPlace) {
  for (const int64_t n : {1, 5, 17, 64, 100, 5000}) {
    for (const int64_t at : {int64_t{0}, n / 2, n - 1}) {
      std::vector<float> x(n, 1);
      x[at] = 9;
      EXPECT_EQ(max_f32(x.data(), n), 9) << n << " " << at;
      x[at] = -9;
      EXPECT_EQ(min_f32(x.data(), n), -9) << n << " " << at;
    }
  }
}

TEST(VectorReduce, RowsAndColumnsOfMatricesWithGaps) {
  for (const int64_t rows : {1, 3, 64, 65, 200}) {
    for (const int64_t columns : {1, 10, 16, 64, 77, 600}) {
      const int64_t stride = columns + 3;
      const std::vector<float> x = waves(rows * stride);
      std::vector<float> row_sums(rows + 1, -1), column_sums(columns + 1, -1), maxima(columns), minima(columns),
          products(columns);
      row_sums_f32(x.data(), rows, columns, stride, row_sums.data());
      column_sums_f32(x.data(), rows, columns, stride, column_sums.data());
      column_products_f32(x.data(), std::min<int64_t>(rows, 3), columns, stride, products.data());
      column_maxima_f32(x.data(), rows, columns, stride, maxima.data());
      column_minima_f32(x.data(), rows, columns, stride, minima.data());
      for (int64_t j = 0; j < columns; ++j) {
        double sum = 0;
        float largest = -kInf, smallest = kInf;
        for (int64_t i = 0; i < rows; ++i) {
          sum += x[i * stride + j];
          largest = std::max(largest, x[i * stride + j]);
          smallest = std::min(smallest, x[i * stride + j]);
        }
        double product = 1;
        for (int64_t i = 0; i < std::min<int64_t>(rows, 3); ++i) product *= x[i * stride + j];
        EXPECT_NEAR(column_sums[j], sum, 1e-4);
        EXPECT_NEAR(products[j], product, 1e-5);
        EXPECT_EQ(maxima[j], largest);
        EXPECT_EQ(minima[j], smallest);
      }
      double last_row = 0;
      for (int64_t j = 0; j < columns; ++j) last_row += x[(rows - 1) * stride + j];
      EXPECT_NEAR(row_sums[rows - 1], last_row, 1e-4);
      EXPECT_EQ(row_sums[rows], -1);
      EXPECT_EQ(column_sums[columns], -1);
    }
  }
}

}  // namespace
}  // namespace reflow::op
