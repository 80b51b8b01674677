// The gradient functions of ops make the nodes that TensorFlow's make: same names, inputs, attributes and order.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "reflow/autodiff/gradients.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/golden_kernel_case.h"

namespace reflow::testing {
namespace {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using Json = nlohmann::json;

std::string attr_text(const std::string& name, const graph::AttrValue& value) {
  if (const bool* b = value.get<bool>()) return *b ? name : "";
  if (const int64_t* i = value.get<int64_t>()) return *i != 0 ? fmt::format("{}={}", name, *i) : "";
  if (const DType* t = value.get<DType>()) return fmt::format("{}={}", name, dtype_name(*t));
  if (name != "_class") return "";
  std::vector<std::string> groups = *value.get<std::vector<std::string>>();
  std::sort(groups.begin(), groups.end());
  std::string text;
  for (const std::string& group : groups) text += (text.empty() ? "" : " ") + group;
  return text;
}

std::string value_text(const Tensor& tensor) {
  std::string text;
  with_type(kPlainTypes, tensor.dtype(), [&]<typename T>() {
    for (const T& x : tensor.flat<T>()) {
      double number;
      if constexpr (requires { x.real(); }) {
        number = x.real();
      } else if constexpr (std::is_arithmetic_v<T>) {
        number = static_cast<double>(x);
      } else {
        number = static_cast<float>(x);
      }
      text += fmt::format("{}{:.9g}", text.empty() ? "" : " ", number);
    }
  });
  return fmt::format("[{}]:{}", fmt::join(tensor.shape().dims(), ", "), text);
}

std::string node_text(const Node& node) {
  std::vector<std::string> parts = {node.name(), node.type()}, controls;
  for (const Endpoint& e : node.inputs()) parts.push_back(e.name());
  for (const Node* n : node.control_inputs()) controls.push_back("^" + n->name());
  std::sort(controls.begin(), controls.end());
  parts.insert(parts.end(), controls.begin(), controls.end());
  for (const auto& [name, value] : node.attrs()) {
    if (std::string text = attr_text(name, value); !text.empty()) parts.push_back(std::move(text));
  }
  if (!node.device().empty()) parts.push_back(node.device());
  if (node.type() == "Const") parts.push_back(value_text(*node.find_attr("value")->get<Tensor>()));
  return fmt::format("{}", fmt::join(parts, " "));
}

Shape shape_of(const Json& j) {
  if (j.is_null()) return Shape::unknown();
  return Shape(std::span<const int64_t>(j.get<std::vector<int64_t>>()));
}

Endpoint checked(const StatusOr<Node*>& node) {
  if (!node.ok()) throw std::runtime_error(std::string(message_of(node.status())));
  return (*node)->output(0);
}

Endpoint placeholder(Graph& graph, DType type, const Shape& shape, std::string name) {
  return checked(graph::create_op(graph, "Placeholder", {}, {{"dtype", type}, {"shape", shape}}, {.name = std::move(name)}));
}

Endpoint input(Graph& graph, const Json& j, int i) {
  const DType type = dtype_from_name(j.at("dtype").get<std::string>());
  const Shape shape = shape_of(j.at("shape"));
  const std::string name = fmt::format("in{}", i);
  if (!j.contains("const")) return placeholder(graph, type, shape, name);
  const Json values = j["const"].is_array() ? j["const"] : Json::array({j["const"]});
  Tensor tensor(type, shape);
  for (size_t k = 0; k < values.size(); ++k) {
    if (type == DType::kInt32) tensor.data<int32_t>()[k] = values[k];
    if (type == DType::kInt64) tensor.data<int64_t>()[k] = values[k];
    if (type == DType::kFloat32) tensor.data<float>()[k] = values[k];
  }
  return checked(graph::create_op(graph, "Const", {}, {{"value", tensor}, {"dtype", type}}, {.name = name}));
}

// The nodes that the gradient adds and the gradients' names; in `gradients`, "" stands for none.
std::vector<std::string> added_nodes(const Json& c, std::vector<std::string>* gradients) {
  Graph graph;
  std::vector<Endpoint> inputs;
  for (const Json& j : c.at("inputs")) inputs.push_back(input(graph, j, static_cast<int>(inputs.size())));
  std::vector<graph::OpInput> arguments(inputs.begin(), inputs.end());
  if (c.at("is_list").get<bool>()) arguments = {graph::OpInput(inputs)};
  const graph::OpDef& op = *graph::OpRegistry::global().find(c.at("op").get<std::string>());
  Endpoint y = checked(graph::create_op(graph, op.name, arguments, attrs_from_json(op, c.at("attrs")), {.name = "op"}));
  y.index = c.value("output", 0);
  const Endpoint dy = placeholder(graph, y.dtype(), y.shape(), "dy");
  const int before = graph.num_node_ids();
  autodiff::GradientOptions options;
  options.grad_ys = {op::Gradient(dy)};
  const auto dx = autodiff::gradients(graph, std::vector<Endpoint>{y}, inputs, options);
  if (!dx.ok()) throw std::runtime_error(std::string(message_of(dx.status())));
  for (const op::Gradient& g : *dx) gradients->push_back(g ? g.values.name() : "");
  std::vector<std::string> nodes;
  for (int i = before; i < graph.num_node_ids(); ++i) nodes.push_back(node_text(*graph.node(i)));
  return nodes;
}

std::vector<Json> cases_of(const std::string& op) {
  static const auto all = read_golden_jsonl("gradients/single_ops.jsonl");
  std::vector<Json> cases;
  std::copy_if(all.begin(), all.end(), std::back_inserter(cases), [&](const Json& c) { return c.at("op") == op; });
  return cases;
}

std::set<std::string> ops() {
  std::set<std::string> names;
  for (const Json& c : read_golden_jsonl("gradients/single_ops.jsonl")) names.insert(c.at("op").get<std::string>());
  return names;
}

class GradientNodes : public ::testing::TestWithParam<std::string> {};

TEST_P(GradientNodes, AsTensorFlow) {
  for (const Json& c : cases_of(GetParam())) {
    std::vector<std::string> gradients, golden_gradients;
    for (const Json& g : c.at("gradients")) golden_gradients.push_back(g.is_null() ? "" : g.get<std::string>());
    EXPECT_EQ(added_nodes(c, &gradients), c.at("nodes").get<std::vector<std::string>>())
        << c.at("inputs") << " " << c.at("attrs");
    EXPECT_EQ(gradients, golden_gradients);
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, GradientNodes, ::testing::ValuesIn(ops()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace reflow::testing
