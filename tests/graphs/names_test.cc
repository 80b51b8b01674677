// Names: made unique, below scopes, of operators.

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

class GoldenNames : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenNames, Unique) {
  tf::constant(1);
  tf::constant(2);
  tf::constant(3, {.name = "Const_1"});
  tf::constant(4);
  tf::constant(5, {.name = "const"});
  tf::constant(6, {.name = "CONST"});
  tf::constant(7, {.name = "x_1"});
  tf::constant(8, {.name = "x"});
  tf::constant(9, {.name = "x"});
  tf::constant(10, {.name = "x_1"});
  const tf::Graph g = tf::get_default_graph();
  tf::constant(11, {.name = g.unique_name("y")});
  tf::constant(12, {.name = g.unique_name("y", false)});
  tf::constant(13, {.name = "y"});
  tf::no_op();
  tf::no_op("n");
  tf::group({tf::constant(1.)}, {.name = "g"});
  tf::placeholder(tf::float32);
  tf::placeholder(tf::float32, {}, {.name = "Placeholder"});
  expect_golden_graph("names_unique");
}

TEST_F(GoldenNames, Scopes) {
  {
    const tf::name_scope outer("outer");
    tf::constant(1, {.name = "c"});
    std::string inner_name;
    {
      const tf::name_scope inner("inner");
      inner_name = inner.name();
      tf::constant(2, {.name = "c"});
    }
    {
      const tf::name_scope inner("inner");
      tf::constant(3, {.name = "c"});
    }
    {
      const tf::name_scope again(inner_name);
      tf::constant(4, {.name = "c"});
    }
    {
      const tf::name_scope top(nullptr);
      tf::constant(5, {.name = "c"});
    }
    {
      const tf::name_scope top("");
      tf::constant(6, {.name = "c"});
    }
  }
  {
    const tf::name_scope outer("outer");
    tf::constant(7, {.name = "c"});
  }
  tf::constant(0);
  {
    const tf::name_scope s(nullptr, "fallback");
    tf::constant(8, {.name = s});
  }
  tf::constant(9, {.name = "outer/inner/c"});
  {
    const tf::name_scope s("a/b/");
    tf::constant(10, {.name = "c"});
  }
  {
    const tf::name_scope s("a/b");
    tf::constant(11, {.name = "c"});
  }
  expect_golden_graph("names_scopes");
}

TEST_F(GoldenNames, OperatorsOfFloats) {
  const tf::Output a = tf::placeholder(tf::float32, {2, 3}, {.name = "a"});
  const tf::Output b = tf::placeholder(tf::float32, {2, 3}, {.name = "b"});
  a + b, a - b, a * b, a / b, tf::floordiv(a, b), a % b, tf::pow(a, b, {.name = "pow"}), -a, tf::abs(a);
  a < b, a <= b, a > b, a >= b;
  1 + a, 1 - a, 2 * a, 2 / a, tf::client::binary_operator("Pow", "pow", 2, a), a + 1, a / 2, tf::pow(a, 2,
      {.name = "pow"});
  tf::matmul(a, tf::transpose(b), {.name = "matmul"});
  const tf::name_scope s("s");
  a + 1.0;
  a - 1;
  EXPECT_FALSE(a == b);
  expect_golden_graph("names_operators_float");
}

TEST_F(GoldenNames, OperatorsOfIntsAndBools) {
  const tf::Output i = tf::placeholder(tf::int32, {2}, {.name = "i"}), j = tf::placeholder(tf::int32, {2},
      {.name = "j"});
  i / j, tf::floordiv(i, j), i % j, i / 2, 2 / i, i + 1, tf::abs(i), -i;
  const tf::Output p = tf::placeholder(tf::bool_, {2}, {.name = "p"}), q = tf::placeholder(tf::bool_, {2},
      {.name = "q"});
  p & q, p | q, p ^ q, ~p;
  tf::div(i, j), tf::truediv(i, j), tf::floordiv(i, j), tf::truncatediv(i, j), tf::div_no_nan(tf::to_float(i), 1.);
  tf::mod(i, j), tf::floormod(i, j), tf::truncatemod(i, j);
  const tf::Output u = tf::placeholder(tf::uint8, {2}, {.name = "u"});
  u / u;
  expect_golden_graph("names_operators_int_bool");
}

}  // namespace
