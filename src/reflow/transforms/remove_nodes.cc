#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <map>

#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {

Status remove_nodes(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph) {
  if (!call.has("op")) {
    return invalid_argument("remove_nodes expects at least one 'op' argument, e.g. remove_nodes(op=Identity)");
  }
  ASSIGN_OR_RETURN(const int64_t max_inputs, call.number("max_inputs", 1));
  const std::vector<std::string>& ops = call.parameters.at("op");
  absl::flat_hash_set<std::string> kept;
  for (const auto* names : {&ends.inputs, &ends.outputs}) {
    for (const std::string& name : *names) kept.insert(std::string(node_of_input(name)));
  }
  std::map<std::string, std::string> replacements;
  for (const tensorflow::NodeDef& node : graph->node()) {
    if (std::ranges::find(ops, node.op()) == ops.end() || kept.contains(node.name())) continue;
    // What waits for others can't go: who reads it would no longer wait.
    const bool has_controls = std::ranges::any_of(node.input(), [](const std::string& input) { return input.starts_with('^'); });
    if (has_controls || node.input().empty() || node.input_size() > max_inputs) continue;
    replacements[node.name()] = node.input(0);
    replacements["^" + node.name()] = "^" + std::string(node_of_input(node.input(0)));
  }
  filter_nodes(graph, [&](const tensorflow::NodeDef& node) { return !replacements.contains(node.name()); });
  return redirect_inputs(replacements, graph);
}

}  // namespace reflow::transforms
