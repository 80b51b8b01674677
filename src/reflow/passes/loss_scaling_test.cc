#include <algorithm>

#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class LossScaling : public GraphFixture {
 protected:
  Node* entropy() { return node("SparseSoftmaxCrossEntropyWithLogits", {feed({3, 10}), feed({3}, DType::kInt32)}); }
  Endpoint factors() { return constant(Tensor::from<float>({1, 2, 3}, {3, 1})); }
};

TEST_F(LossScaling, TakesTheProduct) {
  Node* entropy = this->entropy();
  const Endpoint factors = this->factors();
  fetch(entropy->output(0));
  Node* gradient = fetch(op("Mul", {factors, entropy->output(1)}));
  run(scale_losses);
  EXPECT_EQ(entropy->type(), "_ScaledSparseSoftmaxCrossEntropy");
  EXPECT_EQ(entropy->input(2), factors);
  EXPECT_EQ(gradient->input(0), entropy->output(1));
  EXPECT_EQ(entropy->output_shape(1), (Shape{3, 10}));
  EXPECT_EQ(count("Mul"), 0);
}

TEST_F(LossScaling, OthersReadTheGradient) {
  Node* entropy = this->entropy();
  fetch(op("Mul", {factors(), entropy->output(1)}));
  fetch(entropy->output(1));
  run(scale_losses);
  EXPECT_EQ(count("Mul"), 1);
}

// As in graphs of optimizers, whose gradients wait for each other: constants that were folded wait for the loss.
TEST_F(LossScaling, ByConstantsThatWaitForTheLoss) {
  Node* entropy = this->entropy();
  const Endpoint loss = op("Sum", {entropy->output(0), constant(Tensor::vector<int32_t>({0}))}), factors = this->factors();
  graph_.add_control_input(factors.node, loss.node);
  fetch(loss);
  fetch(op("Mul", {factors, entropy->output(1)}));
  run(scale_losses);
  EXPECT_EQ(entropy->type(), "_ScaledSparseSoftmaxCrossEntropy");
  EXPECT_TRUE(factors.node->control_inputs().empty());
}

TEST_F(LossScaling, ButNotForMore) {
  Node* entropy = this->entropy();
  const Endpoint loss = op("Mul", {entropy->output(0), feed({})}), factors = this->factors();
  graph_.add_control_input(factors.node, loss.node);
  fetch(loss);
  fetch(op("Mul", {factors, entropy->output(1)}));
  run(scale_losses);
  EXPECT_EQ(entropy->type(), "SparseSoftmaxCrossEntropyWithLogits");
}

// What is computed may come of the loss.
TEST_F(LossScaling, OnlyByConstants) {
  Node* entropy = this->entropy();
  fetch(op("Mul", {entropy->output(1), op("ExpandDims", {entropy->output(0), constant(Tensor::scalar(1))})}));
  fetch(op("Mul", {this->entropy()->output(1), constant(Tensor::from<float>({2}, {1, 1}))}));
  run(scale_losses);
  EXPECT_EQ(count("Mul"), 2);
}

class SummedGradients : public GraphFixture {
 protected:
  // The gradient of a mean of cross entropies.
  Endpoint gradient(int64_t rows = 3, int64_t columns = 3000) {
    logits_ = op("Neg", {feed({rows, columns})});
    entropy_ = node("SparseSoftmaxCrossEntropyWithLogits", {logits_, feed({rows}, DType::kInt32)});
    Tensor factors(DType::kFloat32, {rows, 1});
    std::ranges::fill(factors.flat<float>(), 0.5f);
    return op("Mul", {constant(factors), entropy_->output(1)});
  }
  Endpoint axis(int32_t axis, std::vector<Node*> waits = {}) {
    return node("Const", {}, {{"dtype", DType::kInt32}, {"value", Tensor::vector<int32_t>({axis})}}, "", waits)->output(0);
  }
  void expect_sums_in(const Node* reader, const Shape& shape) {
    EXPECT_EQ(reader->input(0), (Endpoint{entropy_, 2}));
    EXPECT_EQ(entropy_->output_shape(2), shape);
    EXPECT_EQ(entropy_->num_outputs(), 3);
    EXPECT_EQ(count("Sum"), 0);
  }
  void expect_none() {
    run(scale_losses);
    EXPECT_EQ(count("Sum") + count("BiasAddGrad"), 1);
    EXPECT_EQ(entropy_->num_outputs(), 2);
  }
  Endpoint logits_;
  Node* entropy_;
};

TEST_F(SummedGradients, ComeWithTheGradient) {
  const Endpoint dy = gradient();
  Node* other = fetch(op("Neg", {dy}));
  Node* sum = fetch(op("Sum", {dy, axis(0)}));
  run(scale_losses);
  expect_sums_in(sum, {3000});
  EXPECT_EQ(other->input(0).node->input(0), entropy_->output(1));
  EXPECT_EQ(entropy_->type(), "_ScaledSparseSoftmaxCrossEntropy");
  EXPECT_EQ(entropy_->output_shape(1), (Shape{3, 3000}));
}

TEST_F(SummedGradients, KeepDimensions) {
  Node* sum = fetch(op("Sum", {gradient(), axis(-2)}, {{"keep_dims", true}}));
  run(scale_losses);
  expect_sums_in(sum, {1, 3000});
}

TEST_F(SummedGradients, OfBiasAdd) {
  Node* sum = fetch(op("BiasAddGrad", {gradient()}));
  run(scale_losses);
  expect_sums_in(sum, {3000});
}

// It adds more rows in an order of its own.
TEST_F(SummedGradients, OfBiasAddToManyRowsStay) {
  fetch(op("BiasAddGrad", {gradient(2049)}));
  expect_none();
}

// As of logits that a program reshapes for a loss, and that loss back again.
TEST_F(SummedGradients, OfViews) {
  const auto shape = [&](std::initializer_list<int32_t> dims) { return constant(Tensor::vector<int32_t>(dims)); };
  const Endpoint batches = op("Reshape", {gradient(6), shape({2, 3, 3000})}), rows = op("Reshape", {batches, shape({6, 3000})});
  Node* other = fetch(rows);
  Node* sum = fetch(op("BiasAddGrad", {rows}));
  run(scale_losses);
  expect_sums_in(sum, {3000});
  EXPECT_EQ(other->input(0), rows);
}

TEST_F(SummedGradients, OverSeveralDimensions) {
  const Endpoint shape = constant(Tensor::vector<int32_t>({2, 3, 3000})), axes = constant(Tensor::vector<int32_t>({-2, 0}));
  Node* sum = fetch(op("Sum", {op("Reshape", {gradient(6), shape}), axes}));
  run(scale_losses);
  expect_sums_in(sum, {3000});
  EXPECT_EQ(count("Reshape"), 0);
}

TEST_F(SummedGradients, OverOtherAxesStay) {
  fetch(op("Sum", {gradient(), axis(1)}));
  expect_none();
}

TEST_F(SummedGradients, OverSomeDimensionsStay) {
  const Endpoint shape = constant(Tensor::vector<int32_t>({2, 3, 3000}));
  fetch(op("Sum", {op("Reshape", {gradient(6), shape}), axis(0)}));
  expect_none();
}

TEST_F(SummedGradients, OfOtherRowsStay) {
  fetch(op("BiasAddGrad", {op("Reshape", {gradient(6), constant(Tensor::vector<int32_t>({12, 1500}))})}));
  expect_none();
}

TEST_F(SummedGradients, OfViewsThatKeepThemStay) {
  const Endpoint shape = constant(Tensor::vector<int32_t>({2, 3, 3000})), axes = constant(Tensor::vector<int32_t>({0, 1}));
  fetch(op("Sum", {op("Reshape", {gradient(6), shape}), axes}, {{"keep_dims", true}}));
  expect_none();
}

TEST_F(SummedGradients, OfShortRowsStay) {
  fetch(op("Sum", {gradient(3, 2048), axis(0)}));
  expect_none();
}

TEST_F(SummedGradients, OfOneRowStay) {
  fetch(op("Sum", {gradient(1), axis(0)}));
  expect_none();
}

TEST_F(SummedGradients, ThatAreTargetsStay) {
  target(op("Sum", {gradient(), axis(0)}).node);
  expect_none();
}

// As folded ones wait for what their value comes of.
TEST_F(SummedGradients, OverAxesThatWaitForTheLogits) {
  const Endpoint dy = gradient();
  Node* sum = fetch(op("Sum", {dy, axis(0, {logits_.node, logits_.node->input(0).node})}));
  run(scale_losses);
  expect_sums_in(sum, {3000});
}

TEST_F(SummedGradients, OverAxesThatWaitForOthersStay) {
  const Endpoint dy = gradient();
  fetch(op("Sum", {dy, axis(0, {node("NoOp", {})})}));
  expect_none();
}

TEST_F(SummedGradients, WaitsGoToReaders) {
  Node* barrier = node("NoOp", {});
  Node* sum = node("Sum", {gradient(), axis(0)}, {}, "", {barrier});
  Node* reader = node("Neg", {sum->output(0)});
  Node* after = node("NoOp", {}, {}, "", {sum});
  fetch(reader->output(0));
  target(after);
  run(scale_losses);
  expect_sums_in(reader, {3000});
  EXPECT_EQ(std::ranges::count(reader->control_inputs(), barrier), 1);
  EXPECT_EQ(std::ranges::count(after->control_inputs(), barrier), 1);
  EXPECT_EQ(std::ranges::count(after->control_inputs(), entropy_), 1);
}

}  // namespace
}  // namespace reflow::passes
