#include "reflow/distributed/loop_frames.h"

#include "reflow/op/kernel_registry.h"

namespace reflow::distributed {

using graph::Node;
using op::ControlKind;

std::vector<bool> nodes_in_loops(const graph::Graph& graph) {
  // How many loops the outputs of a node are within; -1: not known yet.
  std::vector<int> depth(graph.num_node_ids(), -1);
  std::vector<bool> within(graph.num_node_ids());
  std::vector<const Node*> to_visit;
  const auto set = [&](const Node* node, int inputs_depth) {
    if (depth[node->id()] >= 0) return;
    const ControlKind kind = op::KernelRegistry::global().traits(node->type()).control;
    depth[node->id()] = inputs_depth + (kind == ControlKind::kEnter) - (kind == ControlKind::kExit && inputs_depth > 0);
    within[node->id()] = inputs_depth > 0 || kind == ControlKind::kEnter;
    to_visit.push_back(node);
  };
  for (const Node* node : graph.nodes()) {
    if (node->num_inputs() == 0 && node->control_inputs().empty()) set(node, 0);
  }
  while (!to_visit.empty()) {
    const Node* node = to_visit.back();
    to_visit.pop_back();
    for (const graph::Consumer& consumer : node->consumers()) set(consumer.node, depth[node->id()]);
  }
  return within;
}

}  // namespace reflow::distributed
