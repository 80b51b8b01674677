#include "reflow/eager/executor.h"

#include <gtest/gtest.h>

#include <thread>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/variable.h"
#include "reflow/client/while_loop.h"
#include "reflow/graph/immediate_scope.h"

namespace reflow::eager {
namespace {

class EagerTest : public ::testing::Test {
 protected:
  EagerTest() : in_eager_(eager_graph()) {}
  Graph::DefaultScope in_eager_;
  graph::ImmediateScope scope_;
};

TEST_F(EagerTest, OpsHaveTheirValuesAtOnce) {
  EXPECT_TRUE(executing_eagerly());
  const Output x = constant({{1.f, 2.f}, {3.f, 4.f}});
  EXPECT_EQ(constant_value(matmul(x, x)).summarize(4), "[7 10][15 22]");
  EXPECT_EQ(constant_value(reduce_sum(x * x + 1.f)).item<float>(), 34);
}

TEST_F(EagerTest, ShapesAreConcrete) {
  const Output x = reshape(constant({1, 2, 3, 4, 5, 6}), {2, -1});
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
}

TEST_F(EagerTest, ErrorsNameTheOp) {
  try {
    add(constant({1.f, 2.f}), constant({1.f, 2.f, 3.f}));
    FAIL();
  } catch (const errors::InvalidArgumentError& e) {
    EXPECT_EQ(e.message(), "Incompatible shapes: [2] vs. [3] [Op:Add]");
  }
}

TEST_F(EagerTest, ErrorsSayWhichTypeWasExpected) {
  try {
    add(constant(1.f), constant(1));
    FAIL();
  } catch (const errors::InvalidArgumentError& e) {
    EXPECT_EQ(e.message(),
              "cannot compute Add as input #1(zero-based) was expected to be a float tensor but is a int32 tensor [Op:Add]");
  }
}

TEST_F(EagerTest, ErrorsListTheKernelsThatThereAre) {
  try {
    sqrt(constant(1));
    FAIL();
  } catch (const errors::NotFoundError& e) {
    const std::string message = e.message();
    EXPECT_EQ(message.find("Could not find valid device for node.\nNode:{{node Sqrt}}\n"
                           "All kernels registered for op Sqrt :\n  device='CPU'; T in ["), 0u) << message;
    EXPECT_TRUE(message.ends_with("\n [Op:Sqrt]")) << message;
  }
}

TEST_F(EagerTest, NothingIsKeptThatNobodyHolds) {
  const int before = Executor::instance()->num_nodes();
  {
    const graph::ImmediateScope inner;
    Output x = constant(1.f);
    for (int i = 0; i < 100; ++i) x = x + 1.f;
    EXPECT_GE(Executor::instance()->num_nodes(), before + 200);
  }
  EXPECT_EQ(Executor::instance()->num_nodes(), before);
}

TEST_F(EagerTest, ReferencesHoldValues) {
  graph::NodeRef held;
  Output x;
  {
    const graph::ImmediateScope inner;
    x = constant(2.f) * 3.f;
    held = graph::NodeRef(x.node());
  }
  EXPECT_EQ(constant_value(x).item<float>(), 6);
}

TEST_F(EagerTest, OpsOfTheSameKindShareAKernel) {
  const Output x = constant(1.f);
  negative(x);
  const size_t before = Executor::instance()->num_kernels();
  for (int i = 0; i < 5; ++i) negative(x);
  EXPECT_EQ(Executor::instance()->num_kernels(), before);
}

TEST_F(EagerTest, VariablesAreChangedInTheirOrder) {
  const Variable v(1.f);
  v.assign(constant(3.f));
  EXPECT_EQ(constant_value(v.assign_add(constant(2.f))).item<float>(), 5);
  EXPECT_EQ(constant_value(v.value()).item<float>(), 5);
  EXPECT_EQ(v.name(), "Variable:0");
}

TEST_F(EagerTest, VariablesOfOneNameAreTwo) {
  const Variable a(1.f, {.name = "v"}), b(2.f, {.name = "v"});
  EXPECT_EQ(constant_value(a.value()).item<float>(), 1);
  EXPECT_EQ(constant_value(b.value()).item<float>(), 2);
}

TEST_F(EagerTest, LoopsRun) {
  const auto result = while_loop([](const std::vector<Output>& v) -> TensorLike { return v[0] < 1000; },
                                 [](const std::vector<Output>& v) -> TensorList { return {v[0] + 1, v[1] + v[0]}; },
                                 {constant(0), constant(0)});
  EXPECT_EQ(constant_value(result[1]).item<int32_t>(), 499500);
  EXPECT_LT(Executor::instance()->num_nodes(), 100);
}

TEST_F(EagerTest, SeedsBeginTheirNumbersAnew) {
  set_random_seed(1);
  const Tensor first = constant_value(random_uniform({2}));
  random_uniform({2});
  set_random_seed(1);
  EXPECT_EQ(constant_value(random_uniform({2})).summarize(2), first.summarize(2));
  // tf.set_random_seed(1); tf.random.uniform([2]) of TensorFlow 1.15.
  EXPECT_FLOAT_EQ(first.flat<float>()[0], 0.16513085f);
  EXPECT_FLOAT_EQ(first.flat<float>()[1], 0.9014813f);
}

TEST_F(EagerTest, ThreadsRunSideBySide) {
  std::vector<std::thread> threads;
  std::vector<float> sums(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const Graph::DefaultScope here(eager_graph());
      const graph::ImmediateScope scope;
      Output x = constant(static_cast<float>(t));
      for (int i = 0; i < 500; ++i) x = x + 1.f;
      sums[t] = constant_value(x).item<float>();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) EXPECT_EQ(sums[t], 500 + t);
}

TEST_F(EagerTest, OpsOnReferencesCanNotRun) {
  EXPECT_THROW(client::make_op("VariableV2", "", TensorList{}, {{"shape", Shape{}}, {"dtype", DType::kFloat32}}), RuntimeError);
}

TEST_F(EagerTest, GraphsDoNotTakeEagerTensors) {
  const Output x = constant(1.f);
  const Graph graph;
  const Graph::DefaultScope in_graph(graph);
  EXPECT_FALSE(executing_eagerly());
  EXPECT_THROW(negative(x), RuntimeError);
}

}  // namespace
}  // namespace reflow::eager
