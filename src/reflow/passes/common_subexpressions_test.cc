#include <limits>

#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

using CommonSubexpressions = GraphFixture;

TEST_F(CommonSubexpressions, EqualNodesBecomeOne) {
  const Endpoint x = feed({2});
  Node* a = fetch(op("Mul", {op("Neg", {x}), scalar(2)}));
  Node* b = fetch(op("Mul", {op("Neg", {x}), scalar(2)}));
  run(merge_common_subexpressions);
  EXPECT_EQ(a->input(0), b->input(0));
  EXPECT_EQ(count("Const"), 1);
}

TEST_F(CommonSubexpressions, OtherAttributesMeanOtherValues) {
  const Endpoint x = feed({2});
  Node* a = fetch(op("Cast", {x}, {{"DstT", DType::kInt32}}));
  Node* b = fetch(op("Cast", {x}, {{"DstT", DType::kInt64}}));
  run(merge_common_subexpressions);
  EXPECT_NE(a->input(0), b->input(0));
}

TEST_F(CommonSubexpressions, NumbersInAttributesCountByTheirBits) {
  const Endpoint x = feed({2});
  std::vector<Node*> read;
  for (const float alpha : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::quiet_NaN(), 0.0f, -0.0f}) {
    read.push_back(fetch(op("Neg", {op("LeakyRelu", {x}, {{"alpha", alpha}})})));
  }
  run(merge_common_subexpressions);
  EXPECT_EQ(count("LeakyRelu"), 3);
  EXPECT_NE(read[2]->input(0), read[3]->input(0));
}

TEST_F(CommonSubexpressions, ColocationDoesNotCount) {
  const Endpoint x = feed({2});
  Node* a = fetch(op("Neg", {x}));
  Node* b = fetch(op("Neg", {x}));
  b->input(0).node->set_attr("_class", std::vector<std::string>{"loc:@x"});
  run(merge_common_subexpressions);
  EXPECT_EQ(a->input(0), b->input(0));
}

TEST_F(CommonSubexpressions, ReadsAndRandomNumbersStay) {
  const Endpoint v = variable({2}, "v"), shape = constant(Tensor::vector<int32_t>({2}));
  for (int i = 0; i < 2; ++i) {
    fetch(op("Identity", {v}));
    fetch(op("RandomUniform", {shape}, {{"dtype", DType::kFloat32}}));
  }
  run(merge_common_subexpressions);
  EXPECT_EQ(count("Identity"), 2);
  EXPECT_EQ(count("RandomUniform"), 2);
}

TEST_F(CommonSubexpressions, NodesThatWaitForDifferentThingsStay) {
  const Endpoint x = feed({2});
  Node* barrier = node("NoOp", {});
  fetch(op("Neg", {x}));
  fetch(node("Neg", {x}, {}, "", {barrier})->output(0));
  run(merge_common_subexpressions);
  EXPECT_EQ(count("Neg"), 2);
}

}  // namespace
}  // namespace reflow::passes
