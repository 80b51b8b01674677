// Transforms of single nodes: devices, ops, attributes, control inputs, names.

#include <algorithm>
#include <map>

#include "reflow/graph/graph_def.h"
#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

using tensorflow::NodeDef;

StatusOr<std::string> required(const TransformCall& call, const std::string& parameter, std::string_view usage) {
  if (!call.has(parameter) || call.parameters.at(parameter).size() != 1) return invalid_argument("{}", usage);
  return call.parameters.at(parameter).front();
}

// Whether a transform of the nodes of `op_name` is one of this node. "" and "*": of all.
bool concerns(const NodeDef& node, const std::string& op_name) { return op_name.empty() || op_name == "*" || node.op() == op_name; }

// 0 ... 9, a ... z, A ... Z, 10, ...
std::string short_name(int n) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string name;
  do name.insert(name.begin(), kDigits[n % kDigits.size()]);
  while ((n /= static_cast<int>(kDigits.size())) > 0);
  return name;
}

}  // namespace

Status remove_control_dependencies(const Ends&, const TransformCall&, tensorflow::GraphDef* graph) {
  for (NodeDef& node : *graph->mutable_node()) {
    auto* inputs = node.mutable_input();
    inputs->erase(std::remove_if(inputs->begin(), inputs->end(), [](const std::string& input) { return input.starts_with('^'); }),
                  inputs->end());
  }
  return OkStatus();
}

Status remove_device(const Ends&, const TransformCall&, tensorflow::GraphDef* graph) {
  for (NodeDef& node : *graph->mutable_node()) node.clear_device();
  return OkStatus();
}

Status set_device(const Ends&, const TransformCall& call, tensorflow::GraphDef* graph) {
  ASSIGN_OR_RETURN(const std::string device, call.one("device"));
  ASSIGN_OR_RETURN(const bool if_default, call.flag("if_default", false));
  for (NodeDef& node : *graph->mutable_node()) {
    if (!if_default || node.device().empty()) node.set_device(device);
  }
  return OkStatus();
}

Status rename_op(const Ends&, const TransformCall& call, tensorflow::GraphDef* graph) {
  constexpr std::string_view kUsage =
      "rename_op expects exactly one 'old_op_name' and 'new_op_name' argument, e.g. rename_op(old_op_name=Mul, new_op_name=Multiply)";
  ASSIGN_OR_RETURN(const std::string from, required(call, "old_op_name", kUsage));
  ASSIGN_OR_RETURN(const std::string to, required(call, "new_op_name", kUsage));
  for (NodeDef& node : *graph->mutable_node()) {
    if (node.op() == from) node.set_op(to);
  }
  return OkStatus();
}

Status rename_attribute(const Ends&, const TransformCall& call, tensorflow::GraphDef* graph) {
  constexpr std::string_view kUsage =
      "rename_attribute expects exactly one 'old_attribute_name' and one 'new_attribute_name' argument, e.g. "
      "rename_attribute(old_attribute_name=foo, new_attribute_name=bar)";
  ASSIGN_OR_RETURN(const std::string from, required(call, "old_attribute_name", kUsage));
  ASSIGN_OR_RETURN(const std::string to, required(call, "new_attribute_name", kUsage));
  ASSIGN_OR_RETURN(const std::string op_name, call.one("op_name"));
  for (NodeDef& node : *graph->mutable_node()) {
    const auto it = node.attr().find(from);
    if (it == node.attr().end() || !concerns(node, op_name)) continue;
    const tensorflow::AttrValue value = it->second;
    node.mutable_attr()->erase(from);
    (*node.mutable_attr())[to] = value;
  }
  return OkStatus();
}

Status remove_attribute(const Ends&, const TransformCall& call, tensorflow::GraphDef* graph) {
  if (!call.has("attribute_name")) {
    return invalid_argument("remove_attribute expects at least one 'attribute_name' argument, e.g. remove_attribute(op_name=Mul, attribute_name=foo)");
  }
  ASSIGN_OR_RETURN(const std::string op_name, call.one("op_name"));
  for (NodeDef& node : *graph->mutable_node()) {
    if (!concerns(node, op_name)) continue;
    for (const std::string& name : call.parameters.at("attribute_name")) node.mutable_attr()->erase(name);
  }
  return OkStatus();
}

Status add_default_attributes(const Ends&, const TransformCall&, tensorflow::GraphDef* graph) {
  for (NodeDef& node : *graph->mutable_node()) {
    const graph::OpDef* op = graph::OpRegistry::global().find(node.op());
    if (op == nullptr) continue;
    for (const graph::AttrDef& attr : op->attrs) {
      if (!attr.default_value.set() || node.attr().contains(attr.name)) continue;
      graph::attr_to_proto(attr.default_value, &(*node.mutable_attr())[attr.name]);
    }
  }
  return OkStatus();
}

Status obfuscate_names(const Ends& ends, const TransformCall&, tensorflow::GraphDef* graph) {
  std::vector<std::string> kept;
  for (const auto* names : {&ends.inputs, &ends.outputs}) {
    for (const std::string& name : *names) kept.emplace_back(node_of_input(name));
  }
  const auto is_kept = [&](const std::string& name) { return std::ranges::find(kept, name) != kept.end(); };
  std::map<std::string, std::string, std::less<>> names;
  int next = 0;
  for (NodeDef& node : *graph->mutable_node()) {
    if (is_kept(node.name())) continue;
    std::string name = short_name(next++);
    while (is_kept(name)) name = short_name(next++);
    names[node.name()] = name;
    node.set_name(name);
  }
  for (NodeDef& node : *graph->mutable_node()) {
    for (std::string& input : *node.mutable_input()) {
      const std::string_view from = node_of_input(input);
      const auto it = names.find(from);
      if (it == names.end()) continue;
      const size_t begin = input.starts_with('^') ? 1 : 0;
      input = input.substr(0, begin) + it->second + input.substr(begin + from.size());
    }
  }
  return OkStatus();
}

}  // namespace reflow::transforms
