#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class FloatMasks : public GraphFixture {
 protected:
  Endpoint cast(const Endpoint& x, DType type = DType::kFloat32) {
    return op("Cast", {x}, {{"SrcT", x.dtype()}, {"DstT", type}});
  }
};

TEST_F(FloatMasks, OfComparisonsBecomeOneNode) {
  for (const char* comparison : {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"}) {
    const Endpoint x = feed({20, 3}), y = scalar(0.5f);
    const Node* result = fetch(cast(op(comparison, {x, y})));
    run(make_float_masks);
    const Node* mask = result->input(0).node;
    EXPECT_EQ(mask->type(), std::string("_FloatMask") + comparison);
    EXPECT_EQ(mask->input(0), x);
    EXPECT_EQ(mask->input(1), y);
    EXPECT_EQ(mask->output_shape(0), (Shape{20, 3}));
    EXPECT_EQ(count(comparison), 0);
  }
}

TEST_F(FloatMasks, WaitForWhatBothNodesWaitedFor) {
  const Endpoint x = feed({3});
  Node *first = node("NoOp", {}), *second = node("NoOp", {});
  Node* comparison = node("Less", {x, x}, {}, "", {first});
  const Node* result = fetch(cast(comparison->output(0)));
  graph_.add_control_input(result->input(0).node, second);
  run(make_float_masks);
  EXPECT_EQ(result->input(0).node->control_inputs().size(), 2u);
}

TEST_F(FloatMasks, OthersStay) {
  const Endpoint x = feed({3}), read = op("Less", {x, x});
  fetch(read);
  fetch(cast(read));
  fetch(cast(op("Greater", {x, x}), DType::kInt32));
  fetch(cast(op("Equal", {feed({3}, DType::kInt32), feed({3}, DType::kInt32)})));
  fetch(cast(op("NotEqual", {x, feed({2})}, {{"incompatible_shape_error", false}})));
  run(make_float_masks);
  EXPECT_EQ(count("Cast"), 4);
}

}  // namespace
}  // namespace reflow::passes
