#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class BatchNormFolding : public GraphFixture {
 protected:
  Endpoint conv() {
    return op("Conv2D", {feed({-1, 28, 28, 3}), feed({3, 3, 3, 16})},
              {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", std::string("SAME")}});
  }
  Endpoint norm(Endpoint x, bool is_training = false) {
    return op("FusedBatchNorm", {x, feed({16}), feed({16}), feed({16}), feed({16})}, {{"is_training", is_training}});
  }
};

TEST_F(BatchNormFolding, GoesIntoTheFilter) {
  Node* result = fetch(op("Relu", {norm(conv())}));
  run(fold_batch_norms);
  const Node* bias = result->input(0).node->input(0).node;
  EXPECT_EQ(bias->type(), "BiasAdd");
  EXPECT_EQ(bias->input(0).node->type(), "Conv2D");
  EXPECT_EQ(bias->input(0).node->input(1).node->type(), "Mul");
  run(fuse_convolutions);
  EXPECT_EQ(result->input(0).node->type(), "_FusedConv2D");
}

TEST_F(BatchNormFolding, NotInTraining) {
  fetch(norm(conv(), true));
  run(fold_batch_norms);
  EXPECT_EQ(count("FusedBatchNorm"), 1);
}

// In each run the filter would be scaled, which takes longer than the result of an image, or of some.
TEST_F(BatchNormFolding, NotIntoFiltersThatAreLargeBesideImages) {
  const Endpoint y = op("Conv2D", {feed({-1, 7, 7, 512}), feed({3, 3, 512, 512})},
                        {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", std::string("SAME")}});
  fetch(op("FusedBatchNorm", {y, feed({512}), feed({512}), feed({512}), feed({512})}, {{"is_training", false}}));
  run(fold_batch_norms);
  EXPECT_EQ(count("FusedBatchNorm"), 1);
}

TEST_F(BatchNormFolding, ConvolutionsThatAreReadStay) {
  const Endpoint y = conv();
  fetch(norm(y));
  fetch(y);
  run(fold_batch_norms);
  EXPECT_EQ(count("FusedBatchNorm"), 1);
}

TEST_F(BatchNormFolding, StatisticsThatAreReadStay) {
  const Endpoint y = norm(conv());
  fetch(y);
  fetch(y.node->output(1));
  run(fold_batch_norms);
  EXPECT_EQ(count("FusedBatchNorm"), 1);
}

}  // namespace
}  // namespace reflow::passes
