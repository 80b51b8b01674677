#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "reflow/tensor/tensor_proto.h"
#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

struct PlaceholderSpec {
  DType type = DType::kFloat32;
  Shape shape;
};

// "1,299,299,3"; "": a scalar; -1: a size that isn't known.
StatusOr<Shape> parse_shape(std::string_view text) {
  std::vector<int64_t> dims;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    int64_t dim = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + comma, dim);
    if (error != std::errc() || end != text.data() + comma || dim < -1) {
      return invalid_argument("Couldn't interpret '{}' as a shape", text);
    }
    dims.push_back(dim);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (dims.size() > Shape::kMaxRank) return invalid_argument("A shape of rank {}", dims.size());
  return Shape(dims);
}

StatusOr<DType> parse_type(const std::string& text) {
  const DType type = dtype_from_name(text);
  if (type == DType::kInvalid) return invalid_argument("'{}' is not the name of a type", text);
  return type;
}

// What each input becomes; "": what no parameter names.
StatusOr<std::map<std::string, PlaceholderSpec>> read_specs(const TransformCall& call) {
  std::map<std::string, PlaceholderSpec> specs;
  PlaceholderSpec& common = specs[""];
  ASSIGN_OR_RETURN(const std::string type, call.one("type", "float"));
  ASSIGN_OR_RETURN(common.type, parse_type(type));
  ASSIGN_OR_RETURN(const std::string shape, call.one("shape"));
  ASSIGN_OR_RETURN(common.shape, parse_shape(shape));
  if (!call.has("name")) return specs;
  const std::vector<std::string>& names = call.parameters.at("name");
  for (const char* parameter : {"type_for_name", "shape_for_name"}) {
    if (call.has(parameter) && call.parameters.at(parameter).size() != names.size()) {
      return invalid_argument("You must pass a matching number of names and {}.", parameter);
    }
  }
  for (size_t i = 0; i < names.size(); ++i) {
    PlaceholderSpec& spec = specs.emplace(names[i], common).first->second;
    if (call.has("type_for_name")) { ASSIGN_OR_RETURN(spec.type, parse_type(call.parameters.at("type_for_name")[i])); }
    if (call.has("shape_for_name")) { ASSIGN_OR_RETURN(spec.shape, parse_shape(call.parameters.at("shape_for_name")[i])); }
  }
  return specs;
}

}  // namespace

Status strip_unused_nodes(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph) {
  ASSIGN_OR_RETURN(const auto specs, read_specs(call));
  const NodeMap nodes(*graph);
  absl::flat_hash_set<std::string> inputs, needed;
  for (const std::string& input : ends.inputs) inputs.insert(std::string(node_of_input(input)));
  std::vector<std::string> to_visit;
  for (const std::string& output : ends.outputs) to_visit.emplace_back(node_of_input(output));
  while (!to_visit.empty()) {
    const std::string name = std::move(to_visit.back());
    to_visit.pop_back();
    if (!needed.insert(name).second || inputs.contains(name)) continue;
    const tensorflow::NodeDef* node = nodes.find(name);
    if (node == nullptr) return invalid_argument("Input node {} not found in graph", name);
    for (const std::string& input : node->input()) to_visit.emplace_back(node_of_input(input));
  }
  needed.insert(inputs.begin(), inputs.end());
  filter_nodes(graph, [&](const tensorflow::NodeDef& node) { return needed.contains(node.name()); });
  for (tensorflow::NodeDef& node : *graph->mutable_node()) {
    if (!inputs.contains(node.name()) || node.op() == "Placeholder") continue;
    const auto it = specs.find(node.name());
    const PlaceholderSpec& spec = it == specs.end() ? specs.at("") : it->second;
    tensorflow::NodeDef placeholder;
    placeholder.set_name(node.name());
    placeholder.set_op("Placeholder");
    (*placeholder.mutable_attr())["dtype"].set_type(static_cast<tensorflow::DataType>(spec.type));
    shape_to_proto(spec.shape, (*placeholder.mutable_attr())["shape"].mutable_shape());
    node = std::move(placeholder);
  }
  return OkStatus();
}

}  // namespace reflow::transforms
