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

// What is computed may come of the loss.
TEST_F(LossScaling, OnlyByConstants) {
  Node* entropy = this->entropy();
  fetch(op("Mul", {entropy->output(1), op("ExpandDims", {entropy->output(0), constant(Tensor::scalar(1))})}));
  fetch(op("Mul", {this->entropy()->output(1), constant(Tensor::from<float>({2}, {1, 1}))}));
  run(scale_losses);
  EXPECT_EQ(count("Mul"), 2);
}

}  // namespace
}  // namespace reflow::passes
