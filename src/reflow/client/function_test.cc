#include "reflow/client/function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Outputs = std::vector<tf::Output>;

class DefunTest : public ::testing::Test {
 protected:
  static float value(const tf::Output& y, const tf::FeedDict& feeds = {}) {
    return tf::Session().run(y, feeds).item<float>();
  }
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(DefunTest, ComputesWhatItsBodyDoes) {
  const tf::function::Defun f({tf::float32, tf::float32}, [](const Outputs& x) { return x[0] * x[1] + 1.; });
  const Outputs y = f({tf::constant(3.), tf::constant(4.)});
  EXPECT_EQ(value(y[0]), 13);
  EXPECT_EQ(y[0].op().type(), f.name());
}

// As TensorFlow 1.15.5 names it.
TEST_F(DefunTest, TheNameEndsWithTheHashOfTheDefinition) {
  const tf::function::Defun f({tf::float32}, [](const Outputs& x) { return tf::sin(x[0]) * 2.; },
                              {.base_name = "f", .arg_names = {"x"}});
  f.add_to_graph();
  EXPECT_EQ(f.name(), "f_o3FGAa4mBS0");
  const tf::function::Defun g({tf::float32}, [](const Outputs& x) { return x[0]; }, {.base_name = "g", .arg_names = {"x"}});
  g.add_to_graph();
  EXPECT_EQ(g.name(), "g_0zkt64DYFRw");
}

TEST_F(DefunTest, MayHaveSeveralResults) {
  const tf::function::Defun f({tf::float32}, [](const Outputs& x) -> tf::function::Defun::Results {
    return {x[0] * 2., x[0] - 1.};
  });
  const Outputs y = f(std::vector<tf::TensorLike>{tf::constant(3.)});
  EXPECT_EQ(value(y[0]) + value(y[1]), 8);
}

TEST_F(DefunTest, HasTheGradientOfItsBody) {
  const tf::function::Defun cube({tf::float32}, [](const Outputs& x) { return x[0] * x[0] * x[0]; });
  const tf::Output x = tf::constant(2.), y = cube(x), dx = tf::gradients(y, x)[0];
  EXPECT_EQ(value(dx), 12);
  EXPECT_EQ(value(tf::gradients(dx, x)[0]), 12);
}

TEST_F(DefunTest, TakesTheGradientThatItIsGiven) {
  const tf::function::Defun grad({tf::float32, tf::float32}, [](const Outputs& x) { return x[1] * 100.; },
                                 {.func_name = "MyGrad"});
  const tf::function::Defun f({tf::float32}, [](const Outputs& x) { return x[0] * 2.; },
                              {.func_name = "F", .grad_func = grad.definition()});
  const tf::Output x = tf::constant(2.);
  EXPECT_EQ(value(tf::gradients(f(x), x)[0]), 100);
}

TEST_F(DefunTest, WhatItUsesFromOutsideIsCaptured) {
  const tf::Output outside = tf::placeholder(tf::float32, tf::Shape{});
  const tf::function::Defun f({tf::float32}, [&](const Outputs& x) { return x[0] * outside + outside; });
  const tf::Output x = tf::constant(3.), y = f(x);
  EXPECT_EQ(f.captured_inputs().size(), 1u);
  EXPECT_EQ(value(y, {{outside, 5.f}}), 20);
  EXPECT_EQ(value(tf::gradients(y, outside)[0], {{outside, 5.f}}), 4);
}

TEST_F(DefunTest, CallsOthers) {
  const tf::function::Defun twice({tf::float32}, [](const Outputs& x) { return x[0] * 2.; }, {.func_name = "Twice"});
  const tf::function::Defun f({tf::float32}, [&](const Outputs& x) { return twice(twice(x[0])); }, {.func_name = "F"});
  EXPECT_EQ(value(f(tf::constant(3.))), 12);
}

TEST_F(DefunTest, GoesThroughAGraphDef) {
  const tf::function::Defun twice({tf::float32}, [](const Outputs& x) { return x[0] * 2.; },
                                  {.func_name = "Twice", .arg_names = {"a"}, .out_names = {"o"}, .noinline = true});
  (void)twice(std::vector<tf::TensorLike>{tf::constant(3.)}, "call");
  const std::string bytes = graph_.as_graph_def();
  const tf::Graph other;
  const auto scope = other.as_default();
  const auto elements = tf::import_graph_def(bytes, {.return_elements = {"call:0"}});
  EXPECT_EQ(value(elements[0].output()), 6);
}

TEST_F(DefunTest, WrongCallsAreErrors) {
  const tf::function::Defun f({tf::float32, tf::float32}, [](const Outputs& x) { return x[0] + x[1]; });
  EXPECT_THAT([&] { f(tf::constant(3.)); },
              ThrowsMessage<tf::ValueError>("Expected number of arguments: 2, received: 1"));
  const tf::function::Defun same({tf::float32}, [](const Outputs& x) { return x[0] * 2.; }, {.func_name = "S"});
  const tf::function::Defun other({tf::float32}, [](const Outputs& x) { return x[0] * 3.; }, {.func_name = "S"});
  same(tf::constant(1.));
  EXPECT_THAT([&] { other(tf::constant(1.)); },
              ThrowsMessage<tf::ValueError>(HasSubstr("a different function with the same name already exists")));
}

}  // namespace
