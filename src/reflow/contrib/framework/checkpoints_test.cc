#include "reflow/contrib/framework/checkpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/contrib/framework/graph_functions.h"
#include "reflow/reflow.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;
namespace framework = reflow::contrib::framework;
using ::testing::ThrowsMessage;

namespace {

// A checkpoint of "v" [4] = 0, 1, 2, 3 and "w" = 7.
class FromCheckpoint : public ::testing::Test {
 protected:
  FromCheckpoint() {
    const tf::Graph graph;
    const auto scope = graph.as_default();
    const tf::Variable v(tf::constant({0., 1., 2., 3.}), {.name = "v"}), w(tf::constant(7), {.name = "w"});
    tf::Session sess;
    sess.run(tf::global_variables_initializer());
    prefix_ = tf::train::Saver().save(sess, folder_ / "model");
  }

  tf::testing::TemporaryFolder folder_;
  std::string prefix_;
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(FromCheckpoint, VariablesAreAssigned) {
  const tf::Variable v(tf::zeros({4}), {.name = "v"}), other(tf::constant(0), {.name = "other"});
  const auto [assign, feeds] = framework::assign_from_checkpoint(prefix_, {{"v", v}, {"w", other}});
  const tf::Session sess;
  sess.run(assign, feeds);
  EXPECT_EQ(sess.run(v).data<float>()[3], 3);
  EXPECT_EQ(sess.run(other).item<int32_t>(), 7);
}

TEST_F(FromCheckpoint, PartsTakeTheirParts) {
  const tf::Variable parts = tf::get_variable("v", {4}, {.partitioner = tf::fixed_size_partitioner(2)});
  const std::vector<tf::Variable> list = tf::global_variables();
  ASSERT_EQ(list.size(), 2u);
  const auto [assign, feeds] = framework::assign_from_checkpoint(prefix_, list);
  const tf::Session sess;
  sess.run(assign, feeds);
  EXPECT_EQ(sess.run(list[1]).data<float>()[0], 2);
}

TEST_F(FromCheckpoint, WhatIsMissingIsAnErrorOrLeftOut) {
  const tf::Variable v(tf::zeros({4}), {.name = "v"}), x(tf::constant(1.), {.name = "x"});
  EXPECT_THAT([&] { framework::assign_from_checkpoint(prefix_, {x}); },
              ThrowsMessage<tf::ValueError>("Checkpoint is missing variable [x]"));
  const auto restore = framework::assign_from_checkpoint_fn(prefix_, {v, x}, {.ignore_missing_vars = true});
  const tf::Session sess;
  restore(sess);
  EXPECT_EQ(sess.run(v).data<float>()[2], 2);
  EXPECT_FALSE(framework::assign_from_checkpoint_fn(prefix_, {x}, {.ignore_missing_vars = true}));
  EXPECT_THROW(framework::assign_from_checkpoint_fn(prefix_, std::vector<tf::Variable>()), tf::ValueError);
}

TEST_F(FromCheckpoint, OtherShapesAreErrors) {
  const tf::Variable v(tf::zeros({2}), {.name = "v"});
  EXPECT_THAT([&] { framework::assign_from_checkpoint(prefix_, {v}); },
              ThrowsMessage<tf::ValueError>(
                  "Total size of new array must be unchanged for v lh_shape: [(4,)], rh_shape: [(2,)]"));
}

TEST_F(FromCheckpoint, ValuesAreAssignedByAFunction) {
  const tf::Variable v(tf::constant(1.), {.name = "v"});
  tf::Tensor five(tf::float32, tf::Shape{});
  *five.data<float>() = 5;
  const tf::Session sess;
  framework::assign_from_values_fn({{"v", five}})(sess);
  EXPECT_EQ(sess.run(v).item<float>(), 5);
}

TEST(FrameworkNames, TakeAndLoseScopes) {
  EXPECT_EQ(framework::prepend_name_scope("a", "s"), "s/a");
  EXPECT_EQ(framework::prepend_name_scope("^a", "s/"), "^s/a");
  EXPECT_EQ(framework::strip_name_scope("loc:@s/a", "s"), "loc:@a");
  EXPECT_EQ(framework::strip_name_scope("t/a", "s"), "t/a");
  EXPECT_EQ(framework::strip_name_scope("a", ""), "a");
}

TEST(FrameworkTensors, AreCheckedAndAddedUp) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::placeholder(tf::float32, {2}, {.name = "x"}), y = tf::constant(3., {.name = "y"});
  EXPECT_THAT(framework::get_placeholders(), ::testing::ElementsAre(x));
  const tf::Output sum = framework::reduce_sum_n({x, y});
  EXPECT_EQ(sum.op().name(), "reduce_sum_n");
  EXPECT_EQ(sum.op().inputs()[0].op().name(), "reduce_sum_n/x/sum");
  EXPECT_EQ(tf::Session().run(sum, {{x, {1., 2.}}}).item<float>(), 6);
  EXPECT_THROW(framework::assert_scalar_int(y), tf::ValueError);
  EXPECT_EQ(framework::assert_scalar_int(tf::constant(1)).dtype(), tf::int32);
  EXPECT_FALSE(framework::assert_or_get_global_step());
}

}  // namespace
