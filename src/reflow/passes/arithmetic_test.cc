#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

using Arithmetic = GraphFixture;

TEST_F(Arithmetic, NeutralElementsGo) {
  const Endpoint x = feed({-1, 3});
  const Endpoint y = op("RealDiv", {op("Sub", {op("Mul", {scalar(1), x}), scalar(0)}), scalar(1)});
  Node* result = fetch(y);
  run(simplify_arithmetic);
  EXPECT_EQ(result->input(0), x);
}

TEST_F(Arithmetic, AddingZeroToAFloatChangesMinusZero) {
  fetch(op("AddV2", {feed({2}), scalar(0)}));
  run(simplify_arithmetic);
  EXPECT_EQ(count("AddV2"), 1);
}

TEST_F(Arithmetic, ButRandomNumbersAreNeverMinusZero) {
  const Endpoint random = op("RandomUniform", {constant(Tensor::vector<int32_t>({3}))}, {{"dtype", DType::kFloat32}});
  Node* result = fetch(op("Add", {op("Mul", {random, scalar(1)}), scalar(0)}));
  run(simplify_arithmetic);
  EXPECT_EQ(result->input(0), random);
}

// As in loops, where each constant waits for the loop to go on.
TEST_F(Arithmetic, NeutralElementsThatWaitForWhatTheOtherWaitsForGo) {
  const Endpoint x = feed({3}), y = op("Exp", {x});
  const auto one_after = [&](const Endpoint& e) {
    return node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(1.0f)}}, "", {e.node})->output(0);
  };
  Node* known = fetch(op("Mul", {op("Tanh", {y}), one_after(y)}));
  Node* unknown = fetch(op("Mul", {x, one_after(y)}));
  run(simplify_arithmetic);
  EXPECT_EQ(known->input(0).node->type(), "Tanh");
  EXPECT_EQ(unknown->input(0).node->type(), "Mul");
}

TEST_F(Arithmetic, PowersBecomeTheOpsThatTensorFlowMakesOfThem) {
  const Endpoint x = feed({-1, 3});
  const auto power_of = [&](float exponent) { return fetch(op("Pow", {x, scalar(exponent)})); };
  const Node *one = power_of(1), *square = power_of(2), *cube = power_of(3), *root = power_of(0.5f), *inverse_root = power_of(-0.5f),
             *inverse = power_of(-1), *other = power_of(1.7f);
  run(simplify_arithmetic);
  const auto op_of = [](const Node* result) { return result->input(0).node->type(); };
  EXPECT_EQ(one->input(0), x);
  EXPECT_EQ(op_of(square), "Square");
  EXPECT_EQ(op_of(root), "Sqrt");
  EXPECT_EQ(op_of(inverse_root), "Rsqrt");
  EXPECT_EQ(op_of(inverse), "Reciprocal");
  EXPECT_EQ(op_of(other), "Pow");
  ASSERT_EQ(op_of(cube), "Mul");
  EXPECT_EQ(cube->input(0).node->input(0), x);
  EXPECT_EQ(cube->input(0).node->input(1).node->type(), "Square");
  EXPECT_EQ(cube->input(0).shape(), x.shape());
}

TEST_F(Arithmetic, PowersOfIntegersAndOfTensorsStay) {
  fetch(op("Pow", {feed({3}, DType::kInt32), constant(Tensor::scalar(int32_t{2}))}));
  fetch(op("Pow", {feed({3}), constant(Tensor::from<float>({2}, {1}))}));
  run(simplify_arithmetic);
  EXPECT_EQ(count("Pow"), 2);
}

TEST_F(Arithmetic, NeutralElementsThatBroadcastStay) {
  fetch(op("Mul", {feed({}), constant(Tensor::from<float>({1, 1}, {2}))}));
  run(simplify_arithmetic);
  EXPECT_EQ(count("Mul"), 1);
}

TEST_F(Arithmetic, DoubleNegationAndSumOfOne) {
  const Endpoint x = feed({2});
  Node* result = fetch(op("Neg", {op("Neg", {list_op("AddN", {x})})}));
  run(simplify_arithmetic);
  EXPECT_EQ(result->input(0), x);
}

TEST_F(Arithmetic, ValuesOfVariablesAreNotReplacedByTheirMemory) {
  const Endpoint read = op("Identity", {variable({2}, "v")});
  fetch(op("Mul", {read, scalar(1)}));
  run(simplify_arithmetic);
  EXPECT_EQ(count("Mul"), 1);
}

TEST_F(Arithmetic, NorAreThoseThatBranchesPassOn) {
  const Endpoint read = op("Identity", {variable({2}, "v")});
  const Endpoint branch = op("Switch", {read, feed({}, DType::kBool)});
  fetch(op("Mul", {op("Identity", {branch}), scalar(1)}));
  run(simplify_arithmetic);
  EXPECT_EQ(count("Mul"), 1);
}

TEST_F(Arithmetic, ReductionsOverNoAxis) {
  const Endpoint x = feed({2, 3});
  Node* whole = fetch(op("Sum", {x, constant(Tensor(DType::kInt32, {0}))}));
  Node* reduced = fetch(op("Sum", {x, constant(Tensor::vector<int32_t>({1}))}));
  run(simplify_arithmetic);
  EXPECT_EQ(whole->input(0), x);
  EXPECT_EQ(reduced->input(0).node->type(), "Sum");
}

// The gradients of a matrix of any number of rows and of the bias that was added to each.
TEST_F(Arithmetic, GradientsOfWhatWasNotBroadcast) {
  const Endpoint x = feed({-1, 3}), dy = feed({-1, 3});
  const Endpoint whole = op("Shape", {x}), bias = constant(Tensor::vector<int32_t>({3}));
  Node* axes = node("BroadcastGradientArgs", {whole, bias});
  Node* dx = fetch(op("Reshape", {op("Sum", {dy, axes->output(0)}), whole}));
  Node* db = fetch(op("Reshape", {op("Sum", {dy, axes->output(1)}), bias}));
  run(simplify_arithmetic);
  EXPECT_EQ(dx->input(0), dy);
  EXPECT_EQ(db->input(0).node->type(), "Reshape");
}

TEST_F(Arithmetic, GradientsOfWhatMayHaveBeenBroadcastStay) {
  const Endpoint x = feed({-1, 3}), y = feed({-1, 3}), dy = feed({-1, 3});
  const Endpoint x_shape = op("Shape", {x}), y_shape = op("Shape", {y});
  Node* axes = node("BroadcastGradientArgs", {x_shape, y_shape});
  Node* dx = fetch(op("Reshape", {op("Sum", {dy, axes->output(0)}), x_shape}));
  run(simplify_arithmetic);
  EXPECT_EQ(dx->input(0).node->type(), "Reshape");
}

TEST_F(Arithmetic, TransposesThatUndoEachOther) {
  const Endpoint x = feed({2, 3, 4});
  const auto perm = [&](int a, int b, int c) { return constant(Tensor::vector<int32_t>({a, b, c})); };
  Node* undone = fetch(op("Transpose", {op("Transpose", {x, perm(1, 2, 0)}), perm(2, 0, 1)}));
  Node* kept = fetch(op("Transpose", {op("Transpose", {x, perm(1, 2, 0)}), perm(1, 2, 0)}));
  run(simplify_arithmetic);
  EXPECT_EQ(undone->input(0), x);
  EXPECT_EQ(kept->input(0).node->type(), "Transpose");
}

}  // namespace
}  // namespace reflow::passes
