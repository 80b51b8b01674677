// Variables, their scopes, and what changes them.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

class GoldenVariables : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenVariables, Ref) {
  const tf::Variable v1(1.0);
  const tf::Variable v2({{1, 2}, {3, 4}}, {.trainable = false, .name = "v2"});
  const tf::Variable v3(tf::truncated_normal({3, 4}, {.stddev = 0.1}), {.name = "v3"});
  const tf::Variable v4([] { return tf::ones({2}); }, {.name = "v4", .dtype = tf::float32});
  const tf::Variable v5(v3.initialized_value() * 2, {.name = "v5"});
  const tf::Variable v6("s", {.name = "v6"});
  const tf::Variable v7(tf::placeholder(tf::float32), {.validate_shape = false, .name = "v7"});
  tf::Variable v8, v9;
  {
    const tf::name_scope sc("sc");
    v8 = tf::Variable(0, {.name = "v"});
    v9 = tf::Variable(0, {.name = "v"});
  }
  tf::assign(v1, 2.0);
  v1.assign_add(1.0);
  v1.assign_sub(1.0);
  tf::assign_add(v8, 3, {.name = "up"});
  tf::scatter_update(v2, {0}, {{5, 6}});
  tf::scatter_add(v2, {1}, {{5, 6}});
  v1 + v1;
  tf::is_variable_initialized(v1);
  tf::report_uninitialized_variables();
  tf::global_variables_initializer();
  tf::local_variables_initializer();
  tf::variables_initializer({v1, v3}, "some");
  tf::count_up_to(v8, 5);
  expect_golden_graph("variables_ref", {.collections = true});
}

TEST_F(GoldenVariables, Resource) {
  const tf::Variable v1(1.0, {.use_resource = true});
  const tf::Variable v2(tf::random_normal({3, 2}, {.seed = 1}), {.trainable = false, .name = "w",
      .use_resource = true});
  tf::Variable v3;
  {
    const tf::variable_scope s("s", {.use_resource = true});
    v3 = tf::get_variable("v3", {2, 2});
  }
  v1 + 1.;
  v3.read_value();
  v1.assign(3.), v1.assign_add(2.), v1.assign_sub(1.);
  const tf::Output rows = tf::ones({1, 2}), indices = tf::constant({0});
  tf::scatter_update(v3, indices, rows);
  tf::gather(v3, {1, 0});
  tf::nn::embedding_lookup(v3, {1, 1});
  expect_golden_graph("variables_resource", {.first_nodes = 51});
}

TEST_F(GoldenVariables, Scopes) {
  std::optional<tf::VariableScope> bar;
  {
    const tf::variable_scope foo("foo");
    tf::get_variable("v", {1}, {.initializer = tf::constant_initializer(1.0)});
    {
      const tf::name_scope ns("ns");
      const tf::Variable w = tf::get_variable("w", {2});
      const tf::Variable x(0., {.name = "x"});
      tf::add(w, x);
    }
    const tf::variable_scope entered("bar");
    bar = entered.scope();
    tf::get_variable("u", {2, 3});
  }
  {
    const tf::variable_scope foo("foo", {.reuse = true});
    tf::identity(tf::get_variable("v", {1}));
  }
  {
    const tf::variable_scope foo("foo", {.reuse = tf::AUTO_REUSE});
    tf::get_variable("v", {1});
    tf::get_variable("new", {1}, {.dtype = tf::int32});
    tf::constant(0);
  }
  {
    const tf::variable_scope again(*bar);
    tf::constant(0, {.name = "in_bar"});
    tf::get_variable("t", {.initializer = tf::constant({1., 2.})});
  }
  {
    const tf::variable_scope again(*bar, {.reuse = true, .auxiliary_name_scope = false});
    tf::constant(0, {.name = "no_scope"});
    tf::get_variable("u", {2, 3});
  }
  {
    const tf::variable_scope other("other");
    const tf::variable_scope again(*bar);
    tf::constant(0, {.name = "z"});
    tf::get_variable("t2", {});
  }
  for (int i = 0; i < 2; ++i) {
    const tf::variable_scope layer(nullptr, {.default_name = "layer"});
    tf::get_variable("k", {1});
  }
  {
    const tf::variable_scope top("", {.reuse = false});
    tf::get_variable("root", {1});
  }
  {
    const tf::variable_scope ab("a/b");
    tf::get_variable("c", {1});
  }
  {
    const tf::variable_scope current(tf::get_variable_scope());
    tf::get_variable("root2", {1});
  }
  {
    const tf::name_scope n("n");
    const tf::variable_scope foo("foo", {.reuse = true});
    tf::get_variable("v", {1}) + 1.;
  }
  {
    const tf::variable_scope foo("foo", {.reuse = true});
    tf::get_variable_scope().reuse_variables();
    tf::get_variable("bar/u", {2, 3});
  }
  expect_golden_graph("get_variable_scopes", {.collections = true});
}

}  // namespace
