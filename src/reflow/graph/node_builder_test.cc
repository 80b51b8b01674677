#include "reflow/graph/node_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/graph/control_flow.h"
#include "reflow/graph/empty_name.h"
#include "reflow/graph/test_ops.h"

namespace reflow::graph {
namespace {

using ::testing::ElementsAre;

TEST(CreateOp, InfersTypesAndShapes) {
  TestGraph g;
  const Node* node = g.make("TestAdd", {g.source(DType::kInt32, {2, 1}), g.source(DType::kInt32, {3})});
  EXPECT_EQ(node->output_type(0), DType::kInt32);
  EXPECT_EQ(*node->attr<DType>("T"), DType::kInt32);
  EXPECT_EQ(node->output_shape(0), Shape({2, 3}));
  EXPECT_EQ(node->name(), "TestAdd");
}

TEST(CreateOp, FillsInNumbersListsAndDefaults) {
  TestGraph g;
  const Endpoint a = g.source(), b = g.source(DType::kInt32);
  EXPECT_EQ(*g.make("TestStack", {std::vector<Endpoint>{a, a}})->attr<int64_t>("N"), 2);
  const Node* many = g.make("TestMany", {std::vector<Endpoint>{a, b}});
  EXPECT_EQ(many->num_outputs(), 2);
  EXPECT_EQ(many->output_type(1), DType::kInt32);
  const Node* conv = g.make("TestConv", {a}, {{"strides", std::vector<int64_t>{1, 1}}, {"padding", "SAME"}});
  EXPECT_EQ(*conv->attr<float>("alpha"), 0.2f);
}

TEST(CreateOp, MistakesOfTypeHavePythonsWords) {
  TestGraph g;
  const Endpoint f = g.source(), i = g.source(DType::kInt32), s = g.source(DType::kString);
  EXPECT_EQ(g.error("TestAdd", {i, f}), "Input 'y' of 'TestAdd' Op has type float32 that does not match type int32 of argument 'x'.");
  EXPECT_EQ(g.error("TestNot", {i}), "Input 'x' of 'TestNot' Op has type int32 that does not match expected type of bool.");
  EXPECT_EQ(g.error("TestCos", {s}), "Value passed to parameter 'x' has DataType string not in list of allowed values: float32, float64");
  EXPECT_EQ(g.error("TestStack", {std::vector<Endpoint>{f, i}}),
            "Tensors in list passed to 'values' of 'TestStack' Op have types [float32, int32] that don't all match.");
  EXPECT_EQ(g.error("TestStack", {std::vector<Endpoint>{}}), "List argument 'values' to 'TestStack' Op with length 0 shorter than minimum length 1.");
  EXPECT_EQ(g.error("TestAssign", {f, f}), "'TestAssign' Op requires that input 'ref' be a mutable tensor (e.g.: a tf.Variable)");
  EXPECT_TRUE(is_type_error(create_op(g, "TestCos", {s}).status()));
  EXPECT_FALSE(is_type_error(create_op(g, "TestStack", {std::vector<Endpoint>{}}).status()));
}

TEST(CreateOp, MistakesOfAttributesHavePythonsWords) {
  TestGraph g;
  const Endpoint f = g.source();
  EXPECT_EQ(g.error("TestConv", {f}, {{"strides", std::vector<int64_t>{1, 1}}, {"padding", "same"}}),
            "Attr 'padding' of 'TestConv' Op passed string 'same' not in: \"SAME\", \"VALID\".");
  EXPECT_EQ(g.error("TestConv", {f}, {{"strides", std::vector<int64_t>{1}}, {"padding", "SAME"}}),
            "Attr 'strides' of 'TestConv' Op passed list of length 1 less than minimum 2.");
  EXPECT_EQ(g.error("TestConv", {f}, {{"padding", "SAME"}}), "No argument for attr strides");
  EXPECT_NE(g.error("TestConv", {f}, {{"strides", std::vector<int64_t>{1, 1}}, {"padding", "SAME"}, {"blue", 1}}), "");
  EXPECT_NE(g.error("TestAdd", {f, f}, {{"T", DType::kInt32}}), "");
  EXPECT_EQ(g.error("TestAdd", {f, f}, {{"T", DType::kFloat32}, {"_mark", true}}), "");
}

TEST(CreateOp, FailureLeavesNoNodeButItsNumber) {
  TestGraph g;
  const Endpoint a = g.source(DType::kFloat32, {2}), b = g.source(DType::kFloat32, {3});
  const int nodes = g.num_nodes(), ids = g.num_node_ids();
  EXPECT_EQ(g.error("TestAdd", {a, b}), "Dimensions must be equal, but are 2 and 3 for 'TestAdd' (op: 'TestAdd') with input shapes: [2], [3].");
  EXPECT_EQ(g.num_nodes(), nodes);
  EXPECT_EQ(g.num_node_ids(), ids + 1);
  EXPECT_TRUE(a.node->consumers().empty());
}

TEST(CreateOp, NamesFollowTheScope) {
  TestGraph g;
  enter_name_scope(g, "s");
  EXPECT_EQ(g.make("NoOp", {})->name(), "s/NoOp");
  EXPECT_EQ(g.make("NoOp", {}, {}, "x")->name(), "s/x");
  EXPECT_EQ(g.make("NoOp", {}, {}, "x")->name(), "s/x_1");
  EXPECT_EQ(g.make("NoOp", {}, {}, "t/y/")->name(), "t/y");
  EXPECT_EQ(message_of(create_op(g, "NoOp", {}, {}, {.name = "a b"}).status()), "'s/a b' is not a valid node name");
}

TEST(CreateOp, AnEmptyNameIsNoName) {
  TestGraph g;
  EXPECT_EQ(g.make("NoOp", {}, {}, "")->name(), "NoOp");
  EXPECT_EQ(message_of(create_op(g, "NoOp", {}, {}, {.name = std::string(kEmptyName)}).status()), "'' is not a valid node name");
  enter_name_scope(g, "s");
  EXPECT_TRUE(check_scope_name(g, kEmptyName).ok());
  EXPECT_EQ(enter_name_scope(g, kEmptyName), "");
}

TEST(CreateOp, DeviceScopesMergeInnermostFirst) {
  TestGraph g;
  auto& devices = g.scope().devices;
  devices.push_back({.spec = "/job:worker/task:1"});
  devices.push_back({.spec = "/cpu:0"});
  EXPECT_EQ(g.make("NoOp", {})->device(), "/job:worker/task:1/device:CPU:0");
  devices.push_back({.spec = "/job:ps"});
  EXPECT_EQ(g.make("NoOp", {})->device(), "/job:ps/task:1/device:CPU:0");
  devices.push_back({.spec = "", .fn = {}, .resets = true});
  EXPECT_EQ(g.make("NoOp", {})->device(), "");
  devices.push_back({.spec = "", .fn = [](const Node& node) { return node.type() == "NoOp" ? "/gpu:1" : ""; }});
  EXPECT_EQ(g.make("NoOp", {})->device(), "/gpu:1");
}

TEST(CreateOp, ControlDependenciesAreLeftOutWhereAnInputHasThem) {
  TestGraph g;
  Node* first = g.make("NoOp", {});
  const Endpoint outside = g.source();
  g.scope().control_dependencies.push_back({.inputs = {first, outside.node}});
  const Node* inside = g.make("TestCos", {outside});
  EXPECT_THAT(inside->control_inputs(), ElementsAre(first));  // the data edge to `outside` is enough
  const Node* next = g.make("TestCos", {Endpoint{const_cast<Node*>(inside), 0}});
  EXPECT_TRUE(next->control_inputs().empty());
  {
    const NoControlDependencies none(g);
    EXPECT_TRUE(g.make("NoOp", {})->control_inputs().empty());
  }
  EXPECT_EQ(g.make("NoOp", {})->control_inputs().size(), 2u);
}

TEST(CreateOp, OpsOfAReferenceAreColocatedWithIt) {
  TestGraph g;
  g.scope().devices.push_back({.spec = "/cpu:0"});
  const Endpoint v = g.variable({2}, "v");
  g.scope().devices.push_back({.spec = "/cpu:1"});
  const Node* assign = g.make("TestAssign", {v, g.source(DType::kFloat32, {2})});
  EXPECT_THAT(assign->colocation_groups(), ElementsAre("v"));
  EXPECT_EQ(assign->device(), "/device:CPU:0");
  EXPECT_EQ(assign->output_type(0), ref_type(DType::kFloat32));
  const Node* read = g.make("Identity", {v});
  EXPECT_EQ(read->output_type(0), DType::kFloat32);
  EXPECT_TRUE(read->colocation_groups().empty());
}

TEST(CreateOp, ColocationScopesGatherGroups) {
  TestGraph g;
  const Endpoint b = g.source(DType::kFloat32, {}, "b"), a = g.source(DType::kFloat32, {}, "a");
  const ColocateWith outer(g, b.node);
  {
    const ColocateWith inner(g, a.node);
    EXPECT_EQ(*g.make("NoOp", {})->attr<std::vector<std::string>>("_class"), (std::vector<std::string>{"loc:@a", "loc:@b"}));
  }
  {
    const ColocateWith alone(g, a.node, true);
    EXPECT_THAT(g.make("NoOp", {})->colocation_groups(), ElementsAre("a"));
  }
  EXPECT_THAT(g.make("NoOp", {})->colocation_groups(), ElementsAre("b"));
}

TEST(CreateOp, AttributesOfScopes) {
  TestGraph g;
  GraphScope& scope = g.scope();
  scope.attrs.push_back({{"_x", 1}, {"_y", 1}});
  scope.attrs.push_back({{"_y", 2}});
  scope.gradient_overrides.emplace_back("NoOp", "Mine");
  scope.kernel_labels.emplace_back("NoOp", "fast");
  scope.container = "box";
  const Node* node = g.make("NoOp", {});
  EXPECT_EQ(*node->attr<int64_t>("_x"), 1);
  EXPECT_EQ(*node->attr<int64_t>("_y"), 2);
  EXPECT_EQ(*node->attr<std::string>("_gradient_op_type"), "Mine");
  EXPECT_EQ(*node->attr<std::string>("_kernel"), "fast");
  EXPECT_EQ(*g.variable().node->attr<std::string>("container"), "box");
}

}  // namespace
}  // namespace reflow::graph
