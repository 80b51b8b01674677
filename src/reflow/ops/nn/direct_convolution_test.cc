#include "direct_convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace reflow::ops {
namespace {

struct Dim {
  int64_t in, kernel, stride = 1, dilation = 1;
};

Convolution sizes(int64_t batch, int64_t in, int64_t out, const std::vector<Dim>& dims,
                  op::Padding padding = op::Padding::kSame) {
  Convolution c;
  c.rank = static_cast<int>(dims.size());
  c.batch = batch, c.in_channels = in, c.out_channels = out;
  for (int i = 0; i < c.rank; ++i) {
    op::WindowDim& d = c.dims[i];
    d.in = dims[i].in, d.kernel = dims[i].kernel, d.stride = dims[i].stride, d.dilation = dims[i].dilation;
    EXPECT_TRUE(d.fit(padding).ok());
  }
  return c;
}

// Small whole numbers: sums are exact, in whatever order.
std::vector<float> numbers(int64_t n, int64_t factor) {
  std::vector<float> values(n);
  for (int64_t i = 0; i < n; ++i) values[i] = static_cast<float>((i * factor + 3) % 11 - 5);
  return values;
}

std::vector<double> wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

struct Data {
  explicit Data(const Convolution& c)
      : x(numbers(c.batch * c.in_area() * c.in_channels, 7)),
        filter(numbers(c.filter_area() * c.in_channels * c.out_channels, 5)),
        dy(numbers(c.batch * c.out_area() * c.out_channels, 9)) {}
  std::vector<float> x, filter, dy;
};

class DirectConvolution : public testing::TestWithParam<Convolution> {
 protected:
  ThreadPool one_{1}, three_{3};
};
using WholeImages = DirectConvolution;

TEST_P(DirectConvolution, Forward) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<double> expected(data.dy.size());
  ASSERT_TRUE(convolve(one_, c, wide(data.x).data(), wide(data.filter).data(), expected.data()).ok());
  for (ThreadPool* pool : {&one_, &three_}) {
    std::vector<float> y(expected.size(), NAN);
    ASSERT_TRUE(direct_forward(*pool, c, data.x.data(), data.filter.data(), y.data()).ok());
    EXPECT_EQ(wide(y), expected);
  }
}

TEST_P(DirectConvolution, EpilogueSeesEachPlaceOnce) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<float> y(data.dy.size(), NAN), expected(y.size());
  ASSERT_TRUE(direct_forward(one_, c, data.x.data(), data.filter.data(), expected.data()).ok());
  for (float& value : expected) value += 1;
  const int64_t channels = c.out_channels;
  const ConvolutionEpilogue after{[](void* context, float* part, int64_t places) {
                                    const int64_t n = places * *static_cast<const int64_t*>(context);
                                    for (int64_t i = 0; i < n; ++i) part[i] += 1;
                                  },
                                  const_cast<int64_t*>(&channels)};
  ASSERT_TRUE(direct_forward(three_, c, data.x.data(), data.filter.data(), y.data(), &after).ok());
  EXPECT_EQ(y, expected);
}

TEST_P(DirectConvolution, ToInput) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<double> expected(data.x.size());
  ASSERT_TRUE(convolve_to_input(one_, c, wide(data.dy).data(), wide(data.filter).data(), expected.data()).ok());
  for (ThreadPool* pool : {&one_, &three_}) {
    std::vector<float> dx(expected.size(), NAN);
    ASSERT_TRUE(direct_to_input(*pool, c, data.dy.data(), data.filter.data(), dx.data()).ok());
    EXPECT_EQ(wide(dx), expected);
  }
}

TEST_P(DirectConvolution, ToFilter) {
  const Convolution& c = GetParam();
  const Data data(c);
  std::vector<double> expected(data.filter.size());
  ASSERT_TRUE(convolve_to_filter(one_, c, wide(data.x).data(), wide(data.dy).data(), expected.data()).ok());
  for (ThreadPool* pool : {&one_, &three_}) {
    std::vector<float> dfilter(expected.size(), NAN);
    ASSERT_TRUE(direct_to_filter(*pool, c, data.x.data(), data.dy.data(), dfilter.data()).ok());
    EXPECT_EQ(wide(dfilter), expected);
  }
}

// All three of convolve() and its backward ops, with a window that covers the whole image.
TEST_P(WholeImages, AreProducts) {
  const Convolution& c = GetParam();
  const Data data(c);
  const auto x = wide(data.x), dy = wide(data.dy), filter = wide(data.filter);
  std::vector<double> y(dy.size()), dx(x.size()), dfilter(filter.size());
  ASSERT_TRUE(convolve(one_, c, x.data(), filter.data(), y.data()).ok());
  ASSERT_TRUE(convolve_to_input(one_, c, dy.data(), filter.data(), dx.data()).ok());
  ASSERT_TRUE(convolve_to_filter(one_, c, x.data(), dy.data(), dfilter.data()).ok());
  std::vector<float> floats_y(y.size(), NAN), floats_dx(x.size(), NAN), floats_dfilter(filter.size(), NAN), bias(c.out_channels, 1);
  ASSERT_TRUE(convolve(three_, c, data.x.data(), data.filter.data(), floats_y.data()).ok());
  EXPECT_EQ(wide(floats_y), y);
  ASSERT_TRUE(convolve_to_input(three_, c, data.dy.data(), data.filter.data(), floats_dx.data()).ok());
  EXPECT_EQ(wide(floats_dx), dx);
  ASSERT_TRUE(convolve_to_filter(three_, c, data.x.data(), data.dy.data(), floats_dfilter.data()).ok());
  EXPECT_EQ(wide(floats_dfilter), dfilter);
  ASSERT_TRUE(convolve_with_bias(three_, c, data.x.data(), data.filter.data(), bias.data(), true, floats_y.data()).ok());
  for (double& value : y) value = std::max(value + 1, 0.0);
  EXPECT_EQ(wide(floats_y), y);
}

constexpr op::Padding kValid = op::Padding::kValid;
INSTANTIATE_TEST_SUITE_P(Sizes, WholeImages,
                         testing::Values(sizes(1, 30, 70, {{5, 5}, {5, 5}}, kValid), sizes(5, 3, 33, {{4, 4, 2}, {7, 7}}, kValid),
                                         sizes(2, 40, 17, {{1, 1}, {1, 1}}), sizes(20, 2, 1, {{3, 3}, {2, 2}, {2, 2}}, kValid)));
INSTANTIATE_TEST_SUITE_P(
    Sizes, DirectConvolution,
    testing::Values(sizes(2, 3, 64, {{19, 7, 2}, {23, 7, 2}}), sizes(3, 1, 32, {{12, 5}, {12, 5}}),
                    sizes(2, 1, 6, {{11, 5}, {9, 5}}, kValid), sizes(2, 6, 16, {{14, 5}, {14, 5}}, kValid),
                    sizes(2, 7, 9, {{10, 3}, {13, 3}}), sizes(2, 40, 56, {{7, 3, 2}, {8, 3, 2}}),
                    sizes(1, 64, 80, {{9, 1}, {9, 1}}), sizes(2, 33, 17, {{9, 1, 2}, {8, 1, 3}}),
                    sizes(1, 520, 24, {{6, 1}, {5, 1}}), sizes(2, 20, 50, {{9, 3, 1, 2}, {11, 3, 1, 4}}),
                    sizes(1, 5, 130, {{17, 3, 1, 3}, {1, 1}}), sizes(2, 4, 32, {{20, 8, 4}, {21, 8, 4}}, kValid),
                    sizes(2, 16, 16, {{4, 1}, {17, 7}}), sizes(2, 18, 16, {{17, 7}, {4, 1}}),
                    sizes(3, 1, 20, {{8, 3}, {12, 12}}, kValid), sizes(2, 30, 12, {{5, 5}, {5, 5}}, kValid),
                    sizes(1, 17, 32, {{2, 5}, {2, 5}}), sizes(2, 3, 8, {{9, 2, 5}, {9, 2, 5}}),
                    sizes(2, 16, 20, {{4, 3}, {5, 3}, {6, 3}}), sizes(2, 3, 33, {{5, 3, 2}, {6, 2, 1}, {7, 3, 2}}),
                    sizes(1, 2, 3, {{4, 2, 1, 2}, {5, 2}, {9, 2, 1, 3}}, kValid)));

}  // namespace
}  // namespace reflow::ops
