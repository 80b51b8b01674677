#include "reflow/train/global_step.h"

#include <gtest/gtest.h>

#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"

namespace reflow::train {
namespace {

class GlobalStepTest : public ::testing::Test {
 protected:
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

TEST_F(GlobalStepTest, IsMadeOnceOutsideAllScopes) {
  EXPECT_FALSE(get_global_step());
  const name_scope inner("inner");
  const Variable step = get_or_create_global_step();
  EXPECT_EQ(step.name(), "global_step:0");
  EXPECT_EQ(base_type(step.dtype()), DType::kInt64);
  EXPECT_FALSE(step.trainable());
  EXPECT_TRUE(get_or_create_global_step() == step);
  EXPECT_THROW(create_global_step(), ValueError);
}

TEST_F(GlobalStepTest, IsAnIntegerScalar) {
  EXPECT_THROW(assert_global_step(Variable(1.f)), TypeError);
  EXPECT_THROW(assert_global_step(Variable({1, 2})), TypeError);
}

TEST_F(GlobalStepTest, HasAValue) {
  const Variable step = create_global_step();
  const Session session;
  session.run(global_variables_initializer());
  EXPECT_EQ(global_step(session, step), 0);
}

}  // namespace
}  // namespace reflow::train
