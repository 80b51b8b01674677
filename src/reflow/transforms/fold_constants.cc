#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <map>
#include <vector>

#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/session.h"
#include "reflow/graph/op_def.h"
#include "reflow/tensor/tensor_proto.h"
#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

using tensorflow::NodeDef;

// Larger results stay as what computes them, so that the graph doesn't grow.
constexpr int64_t kMaxBytes = 10 << 20;

// Ops whose results may be kept: known, without state, and not what steers loops and branches.
bool may_fold(const NodeDef& node) {
  static const absl::flat_hash_set<std::string> kNever = {
      "Placeholder", "PlaceholderV2", "PlaceholderWithDefault", "Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond",
      "RefSwitch", "RefMerge", "RefEnter", "RefExit", "RefNextIteration", "NoOp", "ControlTrigger"};
  const graph::OpDef* op = graph::OpRegistry::global().find(node.op());
  return op != nullptr && !op->is_stateful && !kNever.contains(node.op());
}

// The names of nodes that depend on constants alone.
absl::flat_hash_set<std::string> constant_nodes(const Ends& ends, const tensorflow::GraphDef& graph) {
  absl::flat_hash_set<std::string> inputs, constant;
  for (const std::string& name : ends.inputs) inputs.insert(std::string(node_of_input(name)));
  for (bool changed = true; changed;) {
    changed = false;
    for (const NodeDef& node : graph.node()) {
      if (constant.contains(node.name()) || inputs.contains(node.name()) || !may_fold(node)) continue;
      bool all = true;
      for (const std::string& input : node.input()) {
        all = all && !input.starts_with('^') && constant.contains(std::string(node_of_input(input)));
      }
      if (node.op() != "Const" && node.input().empty()) all = false;
      if (all) changed = constant.insert(node.name()).second;
    }
  }
  return constant;
}

std::string with_index(const std::string& input) { return input.find(':') == std::string::npos ? input + ":0" : input; }

// The tensors of constant nodes, other than constants, that the rest of the graph reads or that are outputs.
std::vector<std::string> wanted_tensors(const Ends& ends, const tensorflow::GraphDef& graph, const absl::flat_hash_set<std::string>& constant) {
  const NodeMap nodes(graph);
  std::vector<std::string> wanted;
  absl::flat_hash_set<std::string> seen;
  const auto want = [&](const std::string& input) {
    const NodeDef* node = nodes.find(input);
    if (node == nullptr || input.starts_with('^') || node->op() == "Const" || !constant.contains(node->name())) return;
    if (seen.insert(with_index(input)).second) wanted.push_back(with_index(input));
  };
  for (const NodeDef& node : graph.node()) {
    if (constant.contains(node.name())) continue;
    for (const std::string& input : node.input()) want(input);
  }
  for (const std::string& output : ends.outputs) want(output);
  return wanted;
}

// Adds the nodes of `inputs`, and those that they depend on.
void add_sources(const tensorflow::GraphDef& graph, std::vector<std::string> inputs, absl::flat_hash_set<std::string>* sources) {
  const NodeMap nodes(graph);
  while (!inputs.empty()) {
    const std::string name(node_of_input(inputs.back()));
    inputs.pop_back();
    const NodeDef* node = nodes.find(name);
    if (node == nullptr || !sources->insert(name).second) continue;
    inputs.insert(inputs.end(), node->input().begin(), node->input().end());
  }
}

StatusOr<std::vector<Tensor>> compute(const tensorflow::GraphDef& graph, const std::vector<std::string>& tensors) {
  try {
    const Graph made;
    const auto scope = made.as_default();
    import_graph_def(graph.SerializeAsString(), {.name = ""});
    std::vector<GraphElement> fetches;
    for (const std::string& name : tensors) fetches.push_back(made.get_tensor_by_name(name));
    return Session({.graph = made}).run(fetches);
  } catch (const std::exception& error) {
    return invalid_argument("fold_constants: {}", error.what());
  }
}

}  // namespace

Status fold_constants(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph) {
  ASSIGN_OR_RETURN(const bool clears_shapes, call.flag("clear_output_shapes", true));
  if (clears_shapes) {
    for (NodeDef& node : *graph->mutable_node()) node.mutable_attr()->erase("_output_shapes");
  }
  const absl::flat_hash_set<std::string> constant = constant_nodes(ends, *graph);
  const std::vector<std::string> wanted = wanted_tensors(ends, *graph, constant);
  tensorflow::GraphDef part;
  *part.mutable_versions() = graph->versions();
  for (const NodeDef& node : graph->node()) {
    if (constant.contains(node.name())) *part.add_node() = node;
  }
  std::vector<Tensor> values;
  if (!wanted.empty()) { ASSIGN_OR_RETURN(values, compute(part, wanted)); }

  // A node is replaced when all that is wanted of it is small enough; its output 0 keeps the name.
  absl::flat_hash_set<std::string> kept;
  std::vector<std::string> to_keep;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (values[i].size_bytes() > kMaxBytes) to_keep.push_back(wanted[i]);
  }
  for (const std::string& output : ends.outputs) {
    if (with_index(output) != std::string(node_of_input(output)) + ":0") to_keep.push_back(output);  // has to be there
  }
  add_sources(*graph, std::move(to_keep), &kept);
  absl::flat_hash_map<std::string, NodeDef> replaced;
  std::vector<NodeDef> added;
  std::map<std::string, std::string> replacements;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const std::string name(node_of_input(wanted[i]));
    if (kept.contains(name)) continue;
    const bool is_first = wanted[i] == name + ":0";
    NodeDef folded;
    folded.set_op("Const");
    folded.set_name(is_first ? name : name + "/" + wanted[i].substr(name.size() + 1) + "__cf");
    (*folded.mutable_attr())["dtype"].set_type(static_cast<tensorflow::DataType>(values[i].dtype()));
    RETURN_IF_ERROR(tensor_to_proto(values[i], (*folded.mutable_attr())["value"].mutable_tensor()));
    if (is_first) {
      replaced[name] = std::move(folded);
    } else {
      replacements[wanted[i]] = folded.name();
      added.push_back(std::move(folded));
    }
  }
  for (NodeDef& node : *graph->mutable_node()) {
    if (const auto it = replaced.find(node.name()); it != replaced.end()) node = it->second;
  }
  for (NodeDef& node : added) *graph->add_node() = std::move(node);
  RETURN_IF_ERROR(redirect_inputs(replacements, graph));

  absl::flat_hash_set<std::string> needed;
  std::vector<std::string> used = ends.outputs;
  used.insert(used.end(), ends.inputs.begin(), ends.inputs.end());
  add_sources(*graph, std::move(used), &needed);
  filter_nodes(graph, [&](const NodeDef& node) { return needed.contains(node.name()); });
  return OkStatus();
}

}  // namespace reflow::transforms
