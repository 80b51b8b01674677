#include <array>
#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Node;

namespace {

constexpr std::array<std::string_view, 4> kHandOn = {"Identity", "StopGradient", "PreventGradient", "Snapshot"};

bool is_identity(const Node& node) { return std::ranges::find(kHandOn, node.type()) != kHandOn.end(); }

// Reshape(x, shape of x).
bool is_reshape_to_same(const Node& node) {
  if (node.type() != "Reshape") return false;
  const Endpoint& shape = node.input(1);
  if (shape.node->type() == "Shape" && shape.node->input(0) == node.input(0)) return shape.node->control_inputs().empty();
  return const_value(shape) != nullptr && shape.node->control_inputs().empty() &&
         node.output_shape(0).fully_defined() && node.output_shape(0) == node.input(0).shape();
}

}  // namespace

Status remove_identities(PassContext& context) {
  const std::vector<bool> roots = root_marks(context);
  const int num_ids = context.graph->num_node_ids();
  for (int id = 0; id < num_ids; ++id) {
    Node* node = context.graph->node(id);
    if (node == nullptr || node->num_inputs() == 0 || node->num_outputs() != 1) continue;
    if (is_ref(node->output_type(0)) || is_ref(node->input(0).dtype())) continue;
    if (is_identity(*node) || is_reshape_to_same(*node)) bypass(context, roots, node, node->input(0));
  }
  return OkStatus();
}

}  // namespace reflow::passes
