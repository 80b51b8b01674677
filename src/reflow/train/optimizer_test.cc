#include "reflow/train/optimizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/session.h"
#include "reflow/client/state_ops.h"
#include "reflow/train/optimizers.h"

namespace reflow::train {
namespace {

using ::testing::ElementsAre;

class OptimizerTest : public ::testing::Test {
 protected:
  template <typename F>
  static std::string value_error(F f) {
    try {
      f();
    } catch (const ValueError& e) {
      return e.what();
    }
    return "no error";
  }
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

TEST_F(OptimizerTest, MinimizesALinearRegression) {
  const Variable w(0.f, {.name = "w"}), b(0.f, {.name = "b"});
  const Output x = constant({0., 1., 2., 3.}), y = constant({1., 3., 5., 7.});
  const Output error = x * w + b - y;
  const Operation step = GradientDescentOptimizer(0.1).minimize(reduce_mean(error * error));
  const Session session;
  session.run(global_variables_initializer());
  for (int i = 0; i < 300; ++i) session.run(step);
  EXPECT_NEAR(session.run(w).item<float>(), 2, 1e-3);
  EXPECT_NEAR(session.run(b).item<float>(), 1, 1e-3);
}

TEST_F(OptimizerTest, CountsStepsAfterTheUpdate) {
  const Variable v(2.f, {.name = "v"}), step(0, {.trainable = false, .name = "step"});
  const Operation train = GradientDescentOptimizer(0.25).minimize(v * v, {.global_step = step});
  EXPECT_EQ(train.type(), "AssignAdd");
  const Session session;
  session.run(global_variables_initializer());
  session.run(train);
  EXPECT_EQ(session.run(step).item<int32_t>(), 1);
  EXPECT_FLOAT_EQ(session.run(v).item<float>(), 1);
}

TEST_F(OptimizerTest, NeedsVariables) {
  const Output loss = constant(1.);
  EXPECT_EQ(value_error([&] { GradientDescentOptimizer(0.1).minimize(loss); }), "No variables to optimize.");
  EXPECT_EQ(value_error([] { GradientDescentOptimizer(0.1).apply_gradients({}); }), "No variables provided.");
}

TEST_F(OptimizerTest, NeedsAGradient) {
  const Variable v(1.);
  EXPECT_EQ(value_error([] { GradientDescentOptimizer(0.1).minimize(constant(1.)); }),
            "No gradients provided for any variable, check your graph for ops that do not support gradients, between "
            "variables [\"<tf.Variable 'Variable:0' shape=() dtype=float32_ref>\"] and loss Tensor(\"Const:0\", shape=(), "
            "dtype=float32).");
}

TEST_F(OptimizerTest, LossIsAFloat) {
  const Variable v(1);
  EXPECT_EQ(value_error([&] { GradientDescentOptimizer(0.1).minimize(v * 2); }),
            "Invalid type tf.int32 for mul:0, expected: [tf.float32, tf.float64, tf.float16, tf.bfloat16].");
}

TEST_F(OptimizerTest, NameIsRequired) {
  EXPECT_EQ(value_error([] { GradientDescentOptimizer(0.1, {.name = ""}); }), "Must specify the optimizer name");
}

TEST_F(OptimizerTest, KeepsSlotsOfEachVariable) {
  const Variable v({1., 2.}, {.name = "v"});
  AdamOptimizer adam;
  adam.minimize(reduce_sum(v * v));
  EXPECT_THAT(adam.get_slot_names(), ElementsAre("m", "v"));
  EXPECT_EQ(adam.get_slot(v, "m")->name(), "v/Adam:0");
  EXPECT_EQ(adam.get_slot(v, "v")->name(), "v/Adam_1:0");
  EXPECT_FALSE(adam.get_slot(v, "momentum"));
  std::vector<std::string> names;
  for (const Variable& variable : adam.variables()) names.push_back(variable.name());
  EXPECT_THAT(names, ElementsAre("beta1_power:0", "beta2_power:0", "v/Adam:0", "v/Adam_1:0"));
}

TEST_F(OptimizerTest, HyperparametersMayBeFunctions) {
  const Variable v(1.f, {.name = "v"});
  int calls = 0;
  GradientDescentOptimizer optimizer([&]() -> TensorLike { return ++calls * 0.5; });
  const Operation train = optimizer.minimize(v * 1.f);
  EXPECT_EQ(calls, 1);
  const Session session;
  session.run(global_variables_initializer());
  session.run(train);
  EXPECT_FLOAT_EQ(session.run(v).item<float>(), 0.5);
}

// Steps by the sign of the gradient.
class SignOptimizer : public Optimizer {
 public:
  SignOptimizer() : Optimizer(false, "Sign") {}

 protected:
  Operation _apply_dense(const Output& grad, const Variable& var) override {
    return assign_sub(var, grad / (grad * grad)).op();
  }
};

TEST_F(OptimizerTest, UsersWriteOptimizers) {
  const Variable v(5.f, {.name = "v"});
  const Operation train = SignOptimizer().minimize(v * 2.f);
  EXPECT_EQ(train.name(), "Sign");
  const Session session;
  session.run(global_variables_initializer());
  session.run(train);
  EXPECT_FLOAT_EQ(session.run(v).item<float>(), 4.5);
}

TEST_F(OptimizerTest, ConstraintsAreAppliedAfterTheUpdate) {
  VariableOptions options{.name = "v"};
  options.constraint = [](const Output& value) { return value * 0.5f; };
  const Variable v(1.f, options);
  const Operation train = GradientDescentOptimizer(1.0).minimize(v * 3.f);
  const Session session;
  session.run(global_variables_initializer());
  session.run(train);
  EXPECT_FLOAT_EQ(session.run(v).item<float>(), -1);
}

}  // namespace
}  // namespace reflow::train
