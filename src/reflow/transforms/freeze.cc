#include "reflow/transforms/freeze.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <map>

#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/tensor/tensor_proto.h"
#include "reflow/transforms/node_map.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph_util {
namespace {

using tensorflow::GraphDef;
using tensorflow::NodeDef;
using transforms::node_of_input;
using transforms::NodeMap;

GraphDef parse(std::string_view bytes) {
  GraphDef graph;
  if (!graph.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) throw ValueError("graph_def is not a serialized GraphDef.");
  return graph;
}

GraphDef sub_graph(const GraphDef& graph, const std::vector<std::string>& dest_nodes) {
  const NodeMap nodes(graph);
  absl::flat_hash_set<std::string> kept;
  std::vector<std::string> to_visit;
  for (const std::string& name : dest_nodes) {
    if (nodes.find(name) == nullptr) throw ValueError(name + " is not in graph");
    to_visit.emplace_back(node_of_input(name));
  }
  while (!to_visit.empty()) {
    const std::string name = std::move(to_visit.back());
    to_visit.pop_back();
    const NodeDef* node = nodes.find(name);
    if (node == nullptr || !kept.insert(name).second) continue;
    for (const std::string& input : node->input()) to_visit.emplace_back(node_of_input(input));
    const auto groups = node->attr().find("_class");
    if (groups == node->attr().end()) continue;
    for (const std::string& group : groups->second.list().s()) {
      if (group.starts_with("loc:@")) to_visit.push_back(group.substr(5));
    }
  }
  GraphDef part = graph;
  transforms::filter_nodes(&part, [&](const NodeDef& node) { return kept.contains(node.name()); });
  return part;
}

bool passes_on(const NodeDef& node) {
  static const absl::flat_hash_set<std::string> kOps = {"Switch", "Enter", "Exit", "Identity", "Merge", "NextIteration"};
  return kOps.contains(node.op());
}

// The nodes that pass the handle of a variable on to who reads it, with the variable's type.
std::map<std::string, tensorflow::DataType> handles_passed_on(const GraphDef& graph) {
  const NodeMap nodes(graph);
  std::map<std::string, tensorflow::DataType> passing;
  for (const NodeDef& reader : graph.node()) {
    if ((reader.op() != "ReadVariableOp" && reader.op() != "ResourceGather") || reader.input().empty()) continue;
    const auto type = reader.attr().find("dtype");
    std::vector<std::string> to_visit{reader.input(0)};
    while (!to_visit.empty()) {
      const NodeDef* source = nodes.find(to_visit.back());
      to_visit.pop_back();
      if (source == nullptr || (source->op() != "VarHandleOp" && !passes_on(*source))) {
        throw ValueError("Cannot find the variable that is an input to the ReadVariableOp.");
      }
      if (source->op() == "VarHandleOp" || type == reader.attr().end()) continue;
      if (!passing.emplace(source->name(), type->second.type()).second) continue;
      const int num_inputs = source->op() == "Merge" ? source->input_size() : std::min(1, source->input_size());
      for (int i = 0; i < num_inputs; ++i) to_visit.push_back(source->input(i));
    }
  }
  return passing;
}

NodeDef constant(const std::string& name, const Tensor& value) {
  NodeDef node;
  node.set_op("Const");
  node.set_name(name);
  (*node.mutable_attr())["dtype"].set_type(static_cast<tensorflow::DataType>(value.dtype()));
  if (const Status status = tensor_to_proto(value, (*node.mutable_attr())["value"].mutable_tensor()); !status.ok()) {
    throw ValueError(std::string(message_of(status)));
  }
  return node;
}

void copy_attr(const NodeDef& from, const std::string& name, const std::string& new_name, NodeDef* to) {
  const auto it = from.attr().find(name);
  if (it != from.attr().end()) (*to->mutable_attr())[new_name] = it->second;
}

NodeDef read_of_constant(const NodeDef& read) {
  NodeDef node;
  node.set_op("Identity");
  node.set_name(read.name());
  node.add_input(read.input(0));
  copy_attr(read, "dtype", "T", &node);
  copy_attr(read, "_class", "_class", &node);
  return node;
}

void add_gather_of_constant(const NodeDef& gather, GraphDef* out) {
  if (const auto it = gather.attr().find("batch_dims"); it != gather.attr().end() && it->second.i() != 0) {
    throw ValueError("batch_dims != 0 is not supported by freeze_graph.");
  }
  const auto indices = gather.attr().find("Tindices");
  const bool is_long = indices != gather.attr().end() && indices->second.type() == tensorflow::DT_INT64;
  *out->add_node() = constant(gather.name() + "/axis", is_long ? Tensor::scalar<int64_t>(0) : Tensor::scalar<int32_t>(0));
  NodeDef* node = out->add_node();
  node->set_op("GatherV2");
  node->set_name(gather.name());
  for (int i = 0; i < 2 && i < gather.input_size(); ++i) node->add_input(gather.input(i));
  node->add_input(gather.name() + "/axis");
  copy_attr(gather, "dtype", "Tparams", node);
  copy_attr(gather, "Tindices", "Tindices", node);
  copy_attr(gather, "Tindices", "Taxis", node);
  copy_attr(gather, "_class", "_class", node);
}

NodeDef passing_constant(const NodeDef& handle, tensorflow::DataType type) {
  NodeDef node = handle;
  node.mutable_attr()->erase("_output_shapes");
  (*node.mutable_attr())["T"].set_type(type);
  return node;
}

// The tensor that reads a resource variable.
GraphElement read_of_handle(const Graph& graph, const std::string& name) {
  for (const Operation& reader : graph.get_operation_by_name(name).output(0).consumers()) {
    if (reader.type() == "ReadVariableOp") return reader.output(0);
  }
  throw ValueError("No operation reads the variable '" + name + "'.");
}

std::map<std::string, Tensor> values_of(const Session& session, const GraphDef& graph, const FreezeOptions& options) {
  std::vector<std::string> names;
  std::vector<GraphElement> fetches;
  for (const NodeDef& node : graph.node()) {
    const bool is_resource = node.op() == "VarHandleOp";
    if (!is_resource && node.op() != "Variable" && node.op() != "VariableV2") continue;
    if (options.variable_names_whitelist && !options.variable_names_whitelist->contains(node.name())) continue;
    if (options.variable_names_blacklist.contains(node.name())) continue;
    names.push_back(node.name());
    fetches.push_back(is_resource ? read_of_handle(session.graph(), node.name())
                                  : GraphElement(session.graph().get_tensor_by_name(node.name() + ":0")));
  }
  std::map<std::string, Tensor> values;
  if (names.empty()) return values;
  const std::vector<Tensor> fetched = session.run(fetches);
  for (size_t i = 0; i < names.size(); ++i) values[names[i]] = fetched[i];
  return values;
}

}  // namespace

std::string extract_sub_graph(std::string_view graph_def, const std::vector<std::string>& dest_nodes) {
  return sub_graph(parse(graph_def), dest_nodes).SerializeAsString();
}

std::string convert_variables_to_constants(const Session& session, std::string_view graph_def,
                                           const std::vector<std::string>& output_node_names, const FreezeOptions& options) {
  const GraphDef part = sub_graph(parse(graph_def), output_node_names);
  const auto passing = handles_passed_on(part);
  const std::map<std::string, Tensor> values = values_of(session, part, options);
  GraphDef out;
  *out.mutable_library() = part.library();
  for (const NodeDef& node : part.node()) {
    const auto value = values.find(node.name());
    const auto type = passing.find(node.name());
    if (value != values.end()) *out.add_node() = constant(node.name(), value->second);
    else if (type != passing.end()) *out.add_node() = passing_constant(node, type->second);
    else if (node.op() == "ReadVariableOp") *out.add_node() = read_of_constant(node);
    else if (node.op() == "ResourceGather") add_gather_of_constant(node, &out);
    else *out.add_node() = node;
  }
  if (part.library().function().empty() && part.library().gradient().empty()) out.clear_library();
  return out.SerializeAsString();
}

}  // namespace reflow::graph_util
