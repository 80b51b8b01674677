#include "reflow/graph/node_builder.h"
#include "reflow/passes/pass.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

bool belongs(const Graph& graph, const Node* node) {
  return node != nullptr && node->id() >= 0 && node->id() < graph.num_node_ids() && graph.node(node->id()) == node;
}

Status check_inputs(const Graph& graph, const Node& node) {
  for (int i = 0; i < node.num_inputs(); ++i) {
    const Endpoint& e = node.input(i);
    if (!e) return internal_error("Input {} of node '{}' isn't connected", i, node.name());
    if (!belongs(graph, e.node)) return internal_error("Input {} of node '{}' comes from a node that is gone", i, node.name());
    if (e.index < 0 || e.index >= e.node->num_outputs()) {
      return internal_error("Input {} of node '{}' is output {} of '{}', which has {}", i, node.name(), e.index,
                            e.node->name(), e.node->num_outputs());
    }
  }
  for (const Node* source : node.control_inputs()) {
    if (!belongs(graph, source)) return internal_error("Node '{}' waits for a node that is gone", node.name());
  }
  return OkStatus();
}

Status check_types(const Node& node) {
  std::vector<DType> wanted;
  RETURN_IF_ERROR(graph::input_types_of(node.op(), node.attrs(), &wanted));
  if (static_cast<int>(wanted.size()) != node.num_inputs()) {
    return internal_error("Node '{}' ({}) has {} inputs, not {}", node.name(), node.type(), node.num_inputs(), wanted.size());
  }
  for (int i = 0; i < node.num_inputs(); ++i) {
    const DType type = node.input(i).dtype();
    if (base_type(type) != base_type(wanted[i]) || (is_ref(wanted[i]) && !is_ref(type))) {
      return internal_error("Input {} of node '{}' ({}) has type {}, not {}", i, node.name(), node.type(),
                            dtype_name(type), dtype_name(wanted[i]));
    }
  }
  return OkStatus();
}

// Each consumer of the node names an edge that it has.
Status check_consumers(const Graph& graph, const Node& node) {
  for (const Consumer& c : node.consumers()) {
    if (!belongs(graph, c.node)) return internal_error("A consumer of node '{}' is gone", node.name());
    bool known = false;
    if (c.input >= 0) {
      known = c.input < c.node->num_inputs() && c.node->input(c.input).node == &node &&
              c.node->input(c.input).index == c.output;
    } else {
      for (const Node* source : c.node->control_inputs()) known |= source == &node;
    }
    if (!known) return internal_error("Node '{}' doesn't know its edge from '{}'", c.node->name(), node.name());
  }
  return OkStatus();
}

}  // namespace

Status verify(const Graph& graph) {
  size_t num_inputs = 0, num_consumers = 0;
  const std::vector<Node*> nodes = graph.nodes();
  for (const Node* node : nodes) {
    RETURN_IF_ERROR(check_inputs(graph, *node));
    num_inputs += node->inputs().size() + node->control_inputs().size();
    num_consumers += node->consumers().size();
  }
  for (const Node* node : nodes) {
    RETURN_IF_ERROR(check_types(*node));
    RETURN_IF_ERROR(check_consumers(graph, *node));
  }
  if (num_inputs != num_consumers) return internal_error("{} edges come in, {} go out", num_inputs, num_consumers);
  const size_t ordered = topological_order(graph).size();
  if (ordered != nodes.size()) return internal_error("{} nodes are in a cycle", nodes.size() - ordered);
  return OkStatus();
}

}  // namespace reflow::passes
