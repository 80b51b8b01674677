#include "reflow/contrib/layers/regularizers.h"

#include <gtest/gtest.h>

#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/session.h"

namespace reflow::contrib::layers {
namespace {

class RegularizerTest : public ::testing::Test {
 protected:
  static float value(const Output& penalty) { return Session().run(penalty).item<float>(); }
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

TEST_F(RegularizerTest, L1AndL2) {
  const Output w = constant({1., -2., 3.});
  EXPECT_FLOAT_EQ(value(l1_regularizer(0.5)(w)), 3);
  EXPECT_FLOAT_EQ(value(l2_regularizer(0.5)(w)), 3.5);
  EXPECT_FLOAT_EQ(value(l1_l2_regularizer({.scale_l1 = 0.5, .scale_l2 = 0.5})(w)), 6.5);
}

TEST_F(RegularizerTest, NamesItsOps) {
  const Output w = constant({1., -2.});
  EXPECT_EQ(l2_regularizer(0.1)(w).name(), "l2_regularizer:0");
  EXPECT_EQ(l2_regularizer(0.1)(w).name(), "l2_regularizer_1:0");
  EXPECT_EQ(l1_regularizer(0.1, "mine")(w).name(), "mine:0");
}

TEST_F(RegularizerTest, ScaleOfZeroGivesNoPenalty) {
  EXPECT_FALSE(l2_regularizer(0.)(constant({1., 2.})).valid());
  EXPECT_THROW(l2_regularizer(-1.), ValueError);
  EXPECT_THROW(l1_regularizer(-1.), ValueError);
}

TEST_F(RegularizerTest, AppliedToWeightsOfACollection) {
  EXPECT_THROW(apply_regularization(l2_regularizer(0.5)), ValueError);
  const Output w = constant({2., 2.});
  EXPECT_FLOAT_EQ(value(apply_regularization(l2_regularizer(0.5), {w, w})), 4);
  EXPECT_EQ(get_collection(GraphKeys::REGULARIZATION_LOSSES).size(), 1);
}

}  // namespace
}  // namespace reflow::contrib::layers
