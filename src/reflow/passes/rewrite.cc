#include "reflow/passes/rewrite.h"

#include <algorithm>
#include <array>
#include <queue>

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Node;
using op::ControlKind;
using op::KernelRegistry;

bool is_back_edge(const Node& source, const Node& node) {
  return node.type().ends_with("Merge") && source.type().ends_with("NextIteration");
}

// A walk over the ids, in which nodes that weren't ready when it came to them are taken as soon as they are: always the
// ready node with the smallest id.
std::vector<Node*> topological_order(const graph::Graph& graph) {
  const int num_ids = graph.num_node_ids();
  std::vector<int> pending(num_ids);
  std::priority_queue<int, std::vector<int>, std::greater<int>> passed;  // ready ones that the walk has left behind
  std::vector<Node*> order;
  order.reserve(graph.num_nodes());
  for (int id = 0; id < num_ids; ++id) {
    const Node* node = graph.node(id);
    if (node == nullptr) continue;
    int count = static_cast<int>(node->control_inputs().size());
    for (const Endpoint& input : node->inputs()) count += static_cast<bool>(input);
    if (node->type().ends_with("Merge")) {
      for (const Endpoint& input : node->inputs()) count -= input && is_back_edge(*input.node, *node);
    }
    pending[id] = count;
  }
  for (int next = 0; next < num_ids || !passed.empty();) {
    int id = next;
    if (passed.empty()) {
      ++next;
      if (graph.node(id) == nullptr || pending[id] != 0) continue;
    } else {
      id = passed.top();
      passed.pop();
    }
    Node* node = graph.node(id);
    order.push_back(node);
    const bool goes_back = node->type().ends_with("NextIteration");
    for (const Consumer& consumer : node->consumers()) {
      if (goes_back && consumer.input >= 0 && is_back_edge(*node, *consumer.node)) continue;
      const int of = consumer.node->id();
      if (--pending[of] == 0 && of < next) passed.push(of);
    }
  }
  return order;
}

std::vector<bool> root_marks(const PassContext& context) {
  std::vector<bool> marks(context.graph->num_node_ids());
  for (const Node* root : context.roots) marks[root->id()] = true;
  return marks;
}

bool is_control_flow(const Node& node) {
  return KernelRegistry::global().traits(node.type()).control != ControlKind::kNone;
}

bool is_pure(const Node& node) {
  if (node.op().is_stateful || node.num_outputs() == 0) return false;
  const auto is_value = [](DType t) { return !is_ref(t) && t != DType::kResource && t != DType::kVariant; };
  for (const Endpoint& input : node.inputs()) {
    if (!is_value(input.dtype())) return false;
  }
  if (!std::all_of(node.output_types().begin(), node.output_types().end(), is_value)) return false;
  const op::OpTraits& traits = KernelRegistry::global().traits(node.type());
  if (traits.control != ControlKind::kNone || traits.blocking) return false;
  constexpr std::array<std::string_view, 5> kThereForMore = {"CheckNumerics", "EnsureShape", "Placeholder",
                                                             "PlaceholderV2", "PlaceholderWithDefault"};
  return std::ranges::find(kThereForMore, node.type()) == kThereForMore.end();
}

bool bypass(PassContext& context, const std::vector<bool>& roots, Node* node, Endpoint replacement) {
  constexpr size_t kMaxNewEdges = 16;
  if (roots[node->id()]) return false;
  if (replacement.node->assigned_device() != node->assigned_device()) return false;
  const auto controls = node->control_inputs();
  if (controls.size() * node->consumers().size() > kMaxNewEdges) return false;
  const bool from_control_flow = is_control_flow(*replacement.node);
  for (const Consumer& consumer : node->consumers()) {
    // A Switch is never dead, one of its outputs is; and Merge doesn't wait for all.
    if (consumer.input < 0 && from_control_flow) return false;
    if (!controls.empty() && is_control_flow(*consumer.node)) return false;
    if (consumer.node->assigned_device() != node->assigned_device() && consumer.node->type() != "_Fetch") return false;
  }
  graph::Graph& graph = *context.graph;
  const std::vector<Consumer> consumers(node->consumers().begin(), node->consumers().end());
  const std::vector<Node*> waits(controls.begin(), controls.end());
  graph.replace_uses(node->output(0), replacement);
  for (const Consumer& consumer : consumers) {
    if (consumer.input < 0) {
      graph.remove_control_input(consumer.node, node);
      if (consumer.node != replacement.node) graph.add_control_input(consumer.node, replacement.node);
    }
    for (Node* source : waits) graph.add_control_input(consumer.node, source);
  }
  graph.remove_node(node);
  return true;
}

bool comes_after(const Node& node, const Node* source, int steps) {
  const auto through = [&](const Node* before) {
    return before == source || (steps > 1 && !is_control_flow(*before) && comes_after(*before, source, steps - 1));
  };
  return std::ranges::any_of(node.inputs(), [&](const Endpoint& e) { return through(e.node); }) ||
         std::ranges::any_of(node.control_inputs(), through);
}

std::vector<int> trace_variables(const graph::Graph& graph, const std::vector<Node*>& order) {
  std::vector<int> variable_of(graph.num_node_ids(), -1);
  for (const Node* node : order) {
    if (node->num_outputs() == 0) continue;
    if (node->num_inputs() == 0) {
      if (is_ref(node->output_type(0))) variable_of[node->id()] = node->id();
    } else if (is_view(*node) || is_ref(node->output_type(0))) {
      const Endpoint& e = node->input(0);
      if (e.index == 0) variable_of[node->id()] = variable_of[e.node->id()];
    }
  }
  return variable_of;
}

std::vector<bool> memory_of_variables(const graph::Graph& graph, const std::vector<Node*>& order) {
  std::vector<bool> in_variable(graph.num_node_ids());
  for (bool carried_back = true; carried_back;) {  // what loops carry on may reach more
    carried_back = false;
    for (const Node* node : order) {
      if (node->num_outputs() == 0 || in_variable[node->id()]) continue;
      const bool refers = is_ref(node->output_type(0));
      const bool reaches = node->num_inputs() == 0
                               ? refers
                               : (refers || is_view(*node) || is_control_flow(*node)) &&
                                     std::ranges::any_of(node->inputs(), [&](const Endpoint& e) {
                                       return e && in_variable[e.node->id()];
                                     });
      if (!reaches) continue;
      in_variable[node->id()] = true;
      carried_back |= node->type().ends_with("NextIteration");
    }
  }
  return in_variable;
}

bool is_view(const Node& node) {
  return !KernelRegistry::global().traits(node.type()).alias.empty() || node.type() == "Identity";
}

bool writes_reference(const Node& node, int i) {
  return i < std::ssize(node.op().inputs) && node.op().inputs[i].is_ref && !is_view(node) && !is_control_flow(node) &&
         node.type() != "IsVariableInitialized";
}

const Tensor* const_value(const Endpoint& e) {
  if (e.node->type() != "Const") return nullptr;
  const graph::AttrValue* value = e.node->find_attr("value");
  return value ? value->get<Tensor>() : nullptr;
}

std::vector<int64_t> const_integers(const Endpoint& e) {
  std::vector<int64_t> numbers;
  const Tensor* value = const_value(e);
  if (value == nullptr) return numbers;
  with_type(kIndexTypes, value->dtype(), [&]<typename T>() {
    numbers.assign(value->data<T>(), value->data<T>() + value->num_elements());
  });
  return numbers;
}

Shape dims_of(const Endpoint& e) {
  if (e.node->type() == "Shape") return e.node->input(0).shape();
  const Tensor* value = const_value(e);
  if (value == nullptr || value->rank() != 1 || value->num_elements() > Shape::kMaxRank) return Shape::unknown();
  Shape dims;
  for (const int64_t dim : const_integers(e)) dims.add_dim(dim);
  return dims;
}

}  // namespace reflow::passes
