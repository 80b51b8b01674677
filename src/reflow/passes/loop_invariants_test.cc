#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class LoopInvariants : public GraphFixture {
 protected:
  Endpoint enter(const Endpoint& value, const std::string& frame = "loop") {
    return op("Enter", {value}, {{"frame_name", frame}, {"is_constant", true}});
  }
  Node* leave(const Endpoint& value) { return fetch(node("Exit", {value})->output(0)); }
};

TEST_F(LoopInvariants, AreComputedOutside) {
  const Endpoint a = feed({3, 4}), b = feed({4, 5});
  const Endpoint product = op("MatMul", {enter(a), enter(b)}), squashed = op("Tanh", {product});
  Node* result = leave(squashed);
  run(move_loop_invariants);
  EXPECT_EQ(product.node->input(0), a);
  EXPECT_EQ(product.node->input(1), b);
  EXPECT_EQ(squashed.node->input(0), product);
  const Node* entered = result->input(0).node->input(0).node;
  ASSERT_EQ(entered->type(), "Enter");
  EXPECT_EQ(*entered->attr<std::string>("frame_name"), "loop");
  EXPECT_TRUE(*entered->attr<bool>("is_constant"));
  EXPECT_EQ(entered->input(0), squashed);
}

TEST_F(LoopInvariants, WithConstantsOfTheLoop) {
  const Endpoint inside = enter(feed({3}));
  Node* constant = node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(2.0f)}}, "", {inside.node});
  const Endpoint sum = op("Add", {inside, constant->output(0)});
  leave(sum);
  run(move_loop_invariants);
  EXPECT_EQ(sum.node->input(1).node->type(), "Const");
  EXPECT_TRUE(sum.node->input(1).node->control_inputs().empty());
}

TEST_F(LoopInvariants, LeaveAllLoopsThatTheyAreInvariantIn) {
  const Endpoint x = feed({3});
  const Endpoint y = op("Exp", {enter(enter(x, "outer"), "inner")});
  fetch(node("Exit", {node("Exit", {y})->output(0)})->output(0));
  run(move_loop_invariants);
  EXPECT_EQ(y.node->input(0), x);
}

TEST_F(LoopInvariants, WhatChangesStays) {
  const Endpoint start = op("Enter", {feed({3})}, {{"frame_name", "loop"}}), merge = list_op("Merge", {start, start});
  const Endpoint sum = op("Add", {merge, enter(feed({3}))}), random = op("RandomUniform", {enter(feed({1}, DType::kInt32))}, {{"dtype", DType::kFloat32}});
  leave(sum), leave(random);
  run(move_loop_invariants);
  EXPECT_EQ(sum.node->input(0), merge);
  EXPECT_EQ(random.node->input(0).node->type(), "Enter");
}

TEST_F(LoopInvariants, WhatMayFailStays) {
  const Endpoint unknown = op("Exp", {enter(feed({-1}))}), divided = op("FloorDiv", {enter(feed({3}, DType::kInt32)), enter(feed({3}, DType::kInt32))});
  leave(unknown), leave(divided);
  run(move_loop_invariants);
  EXPECT_EQ(unknown.node->input(0).node->type(), "Enter");
  EXPECT_EQ(divided.node->input(0).node->type(), "Enter");
}

TEST_F(LoopInvariants, ReadsOfVariablesThatTheLoopWritesStay) {
  const Endpoint v = variable({3}, "v"), inside = enter(op("Identity", {v})), y = op("Exp", {inside});
  const Endpoint reference = op("RefEnter", {v}, {{"frame_name", "loop"}, {"is_constant", true}});
  target(node("AssignAdd", {reference, inside}));
  leave(y);
  run(move_loop_invariants);
  EXPECT_EQ(y.node->input(0), inside);
}

TEST_F(LoopInvariants, ViewsAloneStay) {
  const Endpoint inside = enter(feed({3, 4})), view = op("Reshape", {inside, constant(Tensor::vector<int32_t>({12}))});
  leave(view);
  run(move_loop_invariants);
  EXPECT_EQ(view.node->input(0), inside);
}

}  // namespace
}  // namespace reflow::passes
