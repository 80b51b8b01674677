#include "reflow/op/vector_trigonometry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace reflow::op {
namespace {

// The distance from the true value, in units of the last place of 1 where the value is small.
double error(float value, double expected) {
  if (std::isnan(expected)) return std::isnan(value) ? 0 : 1e9;
  return std::abs(value - expected) / std::numeric_limits<float>::epsilon();
}

TEST(VectorTrigonometry, IsNearTheTrueValues) {
  std::vector<float> x;
  for (int i = -3000; i <= 3001; ++i) x.push_back(static_cast<float>(i) * 0.0713f);
  for (const float large : {8191.5f, 1e5f, -3e9f, 1e30f}) x.push_back(large);
  std::vector<float> sines(x.size()), cosines(x.size());
  sin_f32(x.data(), sines.data(), static_cast<int64_t>(x.size()));
  cos_f32(x.data(), cosines.data(), static_cast<int64_t>(x.size()));
  for (size_t i = 0; i < x.size(); ++i) {
    EXPECT_LT(error(sines[i], std::sin(static_cast<double>(x[i]))), 2) << x[i];
    EXPECT_LT(error(cosines[i], std::cos(static_cast<double>(x[i]))), 2) << x[i];
  }
}

TEST(VectorTrigonometry, OfNoNumberIsNone) {
  const float infinity = std::numeric_limits<float>::infinity();
  float x[] = {infinity, std::nanf(""), 0.0f, -infinity};
  sin_f32(x, x, 4);
  EXPECT_TRUE(std::isnan(x[0]));
  EXPECT_TRUE(std::isnan(x[1]));
  EXPECT_EQ(x[2], 0.0f);
  EXPECT_TRUE(std::isnan(x[3]));
}

}  // namespace
}  // namespace reflow::op
