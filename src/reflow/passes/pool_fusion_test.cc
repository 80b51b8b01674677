#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class PoolFusion : public GraphFixture {
 protected:
  Endpoint conv() {
    return op("_FusedConv2D", {feed({-1, 28, 28, 1}), feed({5, 5, 1, 32}), feed({32})},
              {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", std::string("SAME")}, {"relu", true}});
  }
  Endpoint pool(const Endpoint& x, std::vector<int64_t> ksize = {1, 3, 2, 1}) {
    return op("MaxPool", {x}, {{"ksize", std::move(ksize)}, {"strides", std::vector<int64_t>{1, 2, 1, 1}},
                               {"padding", std::string("VALID")}});
  }
};

TEST_F(PoolFusion, OfAConvolution) {
  const Endpoint convolved = conv();
  const std::vector<Endpoint> inputs(convolved.node->inputs().begin(), convolved.node->inputs().end());
  Node* result = fetch(pool(convolved));
  run(fuse_pooling);
  Node* fused = result->input(0).node;
  ASSERT_EQ(fused->type(), "_FusedConv2DMaxPool");
  EXPECT_TRUE(std::equal(inputs.begin(), inputs.end(), fused->inputs().begin(), fused->inputs().end()));
  EXPECT_TRUE(*fused->attr<bool>("relu"));
  EXPECT_EQ(*fused->attr<std::string>("padding"), "SAME");
  EXPECT_EQ(*fused->attr<std::vector<int64_t>>("pool_ksize"), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(*fused->attr<std::vector<int64_t>>("pool_strides"), (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(*fused->attr<std::string>("pool_padding"), "VALID");
  EXPECT_EQ(fused->output_shape(0), (Shape{-1, 13, 27, 32}));
  EXPECT_EQ(count("_FusedConv2D"), 0);
}

TEST_F(PoolFusion, OfAConvolutionThatOthersRead) {
  const Endpoint convolved = conv();
  Node* result = fetch(pool(convolved));
  const Endpoint other = op("Exp", {convolved});
  graph_.add_control_input(fetch(other), convolved.node);
  run(fuse_pooling);
  Node* fused = result->input(0).node;
  EXPECT_EQ(other.node->input(0), fused->output(1));
  EXPECT_EQ(fused->output_shape(1), (Shape{-1, 28, 28, 32}));
  EXPECT_EQ(count("_FusedConv2D"), 0);
}

TEST_F(PoolFusion, NotWhereThePoolingWaits) {
  const Endpoint convolved = conv(), pooled = pool(convolved), other = op("Exp", {convolved});
  graph_.add_control_input(pooled.node, other.node);
  fetch(pooled), fetch(other);
  run(fuse_pooling);
  EXPECT_EQ(count("MaxPool"), 1);
}

TEST_F(PoolFusion, NotOverChannels) {
  fetch(op("MaxPool", {conv()}, {{"ksize", std::vector<int64_t>{1, 1, 1, 2}}, {"strides", std::vector<int64_t>{1, 1, 1, 2}},
                                 {"padding", std::string("VALID")}}));
  run(fuse_pooling);
  EXPECT_EQ(count("MaxPool"), 1);
}

}  // namespace
}  // namespace reflow::passes
