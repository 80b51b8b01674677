#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

using DeadNodes = GraphFixture;

TEST_F(DeadNodes, WhatNobodyReadsGoes) {
  const Endpoint x = feed({2});
  op("Exp", {op("Neg", {x})});
  fetch(x);
  run(remove_dead_nodes);
  EXPECT_EQ(graph_.num_nodes(), 2);
}

TEST_F(DeadNodes, FeedsTargetsAndStatefulOpsStay) {
  feed({});
  target(node("Neg", {scalar(1)}));
  op("RandomUniform", {constant(Tensor::vector<int32_t>({2}))}, {{"dtype", DType::kFloat32}});
  run(remove_dead_nodes);
  EXPECT_EQ(graph_.num_nodes(), 5);
}

// The gradient of a regularizer waits for a product that nobody reads, and that for a norm of the weights.
TEST_F(DeadNodes, WaitingForAValueThatNobodyReadsIsWaitingForItsInputs) {
  const Endpoint read = op("Identity", {variable({2}, "v")});
  const Endpoint norm = op("L2Loss", {read}), product = op("Mul", {norm, scalar(2)});
  Node* group = node("NoOp", {}, {}, "", {product.node});
  Node* waiting = node("Neg", {feed({2})}, {}, "", {group});
  fetch(waiting->output(0));
  run(remove_dead_nodes);
  EXPECT_EQ(count("L2Loss"), 0);
  EXPECT_EQ(count("NoOp"), 0);
  ASSERT_EQ(waiting->control_inputs().size(), 1u);
  EXPECT_EQ(waiting->control_inputs()[0], read.node);
}

TEST_F(DeadNodes, UpdatesInAGroupStay) {
  const Endpoint v = variable({}, "v");
  Node* update = node("AssignAdd", {v, scalar(1)});
  target(node("NoOp", {}, {}, "", {update}));
  run(remove_dead_nodes);
  EXPECT_EQ(count("AssignAdd"), 1);
}

TEST_F(DeadNodes, ChecksStay) {
  Node* check = node("CheckNumerics", {feed({})}, {{"message", "bad"}});
  target(node("NoOp", {}, {}, "", {check}));
  run(remove_dead_nodes);
  EXPECT_EQ(count("CheckNumerics"), 1);
}

}  // namespace
}  // namespace reflow::passes
