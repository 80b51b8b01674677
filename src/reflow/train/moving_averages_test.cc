#include "reflow/train/moving_averages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/client/errors.h"
#include "reflow/client/session.h"

namespace reflow::train {
namespace {

using ::testing::ElementsAre;

class MovingAverageTest : public ::testing::Test {
 protected:
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

TEST_F(MovingAverageTest, FollowsTheVariable) {
  const Variable v(0.f, {.name = "v"}), step(0, {.trainable = false, .name = "step"});
  ExponentialMovingAverage averages(0.99, step);
  const Operation update = averages.apply(std::vector<Variable>{v});
  const Output set_v = v.assign(5.f), set_v_again = v.assign(10.f), set_step = step.assign(10000);
  const Session session;
  session.run(global_variables_initializer());
  const auto average = [&] { return session.run(*averages.average(v)).item<float>(); };
  session.run(set_v);
  session.run(update);
  EXPECT_FLOAT_EQ(average(), 4.5f);  // min(0.99, 0.1) of the old value
  session.run({set_step, set_v_again});
  session.run(update);
  EXPECT_NEAR(average(), 4.555f, 1e-5);
  session.run(update);
  EXPECT_NEAR(average(), 4.60945f, 1e-5);
}

TEST_F(MovingAverageTest, FollowsAResourceVariable) {
  const Variable v(1.f, {.name = "v", .use_resource = true});
  ExponentialMovingAverage averages(0.5);
  const Operation update = averages.apply(std::vector<Variable>{v});
  const Operation set_v = v.assign(3.f).op();
  const Session session;
  session.run(global_variables_initializer());
  session.run(set_v);
  session.run(update);
  EXPECT_FLOAT_EQ(session.run(*averages.average(v)).item<float>(), 2);
}

TEST_F(MovingAverageTest, NamesTheShadow) {
  const Variable v(0.f, {.name = "v"});
  ExponentialMovingAverage averages(0.9);
  EXPECT_EQ(averages.average_name(v), "v/ExponentialMovingAverage");
  EXPECT_FALSE(averages.average(v));
  averages.apply(std::vector<Variable>{v});
  EXPECT_EQ(averages.average_name(v), "v/ExponentialMovingAverage");
  EXPECT_EQ(averages.average(v)->name(), "v/ExponentialMovingAverage:0");
}

TEST_F(MovingAverageTest, RestoresAveragesIntoVariables) {
  const Variable v(0.f, {.name = "v"}), other(0.f, {.trainable = false, .name = "other"});
  ExponentialMovingAverage averages(0.9);
  std::vector<std::string> names;
  for (const auto& [name, variable] : averages.variables_to_restore()) names.push_back(name + "=" + variable.name());
  EXPECT_THAT(names, ElementsAre("other=other:0", "v/ExponentialMovingAverage=v:0"));
}

TEST_F(MovingAverageTest, VariablesAreFloats) {
  const Variable v(1);
  try {
    ExponentialMovingAverage(0.9).apply(std::vector<Variable>{v});
    FAIL();
  } catch (const TypeError& e) {
    EXPECT_STREQ(e.what(), "The variables must be half, float, or double: Variable:0");
  }
}

TEST_F(MovingAverageTest, DebiasesTheFirstValues) {
  const Output value = constant(4.f);
  ExponentialMovingAverage averages(0.75, {.zero_debias = true});
  const Operation update = averages.apply(std::vector<Output>{value});
  const Session session;
  session.run(global_variables_initializer());
  session.run(update);
  EXPECT_FLOAT_EQ(session.run(*averages.average(value)).item<float>(), 4);
}

TEST_F(MovingAverageTest, TakesVariablesAndTensorsInOneList) {
  const Variable v(4.f, {.name = "v"});
  const Output tensor = constant(8.f, {.name = "t"});
  ExponentialMovingAverage averages(0.5);
  const Operation update = averages.apply_to_each({v, tensor});
  EXPECT_EQ(averages.average_name(tensor), "t/ExponentialMovingAverage");
  const Session session;
  session.run(global_variables_initializer());
  session.run(update);
  EXPECT_FLOAT_EQ(session.run(*averages.average(v)).item<float>(), 4);
  EXPECT_FLOAT_EQ(session.run(*averages.average(tensor)).item<float>(), 4);
}

}  // namespace
}  // namespace reflow::train
