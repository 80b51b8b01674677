#include "reflow/client/while_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/functional_ops.h"
#include "reflow/client/gradients.h"
#include "reflow/client/operators.h"
#include "reflow/client/session.h"

namespace reflow {
namespace {

using ::testing::HasSubstr;
using Vars = std::vector<Output>;

class WhileLoopTest : public ::testing::Test {
 protected:
  template <typename E, typename F>
  static std::string message_of(F&& build) {
    try {
      build();
    } catch (const E& e) {
      return e.what();
    }
    return "(nothing thrown)";
  }
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
};

// `next` of a float, n times.
Output repeated(const TensorLike& n, const TensorLike& initial, const std::function<Output(const Output&)>& next,
                const WhileLoopOptions& options = {}) {
  return while_loop([&](const Vars& v) { return v[0] < n; },
                    [&](const Vars& v) { return TensorList{v[0] + 1, next(v[1])}; }, {0, initial}, options)[1];
}

TEST_F(WhileLoopTest, RunsWhileTheConditionHolds) {
  const Output n = placeholder(int32, Shape{});
  const Output x = repeated(n, 1., [](const Output& a) { return a * 2.; });
  Session session;
  EXPECT_EQ(session.run(x, {{n, 10}}).item<float>(), 1024);
  EXPECT_EQ(session.run(x, {{n, 0}}).item<float>(), 1);
  EXPECT_EQ(session.run(x, {{n, 1000}}).item<float>(), INFINITY);
}

TEST_F(WhileLoopTest, MaximumIterationsEndIt) {
  const Output x = repeated(100, 1., [](const Output& a) { return a * 2.; }, {.maximum_iterations = 3});
  EXPECT_EQ(Session().run(x).item<float>(), 8);
}

TEST_F(WhileLoopTest, ParallelIterationsChangeNothing) {
  for (const int parallel : {1, 2, 32}) {
    const Output x = repeated(20, 1., [](const Output& a) { return a + a; }, {.parallel_iterations = parallel});
    EXPECT_EQ(Session().run(x).item<float>(), 1048576) << parallel;
  }
}

TEST_F(WhileLoopTest, GradientThroughManyIterations) {
  const Output x = constant(1.0001, {.dtype = float64});
  const Output y = repeated(1000, constant(1., {.dtype = float64}), [&](const Output& a) { return a * x; });
  EXPECT_NEAR(Session().run(gradients(y, x)[0].values()).item<double>(), 1000 * std::pow(1.0001, 999), 1e-9);
}

// dy/dx by differences, in double precision.
TEST_F(WhileLoopTest, GradientOfNestedLoopsWithBranches) {
  const Output x = placeholder(float64, Shape{});
  const auto inner = [&](const Output& a) {
    return repeated(3, a, [&](const Output& b) {
      return cond(b > 1., [&] { return sin(b) * x; }, [&] { return b * b + x; });
    });
  };
  const Output y = repeated(3, x, inner), dx = gradients(y, x)[0];
  Session session;
  for (const double at : {0.3, 0.9, 1.4}) {
    const double step = 1e-6;
    const double above = session.run(y, {{x, Tensor::scalar(at + step)}}).item<double>();
    const double below = session.run(y, {{x, Tensor::scalar(at - step)}}).item<double>();
    EXPECT_NEAR(session.run(dx, {{x, Tensor::scalar(at)}}).item<double>(), (above - below) / (2 * step), 1e-5) << at;
  }
}

TEST_F(WhileLoopTest, ShapeMayVaryWithItsInvariant) {
  const LoopCondition cond = [](const Vars& v) { return v[0] < 3; };
  const LoopBody body = [](const Vars& v) { return TensorList{v[0] + 1, concat({v[1], v[1]}, 0)}; };
  EXPECT_EQ(message_of<ValueError>([&] { while_loop(cond, body, {0, constant({1, 2})}); }),
            "Input tensor 'Const:0' enters the loop with shape (2,), but has shape (4,) after one iteration. To allow the shape "
            "to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific shape.");
  const Vars r = while_loop(cond, body, {0, constant({1, 2})}, {.shape_invariants = {{Shape{}, Shape{-1}}}});
  EXPECT_EQ(Session().run(r[1]).num_elements(), 16);
  EXPECT_EQ(message_of<ValueError>([&] { while_loop(cond, body, {0, zeros({2})}, {.shape_invariants = {{Shape{}, Shape{3}}}}); }),
            "The shape invariant specified for zeros:0 is not compatible with the initial shape of the loop variable. It enters "
            "the loop with shape (2,), but the specified shape invariant is (3,).");
}

TEST_F(WhileLoopTest, MistakesInItsArguments) {
  const LoopCondition cond = [](const Vars& v) { return v[0] < 3; };
  const LoopBody body = [](const Vars& v) { return TensorList{v[0] + 1}; };
  EXPECT_EQ(message_of<ValueError>([&] { while_loop(cond, body, {}); }), "No loop variables provided");
  EXPECT_EQ(message_of<TypeError>([&] { while_loop(cond, body, {0}, {.parallel_iterations = 0}); }),
            "parallel_iterations must be a positive integer.");
  EXPECT_EQ(message_of<ValueError>([&] { while_loop(cond, body, {0}, {.maximum_iterations = {1, 2}}); }),
            "maximum_iterations must be a scalar, saw shape: (2,)");
  EXPECT_EQ(message_of<TypeError>([&] { while_loop([](const Vars& v) { return v[0]; }, body, {0}); }),
            "Input 'input' of 'LoopCond' Op has type int32 that does not match expected type of bool.");
  EXPECT_THAT(message_of<ValueError>([&] { while_loop(cond, [](const Vars&) { return TensorList{}; }, {0}); }),
              HasSubstr("The two structures don't have the same nested structure."));
}

TEST_F(WhileLoopTest, WhatABodyThrowsLeavesTheGraphUsable) {
  const LoopBody body = [](const Vars&) -> TensorList { throw std::runtime_error("of the user"); };
  EXPECT_EQ(message_of<std::runtime_error>([&] { while_loop([](const Vars& v) { return v[0] < 3; }, body, {0}); }),
            "of the user");
  EXPECT_EQ(Session().run(constant(1) + 2).item<int32_t>(), 3);
}

TEST_F(WhileLoopTest, ItsTensorsAreNotForOthers) {
  Output inside;
  while_loop([](const Vars& v) { return v[0] < 3; },
             [&](const Vars& v) {
               inside = v[0] + 1;
               return TensorList{inside};
             },
             {0});
  EXPECT_EQ(message_of<ValueError>([&] { inside + 1; }),
            "Cannot use 'while/add' as input to 'add' because 'while/add' is in a while loop. See info log for more details.");
  EXPECT_THROW(Session().run(inside), ValueError);
}

TEST_F(WhileLoopTest, GradientInALoopOfItsInitialValue) {
  const Output x = constant(1.);
  EXPECT_EQ(message_of<ValueError>([&] {
              while_loop([](const Vars& v) { return v[0] < 3.; },
                         [&](const Vars& v) { return TensorList{gradients(v[0] * v[0], x)[0].values()}; }, {x});
            }),
            "Cannot compute gradient inside while loop with respect to op 'Const'. We do not support taking the gradient wrt or "
            "through the initial value of a loop variable. Gradients can be computed through loop invariants or wrt the input "
            "parameters to the loop body.");
}

TEST_F(WhileLoopTest, RunThatNeverEndsCanBeTimedOut) {
  const Output x = while_loop([](const Vars&) { return constant(true); }, [](const Vars& v) { return TensorList{v[0] + 1}; }, {0})[0];
  EXPECT_THROW(Session().run({x}, {}, RunOptions{.timeout_in_ms = 30}), errors::DeadlineExceededError);
}

TEST_F(WhileLoopTest, FunctionsOverRows) {
  const Output x = constant({{1., 2.}, {3., 4.}, {5., 6.}});
  const FoldFn add = [](const Output& a, const Output& row) { return a + row; };
  Session session;
  EXPECT_EQ(session.run(map_fn([](const Output& row) { return row * row; }, x)).summarize(-1), "[1 4][9 16][25 36]");
  EXPECT_EQ(session.run(foldl(add, x)).summarize(), "9 12");
  EXPECT_EQ(session.run(foldr([](const Output& a, const Output& row) { return row - a; }, x, zeros({2}))).summarize(), "3 4");
  EXPECT_EQ(session.run(scan(add, x)).summarize(-1), "[1 2][4 6][9 12]");
  EXPECT_EQ(session.run(scan(add, x, {}, {.reverse = true})).summarize(-1), "[9 12][8 10][5 6]");
  EXPECT_THROW(map_fn([](const Output& row) { return row; }, 1.), ValueError);
}

}  // namespace
}  // namespace reflow
