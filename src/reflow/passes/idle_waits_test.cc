#include <algorithm>

#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class IdleWaits : public GraphFixture {
 protected:
  // `node` waits for a NoOp that waits for `sources`.
  void gate(Node* waiting, std::vector<Node*> sources) {
    graph_.add_control_input(waiting, node("NoOp", {}, {}, "", std::move(sources)));
  }
};

TEST_F(IdleWaits, OfPureNodesForEachOtherGo) {
  const Endpoint x = feed({3}), a = op("Exp", {x}), b = op("Tanh", {x}), sum = op("Neg", {a});
  gate(sum.node, {a.node, b.node});
  fetch(sum), fetch(b);
  run(drop_idle_waits);
  EXPECT_TRUE(sum.node->control_inputs().empty());
}

TEST_F(IdleWaits, ForEffectsStay) {
  const Endpoint v = variable({3}, "v"), x = feed({3});
  Node* write = node("Assign", {v, x});
  const Endpoint y = op("Exp", {x});
  gate(y.node, {write});
  fetch(y);
  run(drop_idle_waits);
  EXPECT_EQ(y.node->control_inputs().size(), 1);
}

TEST_F(IdleWaits, ForWhatInputsComeAfterTooGo) {
  const Endpoint x = feed({3}), random = op("RandomUniform", {constant(Tensor::vector<int32_t>({3}))}, {{"dtype", DType::kFloat32}});
  const Endpoint noisy = op("Add", {x, random}), other = op("Tanh", {noisy}), y = op("Exp", {noisy});
  gate(y.node, {other.node});
  fetch(y), fetch(other);
  run(drop_idle_waits);
  EXPECT_TRUE(y.node->control_inputs().empty());
}

TEST_F(IdleWaits, OfReadersOfVariablesStay) {
  const Endpoint v = variable({3}, "v"), read = op("Identity", {v}), x = op("Exp", {feed({3})});
  const Endpoint y = op("Mul", {read, read});
  gate(y.node, {x.node});
  fetch(y), fetch(x);
  run(drop_idle_waits);
  EXPECT_EQ(y.node->control_inputs().size(), 1);
}

TEST_F(IdleWaits, OfUpdatesForPureNodesGo) {
  const Endpoint v = variable({3}, "v"), x = feed({3}), gradient = op("Exp", {x}), other = op("Tanh", {x});
  Node* update = node("ApplyGradientDescent", {v, scalar(0.1f), gradient});
  gate(update, {gradient.node, other.node});
  target(update), fetch(other);
  run(drop_idle_waits);
  EXPECT_TRUE(update->control_inputs().empty());
}

TEST_F(IdleWaits, ForBranchesStay) {
  const Endpoint x = feed({3}), choice = feed({}, DType::kBool);
  Node* branch = node("Switch", {x, choice});
  const Endpoint taken = op("Tanh", {branch->output(1)}), outside = op("Exp", {x}), y = op("Neg", {outside});
  graph_.add_control_input(y.node, taken.node);
  fetch(y);
  run(drop_idle_waits);
  EXPECT_EQ(y.node->control_inputs().size(), 1);
}

}  // namespace
}  // namespace reflow::passes
