#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class ConvFusion : public GraphFixture {
 protected:
  Endpoint conv(const std::string& data_format = "NHWC") {
    const bool last = data_format == "NHWC";
    return op("Conv2D", {feed(last ? Shape{-1, 28, 28, 1} : Shape{-1, 1, 28, 28}), feed({5, 5, 1, 32})},
              {{"strides", std::vector<int64_t>{1, 1, 1, 1}}, {"padding", std::string("SAME")}, {"data_format", data_format}});
  }
};

TEST_F(ConvFusion, BiasAndRelu) {
  Node* result = fetch(op("Relu", {op("BiasAdd", {conv(), feed({32})})}));
  run(fuse_convolutions);
  const Node* fused = result->input(0).node;
  ASSERT_EQ(fused->type(), "_FusedConv2D");
  EXPECT_TRUE(*fused->attr<bool>("relu"));
  EXPECT_EQ(*fused->attr<std::string>("padding"), "SAME");
  EXPECT_EQ(count("Conv2D") + count("BiasAdd") + count("Relu"), 0);
}

TEST_F(ConvFusion, SumsThatAreReadStay) {
  const Endpoint sum = op("AddV2", {conv(), feed({32})});
  fetch(op("Relu", {sum}));
  fetch(sum);
  run(fuse_convolutions);
  EXPECT_EQ(count("_FusedConv2D"), 1);
  EXPECT_EQ(count("Relu"), 1);
}

TEST_F(ConvFusion, ChannelsFirstStay) {
  fetch(op("BiasAdd", {conv("NCHW"), feed({32})}, {{"data_format", std::string("NCHW")}}));
  run(fuse_convolutions);
  EXPECT_EQ(count("Conv2D"), 1);
}

}  // namespace
}  // namespace reflow::passes
