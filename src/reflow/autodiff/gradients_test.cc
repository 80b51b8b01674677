#include "reflow/autodiff/gradients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/autodiff/emit.h"
#include "reflow/graph/shape_context.h"

namespace reflow::autodiff {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class GradientsTest : public ::testing::Test {
 protected:
  Endpoint op(std::string_view type, std::vector<graph::OpInput> inputs, graph::AttrMap attrs = {},
              std::string name = "") {
    auto made = emit(graph_, type, std::move(inputs), std::move(attrs), std::move(name));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *made : Endpoint{};
  }
  Endpoint placeholder(std::string name, Shape shape = {2, 3}, DType type = DType::kFloat32) {
    return op("Placeholder", {}, {{"dtype", type}, {"shape", shape}}, std::move(name));
  }
  std::vector<Gradient> differentiate(std::vector<Endpoint> ys, std::vector<Endpoint> xs, GradientOptions options = {}) {
    auto found = gradients(graph_, ys, xs, options);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *std::move(found) : std::vector<Gradient>(xs.size());
  }
  // Types of the nodes made since there were `first`.
  std::vector<std::string> types_since(int first) {
    std::vector<std::string> types;
    for (int i = first; i < graph_.num_node_ids(); ++i) types.push_back(graph_.node(i)->type());
    return types;
  }

  Graph graph_;
};

TEST_F(GradientsTest, WalksBackFromYToX) {
  const Endpoint x = placeholder("x");
  const Endpoint y = op("Exp", {op("Sin", {x})});
  const int first = graph_.num_node_ids();
  const Gradient dx = differentiate({y}, {x})[0];
  EXPECT_EQ(dx.values.name(), "gradients/Sin_grad/mul:0");
  EXPECT_THAT(types_since(first), ElementsAre("Const", "Const", "Fill", "Mul", "Cos", "Mul"));
}

TEST_F(GradientsTest, SumsWhatSeveralConsumersGive) {
  const Endpoint x = placeholder("x");
  const Endpoint y = op("AddN", {std::vector<Endpoint>{op("Sin", {x}), op("Exp", {x}), x}});
  EXPECT_EQ(differentiate({y}, {x})[0].values.name(), "gradients/AddN:0");
}

TEST_F(GradientsTest, NothingWhereNoYDependsOnX) {
  const Endpoint x = placeholder("x"), z = placeholder("z");
  EXPECT_FALSE(differentiate({op("Sin", {x})}, {z})[0]);
}

TEST_F(GradientsTest, ZerosWhereNoYDependsOnXIfWanted) {
  const Endpoint x = placeholder("x"), z = placeholder("z", Shape{-1});
  GradientOptions options;
  options.unconnected_gradients = UnconnectedGradients::kZero;
  EXPECT_EQ(differentiate({op("Sin", {x})}, {z}, options)[0].values.name(), "zeros_like:0");
}

TEST_F(GradientsTest, GivesGradYsForYItself) {
  const Endpoint x = placeholder("x");
  EXPECT_EQ(differentiate({x}, {x})[0].values.name(), "gradients/Fill:0");
}

TEST_F(GradientsTest, StopGradientsAreConstants) {
  const Endpoint x = placeholder("x");
  const Endpoint middle = op("Sin", {x});
  GradientOptions options;
  options.stop_gradients = {middle};
  EXPECT_FALSE(differentiate({op("Exp", {middle})}, {x}, options)[0]);
}

TEST_F(GradientsTest, StopsAtTheFirstOfTwoXs) {
  const Endpoint x = placeholder("x");
  const Endpoint middle = op("Sin", {x});
  const std::vector<Gradient> dx = differentiate({op("Exp", {middle})}, {x, middle});
  EXPECT_EQ(dx[0].values.name(), "gradients/Sin_grad/mul:0");
  EXPECT_EQ(dx[1].values.name(), "gradients/Exp_grad/mul:0");
}

TEST_F(GradientsTest, IntegersPassNoGradients) {
  const Endpoint x = placeholder("x");
  const Endpoint whole = op("Cast", {x}, {{"DstT", DType::kInt32}});
  const Endpoint y = op("Cast", {whole}, {{"DstT", DType::kFloat32}});
  EXPECT_FALSE(differentiate({y}, {x})[0]);
}

TEST_F(GradientsTest, UnregisteredGradientNamesTheOperation) {
  graph::OpDef def;
  def.name = "AutodiffTestWithoutGradient";
  def.inputs = {{.name = "x", .type = DType::kFloat32}};
  def.outputs = {{.name = "y", .type = DType::kFloat32}};
  def.shape_fn = graph::unchanged_shape;
  ASSERT_TRUE(graph::OpRegistry::global().add(def).ok());
  const Endpoint x = placeholder("x");
  const Endpoint y = op("AutodiffTestWithoutGradient", {x}, {}, "odd");
  const auto found = gradients(graph_, std::vector<Endpoint>{y}, std::vector<Endpoint>{x});
  EXPECT_EQ(found.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(message_of(found.status()),
            "No gradient defined for operation 'odd' (op type: AutodiffTestWithoutGradient)");
}

TEST_F(GradientsTest, OverrideTakesAnotherGradient) {
  ASSERT_TRUE(op::GradientRegistry::global()
                  .add("AutodiffTestTriple",
                       [](op::GradContext& g) {
                         g.dx(0) = g.op("AddN", {std::vector<Endpoint>{g.dy(0), g.dy(0), g.dy(0)}});
                         return OkStatus();
                       })
                  .ok());
  const Endpoint x = placeholder("x");
  const Endpoint y = op("Sin", {x}, {{"_gradient_op_type", "AutodiffTestTriple"}});
  EXPECT_EQ(differentiate({y}, {x})[0].values.name(), "gradients/Sin_grad/AddN:0");
}

TEST_F(GradientsTest, GradYsOfAnotherKindAreATypeError) {
  const Endpoint x = placeholder("x"), s = placeholder("s", {2, 3}, DType::kString);
  GradientOptions options;
  options.grad_ys = {Gradient(s)};
  const auto found = gradients(graph_, std::vector<Endpoint>{x}, std::vector<Endpoint>{x}, options);
  EXPECT_TRUE(graph::is_type_error(found.status()));
  EXPECT_THAT(std::string(message_of(found.status())), HasSubstr("must be real or integer"));
}

TEST_F(GradientsTest, NumberOfGradYsHasToFit) {
  const Endpoint x = placeholder("x");
  GradientOptions options;
  options.grad_ys = {Gradient(x), Gradient(x)};
  const auto found = gradients(graph_, std::vector<Endpoint>{x}, std::vector<Endpoint>{x}, options);
  EXPECT_EQ(message_of(found.status()), "Passed 2 grad_ys for 1 ys");
}

TEST_F(GradientsTest, LoopNeedsItsContext) {
  const Endpoint x = placeholder("x");
  const Endpoint y = op("Exit", {x});
  const auto found = gradients(graph_, std::vector<Endpoint>{y}, std::vector<Endpoint>{x});
  EXPECT_EQ(found.status().code(), StatusCode::kInvalidArgument);
}

TEST_F(GradientsTest, LeavesTheScopesAsTheyWere) {
  const Endpoint x = placeholder("x");
  GradientOptions options;
  options.gate_gradients = options.colocate_gradients_with_ops = true;
  differentiate({op("Mul", {x, x})}, {x}, options);
  EXPECT_EQ(graph_.scope().name_stack, "");
  EXPECT_TRUE(graph_.scope().colocation.empty());
  EXPECT_TRUE(graph_.scope().devices.empty());
  EXPECT_TRUE(graph_.scope().control_dependencies.empty());
}

TEST_F(GradientsTest, SecondDerivatives) {
  const Endpoint x = placeholder("x");
  const Endpoint dx = differentiate({op("Exp", {x})}, {x})[0].values;
  EXPECT_EQ(differentiate({dx}, {x})[0].values.node->name().substr(0, 12), "gradients_1/");
}

}  // namespace
}  // namespace reflow::autodiff
