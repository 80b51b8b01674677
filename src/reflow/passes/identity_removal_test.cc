#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

using IdentityRemoval = GraphFixture;

TEST_F(IdentityRemoval, ConsumersReadTheInput) {
  const Endpoint x = feed({2}), y = op("Identity", {x}), z = op("StopGradient", {y});
  Node* result = fetch(z);
  run(remove_identities);
  EXPECT_EQ(result->input(0), x);
  EXPECT_EQ(count("Identity"), 0);
  EXPECT_EQ(count("StopGradient"), 0);
}

TEST_F(IdentityRemoval, ConsumersWaitForWhatItWaitedFor) {
  const Endpoint x = feed({});
  Node* barrier = node("NoOp", {});
  Node* identity = node("Identity", {x}, {}, "", {barrier});
  const Endpoint y = op("Neg", {identity->output(0)});
  fetch(y);
  run(remove_identities);
  ASSERT_EQ(y.node->control_inputs().size(), 1u);
  EXPECT_EQ(y.node->control_inputs()[0], barrier);
}

TEST_F(IdentityRemoval, ReadsOfVariablesStay) {
  fetch(op("Identity", {variable({2}, "v")}));
  run(remove_identities);
  EXPECT_EQ(count("Identity"), 1);
}

TEST_F(IdentityRemoval, TargetsStay) {
  target(node("Identity", {feed({})}));
  run(remove_identities);
  EXPECT_EQ(count("Identity"), 1);
}

TEST_F(IdentityRemoval, ReshapeToItsOwnShape) {
  const Endpoint x = feed({-1, 3}), y = op("Reshape", {x, op("Shape", {x})});
  Node* result = fetch(y);
  run(remove_identities);
  EXPECT_EQ(result->input(0), x);
}

TEST_F(IdentityRemoval, PivotsOfCondStay) {
  const Endpoint flag = feed({}, DType::kBool);
  Node* branch = node("Switch", {flag, flag});
  Node* pivot = node("Identity", {branch->output(1)});
  fetch(node("Const", {}, {{"dtype", DType::kFloat32}, {"value", Tensor::scalar(1.0f)}}, "", {pivot})->output(0));
  run(remove_identities);
  EXPECT_EQ(count("Identity"), 1);
}

}  // namespace
}  // namespace reflow::passes
