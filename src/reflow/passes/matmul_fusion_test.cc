#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

using MatMulFusion = GraphFixture;

TEST_F(MatMulFusion, BiasAndRelu) {
  const Endpoint product = op("MatMul", {feed({-1, 784}), feed({784, 500})});
  const Endpoint sum = op("AddV2", {product, feed({500})});
  Node* result = fetch(op("Relu", {sum}));
  Node* shape = fetch(op("Shape", {product}));
  run(fuse_matmul);
  EXPECT_EQ(result->input(0).node->type(), "_FusedMatMul");
  EXPECT_EQ(shape->input(0).node->input(0), result->input(0));
  EXPECT_EQ(count("MatMul") + count("AddV2") + count("Relu"), 0);
}

TEST_F(MatMulFusion, ProductsThatAreReadStay) {
  const Endpoint product = op("MatMul", {feed({-1, 784}), feed({784, 500})});
  fetch(product);
  fetch(op("BiasAdd", {product, feed({500})}));
  run(fuse_matmul);
  EXPECT_EQ(count("MatMul"), 1);
}

TEST_F(MatMulFusion, OnlyRowsAreBiases) {
  const Endpoint product = op("MatMul", {feed({500, 784}), feed({784, 500})});
  fetch(op("AddV2", {product, feed({500, 1})}));
  run(fuse_matmul);
  EXPECT_EQ(count("MatMul"), 1);
}

// The bias is computed from the product's shape: the product can't wait for it.
TEST_F(MatMulFusion, BiasesThatDependOnTheProductStay) {
  const Endpoint product = op("MatMul", {feed({-1, 784}), feed({784, 2})});
  const Endpoint bias = op("Cast", {op("Shape", {product})}, {{"DstT", DType::kFloat32}});
  fetch(op("AddV2", {product, bias}));
  run(fuse_matmul);
  EXPECT_EQ(count("MatMul"), 1);
}

}  // namespace
}  // namespace reflow::passes
