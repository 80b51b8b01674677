#include <algorithm>

#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class VariableOrder : public GraphFixture {
 protected:
  static bool waits(const Node* node, const Node* source) {
    return std::ranges::find(node->control_inputs(), source) != node->control_inputs().end();
  }
};

TEST_F(VariableOrder, ReadsThatNothingOrdersComeBeforeTheWrite) {
  const Endpoint v = variable({}, "v"), read = op("Identity", {v});
  Node* before = node("Neg", {read});
  Node* update = node("AssignAdd", {v, scalar(1)});
  Node* after = node("Exp", {op("Reshape", {read, constant(Tensor::from<int32_t>({1}, {1}))})});
  for (Node* n : {before, after}) fetch(n->output(0));
  target(update);
  run(order_variable_accesses);
  EXPECT_TRUE(waits(update, before));
  EXPECT_TRUE(waits(update, after));
}

TEST_F(VariableOrder, EdgesOfTheUserAreObeyed) {
  const Endpoint v = variable({}, "v"), read = op("Identity", {v});
  Node* update = node("AssignAdd", {v, scalar(1)});
  Node* after = node("Neg", {read}, {}, "", {update});
  fetch(after->output(0));
  run(order_variable_accesses);
  EXPECT_FALSE(waits(update, after));
}

TEST_F(VariableOrder, WritesKeepTheOrderOfTheirMaking) {
  const Endpoint v = variable({}, "v");
  Node* first = node("AssignAdd", {v, scalar(1)});
  Node* second = node("AssignSub", {v, scalar(2)});
  target(second);
  target(first);
  run(order_variable_accesses);
  EXPECT_TRUE(waits(second, first));
}

// As the values of metrics are, and their updates behind checks of shapes.
TEST_F(VariableOrder, WhatComesAfterACondIsOrderedToo) {
  const Endpoint v = variable({}, "v");
  Node* value = node("Neg", {op("Identity", {v})});
  Node* choice = node("Switch", {feed({}), feed({}, DType::kBool)});
  const Endpoint merged = list_op("Merge", {op("Exp", {choice->output(0)}), choice->output(1)});
  Node* update = node("AssignAdd", {v, merged});
  fetch(value->output(0));
  fetch(update->output(0));
  run(order_variable_accesses);
  EXPECT_TRUE(waits(update, value));
}

// As the global step is read that summaries are written with.
TEST_F(VariableOrder, ReadsInABranchEndWithTheCond) {
  const Endpoint v = variable({}, "v"), read = op("Identity", {v}), pred = feed({}, DType::kBool);
  const Endpoint merged = list_op("Merge", {node("Switch", {read, pred})->output(1), node("Switch", {scalar(0), pred})->output(0)});
  Node* value = node("Add", {merged, scalar(0)});
  Node* branch = node("Neg", {node("Switch", {read, pred})->output(1)});
  Node* end = list_op("Merge", {branch->output(0), node("Switch", {scalar(0), pred})->output(0)}).node;
  Node* update = node("AssignAdd", {v, op("Exp", {op("Exp", {feed({})})})});
  for (Node* n : {value, end, update}) fetch(n->output(0));
  run(order_variable_accesses);
  EXPECT_TRUE(waits(update, value));
  EXPECT_FALSE(waits(update, branch));  // it would be dead where that isn't taken
  EXPECT_TRUE(waits(update, end));
}

// What a user computes long before it meets the variable finds the variable written, as in TensorFlow.
TEST_F(VariableOrder, WritesThatAreReadyGoFirst) {
  const Endpoint v = variable({}, "v");
  Node* update = node("AssignAdd", {v, scalar(1)});
  Node* late = node("Mul", {op("Exp", {op("Exp", {feed({})})}), op("Identity", {v})});
  fetch(late->output(0));
  target(update);
  run(order_variable_accesses);
  EXPECT_FALSE(waits(update, late));
  EXPECT_TRUE(waits(late, update));
}

TEST_F(VariableOrder, ResourcesGoInTheOrderOfTheirMaking) {
  const Endpoint handle = op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{}}});
  const auto read = [&] { return node("ReadVariableOp", {handle}, {{"dtype", DType::kFloat32}}); };
  Node* before = read();
  Node* update = node("AssignAddVariableOp", {handle, scalar(1)});
  Node* after = read();
  for (Node* n : {before, after}) fetch(n->output(0));
  target(update);
  run(order_variable_accesses);
  EXPECT_TRUE(waits(update, before));
  EXPECT_TRUE(waits(after, update));
}

TEST_F(VariableOrder, ShapesAreNotReads) {
  const Endpoint v = variable({2}, "v");
  Node* shape = node("Shape", {op("Identity", {v})});
  Node* update = node("AssignAdd", {v, constant(Tensor::from<float>({1, 1}, {2}))});
  fetch(shape->output(0));
  target(update);
  run(order_variable_accesses);
  EXPECT_TRUE(update->control_inputs().empty());
}

}  // namespace
}  // namespace reflow::passes
