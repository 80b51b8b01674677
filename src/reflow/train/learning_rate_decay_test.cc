#include "reflow/train/learning_rate_decay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "reflow/client/array_ops.h"
#include "reflow/client/dtypes.h"
#include "reflow/client/errors.h"
#include "reflow/client/session.h"

namespace reflow::train {
namespace {

class LearningRateTest : public ::testing::Test {
 protected:
  // The schedule's value at a step.
  static float at(int step, const std::function<Output(const Output&)>& schedule) {
    const Graph graph;
    const Graph::DefaultScope scope(graph);
    const Output tensor = placeholder(int32, Shape{});
    const Output rate = schedule(tensor);
    return Session().run(rate, {{tensor, step}}).item<float>();
  }
};

TEST_F(LearningRateTest, Exponential) {
  const auto smooth = [](const Output& step) { return exponential_decay(0.8, step, 100, 0.5); };
  EXPECT_FLOAT_EQ(at(0, smooth), 0.8f);
  EXPECT_FLOAT_EQ(at(150, smooth), 0.8f * std::pow(0.5f, 1.5f));
  const auto stairs = [](const Output& step) { return exponential_decay(0.8, step, 100, 0.5, {.staircase = true}); };
  EXPECT_FLOAT_EQ(at(199, stairs), 0.4f);
}

TEST_F(LearningRateTest, PiecewiseConstantIncludesTheBoundary) {
  const auto rate = [](const Output& step) { return piecewise_constant(step, {10, 20}, {1.0, 0.5, 0.1}); };
  EXPECT_FLOAT_EQ(at(10, rate), 1.0f);
  EXPECT_FLOAT_EQ(at(11, rate), 0.5f);
  EXPECT_FLOAT_EQ(at(20, rate), 0.5f);
  EXPECT_FLOAT_EQ(at(21, rate), 0.1f);
}

TEST_F(LearningRateTest, PolynomialEndsOrStartsAgain) {
  const auto once = [](const Output& step) { return polynomial_decay(1.0, step, 10, {.end_learning_rate = 0.5}); };
  EXPECT_FLOAT_EQ(at(5, once), 0.75f);
  EXPECT_FLOAT_EQ(at(99, once), 0.5f);
  const auto again = [](const Output& step) {
    return polynomial_decay(1.0, step, 10, {.end_learning_rate = 0.5, .cycle = true});
  };
  EXPECT_FLOAT_EQ(at(15, again), 0.625f);
}

TEST_F(LearningRateTest, InverseTimeAndNaturalExponential) {
  EXPECT_FLOAT_EQ(at(20, [](const Output& step) { return inverse_time_decay(1.0, step, 10, 0.5); }), 0.5f);
  EXPECT_FLOAT_EQ(at(20, [](const Output& step) { return natural_exp_decay(1.0, step, 10, 0.5); }), std::exp(-1.f));
}

TEST_F(LearningRateTest, Cosines) {
  EXPECT_NEAR(at(50, [](const Output& step) { return cosine_decay(1.0, step, 100); }), 0.5f, 1e-6);
  EXPECT_NEAR(at(100, [](const Output& step) { return cosine_decay_restarts(1.0, step, 100); }), 1.f, 1e-5);
  EXPECT_NEAR(at(200, [](const Output& step) { return cosine_decay_restarts(1.0, step, 100); }), 0.5f, 1e-5);
  EXPECT_NEAR(at(50, [](const Output& step) { return linear_cosine_decay(1.0, step, 100); }),
              0.5f * 0.5f * (1 + std::cos(std::numbers::pi_v<float> / 2)) + 0.001f, 1e-5);
}

TEST_F(LearningRateTest, PiecewiseConstantNeedsOneValueMore) {
  const Graph graph;
  const Graph::DefaultScope scope(graph);
  EXPECT_THROW(piecewise_constant(0, {10, 20}, {1.0, 0.5}), ValueError);
  EXPECT_THROW(piecewise_constant(0, {10.5}, {1.0, 0.5}), ValueError);
}

}  // namespace
}  // namespace reflow::train
