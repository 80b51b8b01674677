// Which nodes there are, and in which order: sorting, and merging of equal ones.

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <map>
#include <queue>
#include <vector>

#include "reflow/graph/op_def.h"
#include "reflow/transforms/node_map.h"
#include "reflow/transforms/transform_list.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::transforms {
namespace {

using tensorflow::NodeDef;

bool closes_loop(const NodeDef& reader, const NodeDef& source) {
  return reader.op().ends_with("Merge") && source.op().ends_with("NextIteration");
}

// What makes nodes equal, as text: op, device, inputs, attributes by name.
std::string key_of(const NodeDef& node) {
  std::string key = node.op() + '\n' + node.device() + '\n';
  for (const std::string& input : node.input()) key += input + '\n';
  const std::map<std::string, tensorflow::AttrValue> attrs(node.attr().begin(), node.attr().end());
  for (const auto& [name, value] : attrs) key += name + '\0' + value.SerializeAsString();
  return key;
}

// Whether a node gives the same whenever it is run.
bool is_pure(const NodeDef& node) {
  const graph::OpDef* op = graph::OpRegistry::global().find(node.op());
  return op != nullptr && !op->is_stateful && !node.op().starts_with("Placeholder");
}

}  // namespace

Status sort_by_execution_order(const Ends&, const TransformCall&, tensorflow::GraphDef* graph) {
  std::map<std::string, int, std::less<>> index;
  for (int i = 0; i < graph->node_size(); ++i) index[graph->node(i).name()] = i;
  std::vector<int> pending(graph->node_size(), 0);
  std::vector<std::vector<int>> readers(graph->node_size());
  for (int i = 0; i < graph->node_size(); ++i) {
    for (const std::string& input : graph->node(i).input()) {
      const auto it = index.find(node_of_input(input));
      if (it == index.end()) return invalid_argument("Node '{}': Unknown input node '{}'", graph->node(i).name(), input);
      if (closes_loop(graph->node(i), graph->node(it->second))) continue;
      ++pending[i];
      readers[it->second].push_back(i);
    }
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < graph->node_size(); ++i) {
    if (pending[i] == 0) ready.push(i);
  }
  tensorflow::GraphDef sorted;
  while (!ready.empty()) {
    const int next = ready.top();
    ready.pop();
    *sorted.add_node() = graph->node(next);
    for (const int reader : readers[next]) {
      if (--pending[reader] == 0) ready.push(reader);
    }
  }
  if (sorted.node_size() != graph->node_size()) return invalid_argument("{} nodes in a cycle", graph->node_size() - sorted.node_size());
  graph->mutable_node()->Swap(sorted.mutable_node());
  return OkStatus();
}

Status merge_duplicate_nodes(const Ends& ends, const TransformCall&, tensorflow::GraphDef* graph) {
  absl::flat_hash_set<std::string> kept;
  for (const auto* names : {&ends.inputs, &ends.outputs}) {
    for (const std::string& name : *names) kept.insert(std::string(node_of_input(name)));
  }
  for (;;) {  // merging makes more nodes equal
    std::map<std::string, std::string> first, replacements;
    for (const NodeDef& node : graph->node()) {
      if (!is_pure(node)) continue;
      const auto [it, is_first] = first.emplace(key_of(node), node.name());
      if (is_first || kept.contains(node.name())) continue;
      replacements[node.name()] = it->second;
      replacements["^" + node.name()] = "^" + it->second;
      for (int i = 1; i < 64; ++i) replacements[node.name() + ":" + std::to_string(i)] = it->second + ":" + std::to_string(i);
    }
    if (replacements.empty()) return OkStatus();
    filter_nodes(graph, [&](const NodeDef& node) { return !replacements.contains(node.name()); });
    RETURN_IF_ERROR(redirect_inputs(replacements, graph));
  }
}

}  // namespace reflow::transforms
