#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {
namespace {

using ConstantFolding = GraphFixture;

TEST_F(ConstantFolding, ChainsOfConstants) {
  const Endpoint sum = op("AddV2", {scalar(1), scalar(2)}), product = op("Mul", {sum, scalar(4)});
  Node* result = fetch(product);
  run(fold_constants);
  const Tensor* value = const_value(result->input(0));
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->item<float>(), 12);
  EXPECT_EQ(result->input(0).node->name(), product.node->name());
}

TEST_F(ConstantFolding, ShapesThatAreKnown) {
  Node* result = fetch(op("Shape", {op("Neg", {feed({2, 3})})}));
  run(fold_constants);
  const Tensor* value = const_value(result->input(0));
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->data<int32_t>()[1], 3);
}

TEST_F(ConstantFolding, ShapesThatAreNotKnownStay) {
  fetch(op("Shape", {feed({-1, 3})}));
  run(fold_constants);
  EXPECT_EQ(count("Shape"), 1);
}

TEST_F(ConstantFolding, ShapesOfBranchesStay) {
  Node* branch = node("Switch", {feed({2, 3}), feed({}, DType::kBool)});
  fetch(op("Shape", {branch->output(1)}));
  run(fold_constants);
  EXPECT_EQ(count("Shape"), 1);
}

TEST_F(ConstantFolding, FoldedOnesWaitForWhatTheirPartsWaitedFor) {
  Node* barrier = node("NoOp", {});
  Node* late = node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(1.0f)}}, "", {barrier});
  Node* result = fetch(op("Neg", {late->output(0)}));
  run(fold_constants);
  ASSERT_NE(const_value(result->input(0)), nullptr);
  ASSERT_EQ(result->input(0).node->control_inputs().size(), 1u);
  EXPECT_EQ(result->input(0).node->control_inputs()[0], barrier);
}

TEST_F(ConstantFolding, RandomNumbersStay) {
  fetch(op("RandomUniform", {constant(Tensor::vector<int32_t>({2}))}, {{"dtype", DType::kFloat32}}));
  run(fold_constants);
  EXPECT_EQ(count("RandomUniform"), 1);
}

TEST_F(ConstantFolding, LargeResultsStay) {
  fetch(op("Fill", {constant(Tensor::vector<int32_t>({2000, 2000})), scalar(0)}));
  run(fold_constants);
  EXPECT_EQ(count("Fill"), 1);
}

TEST_F(ConstantFolding, ErrorsAreLeftToTheRun) {
  const Endpoint zero = constant(Tensor::scalar<int32_t>(0));
  fetch(op("FloorDiv", {zero, zero}));
  run(fold_constants);
  EXPECT_EQ(count("FloorDiv"), 1);
}

}  // namespace
}  // namespace reflow::passes
