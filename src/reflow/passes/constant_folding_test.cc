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

// What BroadcastGradientArgs gives for an operand of these shapes beside another: "axes" as text, "?" where it stays.
class FoldedAxes : public GraphFixture {
 protected:
  std::string axes_of(const Node& reader) {
    const Tensor* value = const_value(reader.input(0));
    if (value == nullptr) return "?";
    std::string text;
    for (const int32_t axis : value->flat<int32_t>()) text += std::to_string(axis) + ",";
    return text;
  }
  std::string fold(const Shape& x, std::initializer_list<int32_t> y, bool x_first = true) {
    const Endpoint of_x = op("Shape", {feed(x)}), of_y = constant(Tensor::vector<int32_t>(y));
    Node* args = x_first ? node("BroadcastGradientArgs", {of_x, of_y}) : node("BroadcastGradientArgs", {of_y, of_x});
    const Node *x_axes = fetch(args->output(x_first ? 0 : 1)), *y_axes = fetch(args->output(x_first ? 1 : 0));
    run(fold_constants);
    return axes_of(*x_axes) + " " + axes_of(*y_axes);
  }
};

TEST_F(FoldedAxes, OfBiases) {
  EXPECT_EQ(fold({-1, 3}, {3}), "? 0,");
  EXPECT_EQ(fold({-1, 3}, {3}, false), "? 0,");
  EXPECT_EQ(fold({-1, 3}, {}), "? 0,1,");
  EXPECT_EQ(fold({-1}, {}), "? 0,");
  EXPECT_EQ(fold({-1, -1, 3}, {1, 3}), "? 0,1,");
  EXPECT_EQ(fold({-1, 0}, {0}), "? 0,");
  EXPECT_EQ(fold({-1, 3}, {1, 1}), "? 0,1,");
  EXPECT_EQ(fold({1, -1}, {4, 1, 1}), "? 1,2,");
}

// Operands of one shape aren't summed up, others of the sizes may not fit each other.
TEST_F(FoldedAxes, ThatDependOnWhatIsNotKnown) {
  EXPECT_EQ(fold({-1, 3}, {1, 3}), "? ?");
  EXPECT_EQ(fold({-1, 1}, {1, 1}), "? ?");
  EXPECT_EQ(fold({-1, 4}, {3}), "? ?");
  EXPECT_EQ(fold({-1, -1}, {3}), "? ?");
  EXPECT_EQ(fold({-1, 3}, {5, 1}), "? ?");
  EXPECT_EQ(fold(Shape::unknown(), {3}), "? ?");
}

// Arithmetic leaves out sums over none.
TEST_F(FoldedAxes, OfNoneStay) {
  const Endpoint shape = op("Shape", {feed({4, 3})});
  target(shape.node);
  Node* args = node("BroadcastGradientArgs", {shape, constant(Tensor::vector<int32_t>({1, 3}))});
  const Node *whole = fetch(args->output(0)), *repeated = fetch(args->output(1));
  run(fold_constants);
  EXPECT_EQ(axes_of(*whole) + " " + axes_of(*repeated), "? 0,");
}

TEST_F(FoldedAxes, WaitForWhatWasMeasured) {
  Node* x = node("Neg", {feed({-1, 3})});
  Node* args = node("BroadcastGradientArgs", {op("Shape", {x->output(0)}), constant(Tensor::vector<int32_t>({3}))});
  const Node* result = fetch(args->output(1));
  run(fold_constants);
  EXPECT_EQ(axes_of(*result), "0,");
  ASSERT_EQ(result->input(0).node->control_inputs().size(), 1u);
  EXPECT_EQ(result->input(0).node->control_inputs()[0], x);
}

TEST_F(FoldedAxes, OfBranchesStay) {
  Node* branch = node("Switch", {feed({-1, 3}), feed({}, DType::kBool)});
  Node* args = node("BroadcastGradientArgs", {op("Shape", {branch->output(1)}), constant(Tensor::vector<int32_t>({3}))});
  const Node* result = fetch(args->output(1));
  run(fold_constants);
  EXPECT_EQ(axes_of(*result), "?");
}

TEST_F(FoldedAxes, OfVariablesStay) {
  const Endpoint shape = op("Shape", {variable({2, 3}, "v")});
  const Node* result = fetch({node("BroadcastGradientArgs", {shape, op("Shape", {feed({-1, 2, 3})})}), 0});
  run(fold_constants);
  EXPECT_EQ(axes_of(*result), "?");
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
