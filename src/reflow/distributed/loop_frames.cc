#include "reflow/distributed/loop_frames.h"

#include <algorithm>
#include <map>
#include <utility>

#include "reflow/op/kernel_registry.h"

namespace reflow::distributed {

using graph::Node;
using op::ControlKind;

LoopFrames LoopFrames::find(const graph::Graph& graph) {
  LoopFrames found;
  found.frames.emplace_back();
  found.output_frame.assign(graph.num_node_ids(), -1);  // not known yet
  std::map<std::pair<int, std::string>, int> children;
  std::vector<Node*> to_visit;
  const auto enter = [&](const Node& node, int parent) {
    const std::string name = node.attr<std::string>("frame_name").value_or("");
    const auto [child, added] = children.emplace(std::pair(parent, name), static_cast<int>(found.frames.size()));
    if (added) found.frames.push_back({name, parent, node.attr<int64_t>("parallel_iterations").value_or(1), nullptr});
    return child->second;
  };
  const auto visit = [&](Node* node, int frame) {
    int& known = found.output_frame[node->id()];
    if (known >= 0) return;
    const ControlKind kind = op::KernelRegistry::global().traits(node->type()).control;
    if (kind == ControlKind::kLoopCond) found.frames[frame].condition = node;
    if (kind == ControlKind::kEnter) frame = enter(*node, frame);
    if (kind == ControlKind::kExit) frame = found.frames[frame].parent;
    known = frame;
    to_visit.push_back(node);
  };
  for (Node* node : graph.nodes()) {
    if (node->num_inputs() == 0 && node->control_inputs().empty()) visit(node, 0);
  }
  while (!to_visit.empty()) {
    Node* const node = to_visit.back();
    to_visit.pop_back();
    for (const graph::Consumer& consumer : node->consumers()) visit(consumer.node, found.output_frame[node->id()]);
  }
  for (int& frame : found.output_frame) frame = std::max(frame, 0);
  return found;
}

}  // namespace reflow::distributed
