#include "tests/kit/golden_kernel_case.h"

#include <stdexcept>

#include <fmt/format.h>

#include "reflow/autodiff/gradients.h"
#include "reflow/graph/graph.h"
#include "reflow/graph/node_builder.h"
#include "reflow/op/kernel_registry.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/graph_values.h"

namespace reflow::testing {
namespace {

using graph::AttrDef;
using graph::AttrMap;
using graph::AttrValue;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using graph::OpDef;
using graph::OpInput;
using Json = nlohmann::json;

Shape shape_from_json(const Json& j) {
  if (j.is_null()) return Shape::unknown();
  return Shape(std::span<const int64_t>(j.get<std::vector<int64_t>>()));
}

// {"dtype": "uint8", "shape": [4], "values": [255, 0, 0, 255]}: numbers only.
Tensor tensor_from_json(const Json& j) {
  Tensor tensor(dtype_from_name(j.at("dtype").get<std::string>()), shape_from_json(j.at("shape")));
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    const double value = j.at("values").at(static_cast<size_t>(i));
    switch (tensor.dtype()) {
      case DType::kUint8: tensor.data<uint8_t>()[i] = static_cast<uint8_t>(value); break;
      case DType::kFloat32: tensor.data<float>()[i] = static_cast<float>(value); break;
      default: throw std::runtime_error("no tensor of type " + dtype_name(tensor.dtype()) + " from JSON");
    }
  }
  return tensor;
}

AttrValue attr_from_json(std::string_view type, const Json& j) {
  if (type == "string" || type == "func") return j.get<std::string>();
  if (type == "int") return j.get<int64_t>();
  if (type == "float") return j.is_string() ? std::stof(j.get<std::string>()) : j.get<float>();  // "inf", "-inf"
  if (type == "bool") return j.get<bool>();
  if (type == "type") return dtype_from_name(j.get<std::string>());
  if (type == "shape") return shape_from_json(j);
  if (type == "tensor") return tensor_from_json(j);
  if (type == "list(string)") return j.get<std::vector<std::string>>();
  if (type == "list(int)") return j.get<std::vector<int64_t>>();
  if (type == "list(float)") return j.get<std::vector<float>>();
  if (type == "list(bool)") return j.get<std::vector<bool>>();
  if (type == "list(type)") {
    std::vector<DType> types;
    for (const Json& t : j) types.push_back(dtype_from_name(t.get<std::string>()));
    return types;
  }
  if (type == "list(shape)") {
    std::vector<Shape> shapes;
    for (const Json& s : j) shapes.push_back(shape_from_json(s));
    return shapes;
  }
  throw std::runtime_error(fmt::format("no attribute of type {} from JSON", type));
}

bool is_inferred(const OpDef& op, std::string_view attr) {
  for (const graph::ArgDef& arg : op.inputs) {
    if (arg.type_attr == attr || arg.number_attr == attr || arg.type_list_attr == attr) return true;
  }
  return false;
}

// One case being run.
class Runner {
 public:
  Runner(const Json& kernel_case, const Npz& npz)
      : case_(kernel_case), npz_(npz), op_(*graph::OpRegistry::global().find(case_.at("op").get<std::string>())) {
    for (const Json& reference : case_.at("in")) inputs_.push_back(referenced_tensor(npz_, reference));
  }

  std::string run() {
    Graph known, unknown;
    StatusOr<Node*> node = build(known, true);
    if (case_.contains("graph_error")) {
      const std::string want = case_["graph_error"]["message"];
      if (node.ok()) return "building it gives no error; TensorFlow: " + want;
      if (message_of(node.status()) != want) return mismatch("building it", node.status(), want);
      node = build(unknown, false);
    }
    if (!node.ok()) {
      if (!case_.contains("out") && !case_.contains("error")) return "";
      return fmt::format("can't be built: {}", message_of(node.status()));
    }
    const auto outputs = op::evaluate(**node, inputs_);
    if (case_.contains("error")) return check_error(outputs.status());
    if (!outputs.ok()) return fmt::format("fails: {}", message_of(outputs.status()));
    if (!case_.contains("out")) return "";
    for (size_t i = 0; i < case_["out"].size(); ++i) {
      if (case_["out"][i].is_null()) continue;
      const std::string text = difference((*outputs)[i], referenced_tensor(npz_, case_["out"][i]));
      if (!text.empty()) return fmt::format("output {}: {}", i, text);
    }
    return case_.contains("grad") || case_.contains("grad_error") ? check_gradients(*node) : "";
  }

 private:
  static std::string mismatch(std::string_view what, const Status& got, std::string_view want) {
    return fmt::format("{} says\n    {}\n  TensorFlow says\n    {}", what, message_of(got), want);
  }

  std::string check_error(const Status& status) {
    const std::string want = case_["error"]["message"];
    if (status.ok()) return "gives no error; TensorFlow: " + want;
    if (message_of(status) != want) return mismatch("the kernel", status, want);
    const int code = static_cast<int>(status.code());
    if (code != case_["error"]["code"].get<int>()) return fmt::format("fails with code {}: {}", code, want);
    return "";
  }

  StatusOr<Node*> build(Graph& graph, bool known_shapes) {
    if (case_.contains("producer")) graph.versions.producer = case_["producer"];
    placeholders_.clear();
    for (const Tensor& input : inputs_) {
      ASSIGN_OR_RETURN(Endpoint e,
                       make_placeholder(graph, input.dtype(), known_shapes ? input.shape() : Shape::unknown()));
      placeholders_.push_back(e);
    }
    std::vector<OpInput> arguments;
    size_t next = 0;
    for (const graph::ArgDef& arg : op_.inputs) {
      if (!arg.is_list()) {
        arguments.emplace_back(placeholders_.at(next++));
        continue;
      }
      const size_t n = case_.at("list_inputs").at(arg.name);
      arguments.emplace_back(std::vector<Endpoint>(placeholders_.begin() + next, placeholders_.begin() + next + n));
      next += n;
    }
    return graph::create_op(graph, op_.name, std::move(arguments), attrs_from_json(op_, case_.at("attrs")),
                            {.name = "op"});
  }

  std::string check_gradients(Node* node) {
    Graph& graph = node->graph();
    std::vector<Endpoint> ys, xs;
    autodiff::GradientOptions options;
    for (int i = 0; i < node->num_outputs(); ++i) {
      if (!is_floating(node->output_type(i))) continue;
      ys.push_back(node->output(i));
      if (!case_.contains("w")) continue;
      Tensor w = referenced_tensor(npz_, case_["w"][i]);
      const DType type = w.dtype();
      auto constant = graph::create_op(graph, "Const", {}, {{"value", std::move(w)}, {"dtype", type}});
      if (!constant.ok()) return std::string(message_of(constant.status()));
      options.grad_ys.push_back((*constant)->output(0));
    }
    for (const Endpoint& p : placeholders_) {
      if (is_floating(p.dtype())) xs.push_back(p);
    }
    const auto gradients = autodiff::gradients(graph, ys, xs, options);
    if (case_.contains("grad_error") && !gradients.ok()) return check_gradient_error(gradients.status());
    if (!gradients.ok()) return fmt::format("no gradients: {}", message_of(gradients.status()));
    std::vector<Endpoint> fetches;
    Feeds feeds;
    for (size_t i = 0; i < inputs_.size(); ++i) feeds.emplace_back(placeholders_[i], inputs_[i]);
    for (size_t i = 0; i < xs.size(); ++i) {
      const op::Gradient& g = (*gradients)[i];
      fetches.push_back(g.values);
      if (!g.is_slices()) continue;
      // The cases hold dense gradients.
      const auto dense = dense_gradient(g, xs[i]);
      if (!dense.ok()) return fmt::format("no dense gradient: {}", message_of(dense.status()));
      fetches.back() = *dense;
    }
    const auto values = graph_values(fetches, feeds);
    if (case_.contains("grad_error")) return check_gradient_error(values.status());
    if (!values.ok()) return fmt::format("gradients fail: {}", message_of(values.status()));
    size_t next = 0;
    for (size_t i = 0; i < placeholders_.size(); ++i) {
      if (!is_floating(placeholders_[i].dtype())) continue;
      const Tensor& got = (*values)[next++];
      const Json& want = case_["grad"][i];
      if (want.is_null()) {
        if (got.valid()) return fmt::format("there is a gradient to input {}; TensorFlow has none", i);
        continue;
      }
      const std::string text = difference(got, referenced_tensor(npz_, want));
      if (!text.empty()) return fmt::format("gradient to input {}: {}", i, text);
    }
    return "";
  }

  // Rows summed up as tf.convert_to_tensor does it.
  static StatusOr<Endpoint> dense_gradient(const op::Gradient& slices, Endpoint x) {
    Graph& graph = x.node->graph();
    ASSIGN_OR_RETURN(Node * shape, graph::create_op(graph, "Shape", {x}));
    const Tensor zero = Tensor::scalar(int32_t{0});
    ASSIGN_OR_RETURN(Node * index, graph::create_op(graph, "Const", {}, {{"value", zero}, {"dtype", DType::kInt32}}));
    ASSIGN_OR_RETURN(Node * rows,
                     graph::create_op(graph, "GatherV2", {shape->output(0), index->output(0), index->output(0)}));
    ASSIGN_OR_RETURN(Node * sum, graph::create_op(graph, "UnsortedSegmentSum",
                                                  {slices.values, slices.indices, rows->output(0)}));
    return sum->output(0);
  }

  std::string check_gradient_error(const Status& status) {
    const std::string want = case_["grad_error"]["message"];
    if (status.ok()) return "the gradient gives no error; TensorFlow: " + want;
    return message_of(status) == want ? "" : mismatch("the gradient", status, want);
  }

  const Json& case_;
  const Npz& npz_;
  const OpDef& op_;
  std::vector<Tensor> inputs_;
  std::vector<Endpoint> placeholders_;
};

}  // namespace

AttrMap attrs_from_json(const OpDef& op, const Json& json) {
  AttrMap attrs;
  for (const auto& [name, value] : json.items()) {
    const AttrDef* def = op.find_attr(name);
    if (def == nullptr) throw std::runtime_error(fmt::format("{} has no attribute {}", op.name, name));
    if (!is_inferred(op, name)) attrs.set(name, attr_from_json(def->type, value));
  }
  return attrs;
}

std::vector<std::string> golden_kernel_families() {
  return {"tf-1.15/kernels/unary",     "tf-1.15/kernels/binary",       "tf-1.15/kernels/array",    "tf-1.15/kernels/reduction",
          "tf-1.15/kernels/nn",        "tf-1.15/kernels/linalg",       "tf-1.15/kernels/sparse",   "tf-1.15/kernels/string",
          "tf-1.15/kernels/image",     "tf-1.15/kernels/networks",     "tf-1.15/kernels/pictures", "tf-1.15/kernels/arrays",
          "tf-1.15/kernels/sequences", "tf-1.15/kernels/quantization", "tf-1.15/kernels/sampling", "tf-1.15/kernels/algebra",
          "kernels/string_ops",        "kernels/sparse_ops",           "kernels/parsing_ops",      "kernels/summary_ops",
          "kernels/image_codec_ops",   "kernels/core_ops",             "kernels/more_types"};
}

std::string run_kernel_case(const Json& kernel_case, const Npz& npz) { return Runner(kernel_case, npz).run(); }

}  // namespace reflow::testing
