#include "reflow/passes/graph_fixture_test.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {
namespace {

class ScaledUpdates : public GraphFixture {
 protected:
  Endpoint weights(const std::string& name, bool resource = false) {
    if (!resource) return variable({784, 500}, name);
    return op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{784, 500}}, {"shared_name", name}}, name);
  }
  Node* adam(Endpoint gradient, bool resource = false) {
    const Endpoint rate = feed({}), beta = feed({});
    Node* update = node(resource ? "ResourceApplyAdam" : "ApplyAdam",
                        {weights("w", resource), weights("m", resource), weights("v", resource), beta, beta, rate, beta, beta,
                         scalar(1e-8f), gradient},
                        {{"use_locking", true}});
    target(update);
    return update;
  }
};

TEST_F(ScaledUpdates, TakeTheNumber) {
  const Endpoint gradient = feed({784, 500}), scale = feed({});
  const Endpoint product = op("Mul", {gradient, scale});
  Node* before = node("NoOp", {});
  graph_.add_control_input(product.node, before);
  Node* update = adam(product);
  run(scale_in_updates);
  EXPECT_EQ(update->type(), "_ScaledApplyAdam");
  EXPECT_EQ(update->input(9), gradient);
  EXPECT_EQ(update->input(10), scale);
  EXPECT_EQ(update->control_inputs()[0], before);
  EXPECT_TRUE(*update->attr<bool>("use_locking"));
  EXPECT_EQ(update->output_shape(0), (Shape{784, 500}));
  EXPECT_EQ(count("Mul"), 0);
}

TEST_F(ScaledUpdates, OfResourceVariables) {
  Node* update = adam(op("Mul", {feed({}), feed({784, 500})}), true);
  run(scale_in_updates);
  EXPECT_EQ(update->type(), "_ScaledResourceApplyAdam");
  EXPECT_EQ(update->input(10).shape().rank(), 0);
}

TEST_F(ScaledUpdates, ProductsThatOthersReadStay) {
  const Endpoint product = op("Mul", {feed({784, 500}), feed({})});
  fetch(product);
  adam(product);
  run(scale_in_updates);
  EXPECT_EQ(count("ApplyAdam"), 1);
}

TEST_F(ScaledUpdates, ProductsOfTensorsStay) {
  adam(op("Mul", {feed({784, 500}), feed({500})}));
  run(scale_in_updates);
  EXPECT_EQ(count("ApplyAdam"), 1);
}

}  // namespace
}  // namespace reflow::passes
