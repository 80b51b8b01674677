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
