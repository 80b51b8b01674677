// Accumulators, hessians, templates and checks of all numbers: the graphs of TensorFlow 1.15, and what they do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

class GraphFunctions : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GraphFunctions, AccumulatorsMakeTensorFlowsGraph) {
  const tf::ConditionalAccumulator a(tf::float32, {.shape = {2}});
  a.apply_grad({1., 2.}), a.apply_grad(tf::ones({2}), {.local_step = 3, .name = "apply"}), a.take_grad(2);
  a.num_accumulated(), a.set_global_step(5), a.num_accumulated({"count"});
  const tf::ConditionalAccumulator b(tf::float64, {.shared_name = "shared", .name = "sums", .reduction_type = "SUM"});
  b.take_grad(tf::constant(1), {"take"});
  const tf::SparseConditionalAccumulator s(tf::float32, {.shape = {3, 2}});
  const tf::Output first = tf::constant({0}, tf::int64);
  s.apply_grad(first, tf::ones({1, 2}), {3, 2});
  const tf::Output row = tf::ones({1, 2});
  s.apply_indexed_slices_grad({row, tf::constant({1}), {}}, {.local_step = 1});
  s.take_grad(1), s.take_indexed_slices_grad(2, {"rows"}), s.num_accumulated(), s.set_global_step(tf::constant(2));
  expect_golden_graph("accumulators", {.folder = "graphs"});
}

TEST_F(GraphFunctions, AccumulatorsGiveMeans) {
  const tf::ConditionalAccumulator a(tf::float32, {.shape = {2}});
  const tf::Output x = tf::placeholder(tf::float32, {2});
  const tf::Operation apply = a.apply_grad(x);
  const tf::Session sess;
  sess.run(apply, {{x, {1., 2.}}}), sess.run(apply, {{x, {3., 6.}}});
  EXPECT_EQ(sess.run(a.num_accumulated()).item<int32_t>(), 2);
  EXPECT_EQ(sess.run(a.take_grad(2)).data<float>()[1], 4);
}

TEST_F(GraphFunctions, HessiansMakeTensorFlowsGraph) {
  const tf::Output x = tf::placeholder(tf::float32, {2}, {.name = "x"});
  const tf::Output y = tf::placeholder(tf::float32, {3}, {.name = "y"});
  const tf::Output cubes = tf::reduce_sum(x * x * x);
  const std::vector<tf::Output> second = tf::hessians(cubes + tf::reduce_sum(y * y), {x, y});
  expect_golden_graph("hessians", {.folder = "graphs"});
  const tf::Tensor value = tf::Session().run(second[0], {{x, {1., 2.}}, {y, {0., 0., 0.}}});
  EXPECT_THAT(std::vector<float>(value.data<float>(), value.data<float>() + 4), ::testing::ElementsAre(6, 0, 0, 12));
}

tf::Output layer(const tf::Output& x, int64_t size) { return tf::matmul(x, tf::get_variable("w", {3, size})); }

TEST_F(GraphFunctions, TemplatesMakeTensorFlowsGraph) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 3}, {.name = "x"});
  const auto t = tf::make_template("dense", [](const tf::Output& in) { return layer(in, 4); });
  t(x), t(x);
  const auto u = [] {
    const tf::variable_scope outer("outer");
    return tf::make_template("dense", layer, {.create_scope_now = true});
  }();
  u(x, 2), u(x, 2);
  const auto v = tf::make_template("ignored", layer, {.unique_name = "named"});
  v(x, 1), v(x, 1);
  expect_golden_graph("templates", {.folder = "graphs"});
  EXPECT_EQ(t.trainable_variables().size(), 1u);
  EXPECT_EQ(u.variable_scope()->name(), "outer/dense");
}

TEST_F(GraphFunctions, TemplatesMakeVariablesOnce) {
  const auto wrong = tf::make_template("wrong", [] { return tf::Variable(1.).value(); });
  wrong();
  EXPECT_THROW(wrong(), tf::ValueError);
}

TEST_F(GraphFunctions, AllNumbersAreChecked) {
  const tf::Output x = tf::placeholder(tf::float32, {2}, {.name = "x"});
  const tf::Output z = tf::sqrt(x);
  tf::cast(z, tf::int32), tf::cast(z, tf::float64);
  const tf::Operation check = tf::add_check_numerics_ops();
  expect_golden_graph("checked_numbers", {.folder = "graphs"});
  const tf::Session sess;
  sess.run(check, {{x, {1., 4.}}});
  EXPECT_THROW(sess.run(check, {{x, {-1., 4.}}}), tf::errors::InvalidArgumentError);
}

}  // namespace
