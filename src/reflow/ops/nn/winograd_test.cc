#include "winograd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace reflow::ops {
namespace {

Convolution sizes(int64_t batch, int64_t height, int64_t width, int64_t in, int64_t out, int64_t taps, op::Padding padding) {
  Convolution c;
  c.batch = batch, c.in_channels = in, c.out_channels = out;
  const int64_t size[] = {height, width};
  for (int i = 0; i < 2; ++i) {
    c.dims[i].in = size[i], c.dims[i].kernel = taps;
    EXPECT_TRUE(c.dims[i].fit(padding).ok());
  }
  return c;
}

std::vector<float> random_values(int64_t n, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& v : values) v = normal(engine);
  return values;
}

std::vector<double> wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// The largest difference, in units of the largest of `expected`.
double error(const std::vector<float>& values, const std::vector<double>& expected) {
  double largest = 0, difference = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    difference = std::max(difference, std::abs(values[i] - expected[i]));
  }
  return difference / largest;
}

struct Data {
  explicit Data(const Convolution& c)
      : x(random_values(c.batch * c.in_area() * c.in_channels, 1)),
        filter(random_values(c.filter_area() * c.in_channels * c.out_channels, 2)),
        dy(random_values(c.batch * c.out_area() * c.out_channels, 3)) {}
  std::vector<float> x, filter, dy;
};

class Winograd : public testing::TestWithParam<Convolution> {
 protected:
  ThreadPool pool_{2};
};

TEST_P(Winograd, Forward) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<float> y(data.dy.size());
  std::vector<double> expected(y.size());
  ASSERT_TRUE(winograd_forward(pool_, c, data.x.data(), data.filter.data(), nullptr, false, y.data()).ok());
  ASSERT_TRUE(convolve(pool_, c, wide(data.x).data(), wide(data.filter).data(), expected.data()).ok());
  EXPECT_LT(error(y, expected), 3e-5);
}

TEST_P(Winograd, BiasAndRelu) {
  const Convolution& c = GetParam();
  const Data data(c);
  const std::vector<float> bias = random_values(c.out_channels, 4);
  std::vector<float> y(data.dy.size());
  std::vector<double> expected(y.size());
  ASSERT_TRUE(winograd_forward(pool_, c, data.x.data(), data.filter.data(), bias.data(), true, y.data()).ok());
  ASSERT_TRUE(convolve(pool_, c, wide(data.x).data(), wide(data.filter).data(), expected.data()).ok());
  for (size_t i = 0; i < expected.size(); ++i) expected[i] = std::max(expected[i] + bias[i % c.out_channels], 0.0);
  EXPECT_LT(error(y, expected), 3e-5);
}

TEST_P(Winograd, ToInput) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<float> dx(data.x.size());
  std::vector<double> expected(dx.size());
  ASSERT_TRUE(winograd_to_input(pool_, c, data.dy.data(), data.filter.data(), dx.data()).ok());
  ASSERT_TRUE(convolve_to_input(pool_, c, wide(data.dy).data(), wide(data.filter).data(), expected.data()).ok());
  EXPECT_LT(error(dx, expected), 3e-5);
}

TEST_P(Winograd, ToFilter) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<float> dfilter(data.filter.size());
  std::vector<double> expected(dfilter.size());
  ASSERT_TRUE(winograd_to_filter(pool_, c, data.x.data(), data.dy.data(), dfilter.data()).ok());
  ASSERT_TRUE(convolve_to_filter(pool_, c, wide(data.x).data(), wide(data.dy).data(), expected.data()).ok());
  EXPECT_LT(error(dfilter, expected), 3e-5);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Winograd,
                         testing::Values(sizes(2, 12, 16, 16, 16, 3, op::Padding::kSame),
                                         sizes(3, 13, 11, 32, 48, 3, op::Padding::kValid),
                                         sizes(2, 14, 14, 32, 64, 5, op::Padding::kSame),
                                         sizes(1, 9, 15, 48, 16, 5, op::Padding::kValid),
                                         sizes(5, 3, 4, 16, 32, 3, op::Padding::kSame)));

TEST(WinogradPays, WhereConvolutionsAreLarge) {
  EXPECT_TRUE(winograd_pays(sizes(16, 56, 56, 64, 64, 3, op::Padding::kSame)));
  EXPECT_TRUE(winograd_pays(sizes(100, 14, 14, 32, 64, 5, op::Padding::kSame)));
  EXPECT_TRUE(winograd_pays(sizes(1, 14, 14, 32, 64, 5, op::Padding::kSame)));
  EXPECT_FALSE(winograd_pays(sizes(1, 14, 14, 32, 32, 3, op::Padding::kSame)));
  EXPECT_FALSE(winograd_pays(sizes(16, 56, 56, 3, 64, 3, op::Padding::kSame)));
  EXPECT_FALSE(winograd_pays(sizes(16, 56, 56, 64, 64, 7, op::Padding::kSame)));
}

TEST(WinogradPays, NotWithStrides) {
  Convolution c = sizes(16, 56, 56, 64, 64, 3, op::Padding::kSame);
  c.dims[0].stride = c.dims[1].stride = 2;
  EXPECT_FALSE(winograd_pays(c));
}

}  // namespace
}  // namespace reflow::ops
