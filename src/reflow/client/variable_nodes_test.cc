#include "reflow/client/variable_nodes.h"

#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

tf::client::VariableNodes nodes_of(const tf::Variable& variable, const tf::Output& snapshot) {
  return {variable.ref(), variable.initializer(), snapshot, variable.initial_value(), variable.trainable()};
}

TEST(VariableNodes, OfARefVariableShareItsState) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v({1.f, 2.f}, {.trainable = false, .name = "v"});
  const tf::Variable twin = tf::client::variable_of_nodes(nodes_of(v, v.value()));
  EXPECT_EQ(twin.name(), "v:0");
  EXPECT_EQ(twin.dtype(), v.dtype());
  EXPECT_EQ(twin.shape(), (tf::Shape{2}));
  EXPECT_FALSE(twin.trainable());
  EXPECT_EQ(twin.value(), v.value());
  tf::Session session;
  session.run(twin.initializer());
  session.run(twin.assign_add({1.f, 1.f}));
  EXPECT_EQ(session.run(v).data<float>()[1], 3);
}

TEST(VariableNodes, OfAResourceVariableKnowShapeAndType) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v({1.f, 2.f}, {.name = "v", .use_resource = true});
  const tf::Output read = graph.get_tensor_by_name("v/Read/ReadVariableOp:0");
  const tf::Variable twin = tf::client::variable_of_nodes(nodes_of(v, read));
  EXPECT_TRUE(twin.is_resource());
  EXPECT_EQ(twin.shape(), (tf::Shape{2}));
  EXPECT_EQ(twin.dtype(), tf::float32);
}

TEST(VariableNodes, OfAResourceVariableNeedARead) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Variable v({1.f, 2.f}, {.name = "v", .use_resource = true});
  EXPECT_THROW(tf::client::variable_of_nodes(nodes_of(v, v.initial_value())), tf::ValueError);
}

}  // namespace
