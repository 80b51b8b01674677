#include "reflow/eager/tape.h"

#include <gtest/gtest.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/variable.h"
#include "reflow/eager/executor.h"
#include "reflow/graph/immediate_scope.h"

namespace reflow::eager {
namespace {

using client::to_endpoint;

class TapeTest : public ::testing::Test {
 protected:
  TapeTest() : in_eager_(eager_graph()) {}

  static float value_of(const Gradient& gradient) {
    return constant_value(client::to_output(gradient.values)).item<float>();
  }
  static std::vector<Gradient> gradients(Tape& tape, const Output& y, std::vector<Output> xs) {
    std::vector<Endpoint> sources;
    for (const Output& x : xs) sources.push_back(to_endpoint(x));
    const Endpoint target = to_endpoint(y);
    auto result = tape.gradient({&target, 1}, sources, {});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : std::vector<Gradient>(xs.size());
  }

  Graph::DefaultScope in_eager_;
  graph::ImmediateScope scope_;
};

TEST_F(TapeTest, DifferentiatesWhatRanWhileItWasActive) {
  const Output x = constant(3.f);
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  tape->watch(to_endpoint(x));
  const Output y = x * x + exp(x * 0.f);
  tape->stop();
  EXPECT_EQ(value_of(gradients(*tape, y, {x})[0]), 6);
}

TEST_F(TapeTest, SumsOverAllWays) {
  const Output x = constant(2.f);
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  tape->watch(to_endpoint(x));
  const Output y = x * x * x + x;
  tape->stop();
  EXPECT_EQ(value_of(gradients(*tape, y, {x})[0]), 13);
}

TEST_F(TapeTest, NestsForSecondDerivatives) {
  const Output x = constant(3.f);
  const auto outer = std::make_shared<Tape>(true), inner = std::make_shared<Tape>(true);
  outer->start();
  outer->watch(to_endpoint(x));
  inner->start();
  inner->watch(to_endpoint(x));
  const Output y = x * x * x;
  inner->stop();
  const Output dy = client::to_output(gradients(*inner, y, {x})[0].values);
  outer->stop();
  EXPECT_EQ(constant_value(dy).item<float>(), 27);
  EXPECT_EQ(value_of(gradients(*outer, dy, {x})[0]), 18);
}

TEST_F(TapeTest, WatchesTrainableVariablesThatAreRead) {
  const Variable v(2.f), frozen(5.f, {.trainable = false});
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  const Output y = v * frozen;
  tape->stop();
  ASSERT_EQ(tape->watched_variables().size(), 1u);
  EXPECT_EQ(tape->watched_variables()[0], v.handle().node());
  const auto found = gradients(*tape, y, {v.handle(), frozen.handle()});
  EXPECT_EQ(value_of(found[0]), 5);
  EXPECT_FALSE(found[1]);
}

TEST_F(TapeTest, GivesNothingForWhatIsNotConnected) {
  const Output x = constant(1.f), z = constant(1.f);
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  tape->watch(to_endpoint(x));
  const Output y = x + z;
  tape->stop();
  EXPECT_FALSE(gradients(*tape, y, {z})[0]);
}

TEST_F(TapeTest, RowsOfAVariableStaySlices) {
  const Variable v(constant({{1.f, 2.f}, {3.f, 4.f}}));
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  const Output y = v.sparse_read(constant({1, 1}));
  tape->stop();
  const Gradient gradient = gradients(*tape, y, {v.handle()})[0];
  ASSERT_TRUE(gradient.is_slices());
  EXPECT_EQ(constant_value(client::to_output(gradient.indices)).summarize(2), "1 1");
}

TEST_F(TapeTest, FunctionsMayHaveGradientsOfTheirOwn) {
  const Output x = constant(3.f);
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  tape->watch(to_endpoint(x));
  const Output y = x * x;  // its own gradient is not asked for
  const Endpoint in = to_endpoint(x), out = to_endpoint(y);
  Tape::record_function("Square", {&out, 1}, {&in, 1}, [](std::vector<Gradient> dy) -> StatusOr<std::vector<Gradient>> {
    return std::vector<Gradient>{Gradient(to_endpoint(client::to_output(dy[0].values) * 100.f))};
  });
  tape->stop();
  EXPECT_EQ(value_of(gradients(*tape, y, {x})[0]), 100);
}

TEST_F(TapeTest, PausedTapesRememberNothing) {
  const Output x = constant(3.f);
  const auto tape = std::make_shared<Tape>(true);
  tape->start();
  tape->watch(to_endpoint(x));
  Output y;
  {
    const Tape::Paused paused;
    y = x * x;
  }
  tape->stop();
  EXPECT_FALSE(gradients(*tape, y, {x})[0]);
}

TEST_F(TapeTest, HoldsNothingWhenItIsGone) {
  const int before = Executor::instance() ? Executor::instance()->num_nodes() : 0;
  {
    const graph::ImmediateScope inner;
    const auto tape = std::make_shared<Tape>(true);
    const Output x = constant(3.f);
    tape->start();
    tape->watch(to_endpoint(x));
    Output y = x;
    for (int i = 0; i < 10; ++i) y = y * x;
    tape->stop();
    gradients(*tape, y, {x});
  }
  EXPECT_EQ(Executor::instance()->num_nodes(), before);
}

}  // namespace
}  // namespace reflow::eager
