#include "reflow/transforms/transform.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

using tensorflow::GraphDef;

std::string float_constant(const std::string& name, const std::string& shape, const std::string& values) {
  std::string text = fmt::format("node {{ name: '{}' op: 'Const' attr {{ key: 'dtype' value {{ type: DT_FLOAT }} }} attr {{ key: 'value' value {{ tensor {{ dtype: DT_FLOAT tensor_shape {{ ", name);
  for (const char dim : shape) text += fmt::format("dim {{ size: {} }} ", dim);
  return text + fmt::format("}} float_val: [{}] }} }} }} }}\n", values);
}

constexpr const char* kFloat = "attr { key: 'T' value { type: DT_FLOAT } }";

std::string node(const std::string& name, const std::string& op, const std::vector<std::string>& inputs, const std::string& more = kFloat) {
  std::string text = fmt::format("node {{ name: '{}' op: '{}' ", name, op);
  for (const std::string& input : inputs) text += fmt::format("input: '{}' ", input);
  return text + more + " }\n";
}

const std::string kPlaceholder =
    "node { name: 'x' op: 'Placeholder' attr { key: 'dtype' value { type: DT_FLOAT } } attr { key: 'shape' value { shape { unknown_rank: true } } } }\n";

// x -> id -> mul by csum (constant) -> z, plus the second half of a constant -> check -> out -> unused
std::string chain() {
  return kPlaceholder + node("id", "Identity", {"x"}, std::string(kFloat) + " device: '/device:CPU:0'") + float_constant("c1", "", "2") +
         float_constant("c2", "2", "3, 4") + node("csum", "Add", {"c1", "c2"}) + node("mul", "Mul", {"id", "csum"}) +
         float_constant("c4", "4", "1, 2, 3, 4") +
         "node { name: 'dim' op: 'Const' attr { key: 'dtype' value { type: DT_INT32 } } attr { key: 'value' value { tensor { dtype: DT_INT32 "
         "tensor_shape { } int_val: 0 } } } }\n" +
         node("sp", "Split", {"dim", "c4"}, std::string(kFloat) + " attr { key: 'num_split' value { i: 2 } }") + node("z", "Add", {"mul", "sp:1"}) +
         node("check", "CheckNumerics", {"z"}, std::string(kFloat) + " attr { key: 'message' value { s: 'bad' } }") + node("before", "NoOp", {}, "") +
         node("out", "Relu", {"check", "^before"}) + node("unused", "Neg", {"out"}) + "versions { producer: 134 }\n";
}

GraphDef parse(const std::string& text) {
  GraphDef graph;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &graph));
  return graph;
}

// "NAME OP INPUT... ; ..."
std::string brief(const GraphDef& graph) {
  std::string text;
  for (const auto& n : graph.node()) text += fmt::format("{}{} {}{}{}", text.empty() ? "" : "; ", n.name(), n.op(), n.input_size() ? " " : "", fmt::join(n.input(), " "));
  return text;
}

std::string transformed(const std::string& text, const std::string& transforms, const Ends& ends = {{"x"}, {"out"}}) {
  GraphDef graph = parse(text);
  auto calls = parse_transforms(transforms);
  if (!calls.ok()) return std::string(message_of(calls.status()));
  const Status status = transform_graph(ends, *calls, &graph);
  return status.ok() ? brief(graph) : std::string(message_of(status));
}

std::vector<float> values_of(const GraphDef& graph, const std::string& name) {
  for (const auto& n : graph.node()) {
    if (n.name() != name) continue;
    const Tensor tensor = *tensor_from_proto(n.attr().at("value").tensor());
    return {tensor.data<float>(), tensor.data<float>() + tensor.num_elements()};
  }
  return {};
}

TEST(Transform, StripUnusedNodes) {
  const std::string rest = "c4 Const; dim Const; sp Split dim c4; z Add mul sp:1; check CheckNumerics z; before NoOp; out Relu check ^before";
  EXPECT_EQ(transformed(chain(), "strip_unused_nodes", {{"mul"}, {"out"}}), "mul Placeholder; " + rest);
  EXPECT_EQ(transformed(chain(), "strip_unused_nodes", {{"x"}, {"nothing"}}), "Input node nothing not found in graph");
  EXPECT_EQ(transformed(chain(), "strip_unused_nodes(type=nothing)"), "'nothing' is not the name of a type");
}

TEST(Transform, StrippedInputsHaveTheTypeAndShapeAskedFor) {
  GraphDef graph = parse(chain());
  const auto calls = parse_transforms("strip_unused_nodes(type=int32, shape=\"1,2\", name=mul, shape_for_name=\"4,-1\")");
  ASSERT_TRUE(transform_graph({{"mul"}, {"out"}}, *calls, &graph).ok());
  EXPECT_EQ(graph.node(0).attr().at("dtype").type(), tensorflow::DT_INT32);
  EXPECT_EQ(shape_from_proto(graph.node(0).attr().at("shape").shape())->str(), "[4,?]");
  EXPECT_EQ(graph.versions().producer(), 134);
}

TEST(Transform, RemoveNodes) {
  EXPECT_EQ(transformed(chain(), "remove_nodes(op=Identity, op=CheckNumerics)"),
            "x Placeholder; c1 Const; c2 Const; csum Add c1 c2; mul Mul x csum; c4 Const; dim Const; sp Split dim c4; z Add mul sp:1; before NoOp; "
            "out Relu z ^before; unused Neg out");
  EXPECT_EQ(transformed(kPlaceholder + node("a", "Identity", {"x"}) + node("b", "Identity", {"a"}) + node("out", "Neg", {"b", "^a"}),
                        "remove_nodes(op=Identity)"),
            "x Placeholder; out Neg x ^x");
  EXPECT_EQ(transformed(kPlaceholder + node("out", "Identity", {"x"}), "remove_nodes(op=Identity)"), "x Placeholder; out Identity x");
}

TEST(Transform, FoldConstantsKeepsNamesAndValues) {
  EXPECT_EQ(transformed(chain(), "fold_constants"),
            "x Placeholder; id Identity x; csum Const; mul Mul id csum; z Add mul sp/1__cf; check CheckNumerics z; before NoOp; out Relu check ^before; "
            "sp/1__cf Const");
  GraphDef graph = parse(chain());
  ASSERT_TRUE(transform_graph({{"x"}, {"out"}}, *parse_transforms("fold_constants"), &graph).ok());
  EXPECT_EQ(values_of(graph, "csum"), (std::vector<float>{5, 6}));
  EXPECT_EQ(values_of(graph, "sp/1__cf"), (std::vector<float>{3, 4}));
}

TEST(Transform, WhatIsFedIsNotFolded) {
  EXPECT_EQ(transformed(float_constant("x", "", "1") + node("out", "Neg", {"x"}), "fold_constants"), "x Const; out Neg x");
  EXPECT_EQ(transformed(float_constant("c", "", "1") + node("out", "Neg", {"c"}), "fold_constants", {{}, {"out"}}), "out Const");
}

const std::string kConvolution =
    kPlaceholder + float_constant("w", "1122", "1, 2, 3, 4") +
    node("conv", "Conv2D", {"x", "w"}, std::string(kFloat) + " attr { key: 'strides' value { list { i: [1, 1, 1, 1] } } } attr { key: 'padding' value { s: 'SAME' } }") +
    float_constant("gamma", "2", "2, 3") + float_constant("beta", "2", "1, -1") + float_constant("mean", "2", "1, 2") + float_constant("var", "2", "0.24, 0.99");

TEST(Transform, FoldBatchNorms) {
  GraphDef graph = parse(kConvolution + node("out", "Mul", {"conv", "gamma"}));
  ASSERT_TRUE(transform_graph({{"x"}, {"out"}}, *parse_transforms("fold_batch_norms"), &graph).ok());
  EXPECT_EQ(brief(graph), "x Placeholder; beta Const; mean Const; var Const; w Const; out Conv2D x w");
  EXPECT_EQ(values_of(graph, "w"), (std::vector<float>{2, 6, 6, 12}));
}

TEST(Transform, FoldOldBatchNorms) {
  const std::string norm = node("out", "FusedBatchNorm", {"conv", "gamma", "beta", "mean", "var"},
                                std::string(kFloat) + " attr { key: 'epsilon' value { f: 0.01 } } attr { key: 'is_training' value { b: false } }");
  GraphDef graph = parse(kConvolution + norm);
  ASSERT_TRUE(transform_graph({{"x"}, {"out"}}, *parse_transforms("fold_old_batch_norms"), &graph).ok());
  EXPECT_EQ(brief(graph), "x Placeholder; w Const; conv Conv2D x w; conv_bn_offset Const; out BiasAdd conv conv_bn_offset");
  const std::vector<float> weights = values_of(graph, "w"), offset = values_of(graph, "conv_bn_offset");
  EXPECT_NEAR(weights[0], 4, 1e-5);   // 1 * 2 / sqrt(0.25)
  EXPECT_NEAR(weights[3], 12, 1e-5);  // 4 * 3 / sqrt(1)
  EXPECT_NEAR(offset[0], -3, 1e-5);   // 1 - 1 * 4
  EXPECT_NEAR(offset[1], -7, 1e-5);
}

TEST(Transform, WhatOthersReadIsNotFoldedAway) {
  const std::string text = kConvolution + node("out", "Mul", {"conv", "gamma"}) + node("other", "Neg", {"conv"});
  EXPECT_EQ(transformed(text, "fold_batch_norms", {{"x"}, {"out", "other"}}), brief(parse(text)));
}

TEST(Transform, MergeDuplicateNodes) {
  EXPECT_EQ(transformed(kPlaceholder + float_constant("a", "", "1") + float_constant("b", "", "1") + node("c", "Add", {"x", "a"}) +
                            node("d", "Add", {"x", "b"}) + node("out", "Mul", {"c", "d"}),
                        "merge_duplicate_nodes"),
            "x Placeholder; a Const; c Add x a; out Mul c c");
}

TEST(Transform, SortByExecutionOrder) {
  EXPECT_EQ(transformed(node("out", "Neg", {"a"}) + node("a", "Neg", {"x"}) + kPlaceholder, "sort_by_execution_order"), "x Placeholder; a Neg x; out Neg a");
  EXPECT_EQ(transformed(node("out", "Neg", {"a"}) + node("a", "Neg", {"out"}), "sort_by_execution_order"), "2 nodes in a cycle");
}

TEST(Transform, SingleNodes) {
  const std::string text = kPlaceholder + node("a", "Identity", {"x"}, std::string(kFloat) + " device: '/cpu:0'") + node("out", "Relu", {"a", "^x"});
  EXPECT_EQ(transformed(text, "rename_op(old_op_name=Relu, new_op_name=Relu6) remove_control_dependencies"), "x Placeholder; a Identity x; out Relu6 a");
  EXPECT_EQ(transformed(text, "obfuscate_names"), "x Placeholder; 0 Identity x; out Relu 0 ^x");
  GraphDef graph = parse(text);
  ASSERT_TRUE(transform_graph({{"x"}, {"out"}}, *parse_transforms("set_device(device=\"/gpu:0\", if_default=true) rename_attribute(old_attribute_name=T, new_attribute_name=U) "
                                                                  "remove_attribute(attribute_name=U, op_name=Relu)"), &graph).ok());
  EXPECT_EQ(graph.node(0).device() + graph.node(1).device(), "/gpu:0/cpu:0");
  EXPECT_TRUE(graph.node(1).attr().contains("U"));
  EXPECT_EQ(graph.node(2).attr().size(), 0u);
}

TEST(Transform, MistakesAreErrors) {
  EXPECT_EQ(transformed(chain(), "nothing"), "Transform 'nothing' not recognized.");
  EXPECT_EQ(transformed(chain(), "strip_unused_nodes(type)"), "Looking for =, but found )");
  EXPECT_EQ(transformed(chain(), "()"), "Looking for transform name, but found ()");
  EXPECT_EQ(transformed(chain(), "strip_unused_nodes(type=float"), "Looking for ), but found ");
  EXPECT_EQ(transformed(chain(), "rename_op(old_op_name=a)"),
            "rename_op expects exactly one 'old_op_name' and 'new_op_name' argument, e.g. rename_op(old_op_name=Mul, new_op_name=Multiply)");
  EXPECT_EQ(transformed(chain(), "rename_op(old_op_name=a, ignore_errors=true)"), brief(parse(chain())));
  EXPECT_EQ(transformed(node("a", "NoOp", {}, "") + node("a", "NoOp", {}, ""), "remove_device"), "Node 'a' is not unique");
}

TEST(Transform, EveryTransformIsListedWithASentence) {
  for (const TransformInfo& info : list_transforms()) EXPECT_TRUE(info.summary.ends_with('.')) << info.name;
}

}  // namespace
}  // namespace reflow::transforms
