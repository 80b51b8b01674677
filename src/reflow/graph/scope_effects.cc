#include "reflow/graph/scope_effects.h"

#include <algorithm>

#include "reflow/graph/device_spec.h"
#include "reflow/graph/while_context.h"

namespace reflow::graph {
namespace {

bool by_id(const Node* a, const Node* b) { return a->id() < b->id(); }

// The blocks of control_dependencies that count: those since the last that clears.
std::span<GraphScope::ControlDependencies> active_blocks(GraphScope& scope) {
  auto& all = scope.control_dependencies;
  size_t first = all.size();
  while (first > 0 && !all[first - 1].clears) --first;
  return {all.data() + first, all.size() - first};
}

const std::string* innermost(const std::vector<std::pair<std::string, std::string>>& overrides, std::string_view type) {
  for (auto it = overrides.rbegin(); it != overrides.rend(); ++it) {
    if (it->first == type) return &it->second;
  }
  return nullptr;
}

void apply_attr_scopes(const GraphScope& scope, Node* node) {
  for (auto it = scope.attrs.rbegin(); it != scope.attrs.rend(); ++it) {
    for (const auto& [name, value] : *it) {
      if (value.set() && node->find_attr(name) == nullptr) node->set_attr(name, value);
    }
  }
  if (const std::string* label = innermost(scope.kernel_labels, node->type())) node->set_attr("_kernel", *label);
  if (const std::string* name = innermost(scope.gradient_overrides, node->type())) node->set_attr("_gradient_op_type", *name);
}

Status apply_devices(const GraphScope& scope, Node* node) {
  for (auto it = scope.devices.rbegin(); it != scope.devices.rend() && !it->resets; ++it) {
    if (it->fn) {
      node->set_device(it->fn(*node));
      continue;
    }
    if (it->spec.empty()) continue;
    ASSIGN_OR_RETURN(const DeviceSpec outer, DeviceSpec::parse(it->spec));
    ASSIGN_OR_RETURN(const DeviceSpec inner, DeviceSpec::parse(node->device()));
    node->set_device(outer.overridden_by(inner).str());
  }
  return OkStatus();
}

void append_colocation(const Node& with, Node* node, std::vector<std::string>* groups) {
  std::vector<std::string> own = with.colocation_groups();
  if (own.empty()) own.push_back(with.name());
  for (std::string& group : own) groups->push_back("loc:@" + group);
  if (!with.device().empty()) node->set_device(with.device());
}

// The node's groups, and the device of the outermost node that has one: first what its own references ask for, then the
// scopes from the innermost on.
void apply_colocation(const GraphScope& scope, std::span<Node* const> refs, Node* node) {
  if (refs.empty() && scope.colocation.empty()) return;
  std::vector<std::string> groups;
  for (auto it = refs.rbegin(); it != refs.rend(); ++it) append_colocation(**it, node, &groups);
  for (auto it = scope.colocation.rbegin(); it != scope.colocation.rend(); ++it) {
    if (it->node) append_colocation(*it->node, node, &groups);
    if (it->ignores_existing) break;
  }
  if (groups.empty()) return;
  std::ranges::sort(groups);
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  node->set_attr("_class", std::move(groups));
}

void apply_container(const GraphScope& scope, Node* node) {
  if (scope.container.empty() || !node->op().is_stateful) return;
  const AttrValue* value = node->find_attr("container");
  const std::string* container = value ? value->get<std::string>() : nullptr;
  if (container && container->empty()) node->set_attr("container", scope.container);
}

// Whether values made in loop `source` (null: in none) can be read in loop `reader`: they come from around it, or from
// the forward loop of a gradient.
bool can_read(const WhileContext* reader, const WhileContext* source) {
  if (contains(source, reader)) return true;
  if (reader->history) {
    const WhileContext* forward = reader->history->forward_context();
    if (contains(source, forward) || forward == source->outer()) return true;
  }
  if (source->history == nullptr) return false;
  const WhileContext* forward = source->history->forward_context();
  return forward == reader || (forward->history && forward->history->forward_context() == reader);
}

Status check_loops(const Node& node) {
  const WhileContext* reader = containing_while(node.context());
  for (const Endpoint& e : node.inputs()) {
    ControlFlowContext* const made_in = output_context(*e.node);
    if (made_in == nullptr || made_in == node.context()) continue;
    const WhileContext* source = containing_while(made_in);
    if (reader == nullptr) {
      if (source == nullptr || is_enter(node) || is_switch(node)) continue;
      return invalid_argument("Cannot use '{}' as input to '{}' because '{}' is in a while loop. See info log for more details.",
                              e.node->name(), node.name(), e.node->name());
    }
    if (source == nullptr || can_read(reader, source)) continue;
    return invalid_argument("Cannot use '{}' as input to '{}' because they are in different while loops. See info log for "
                            "more details.", e.node->name(), node.name());
  }
  return OkStatus();
}

}  // namespace

void record_seen(GraphScope& scope, const Node* node) {
  for (auto& block : active_blocks(scope)) {
    block.seen.insert(std::upper_bound(block.seen.begin(), block.seen.end(), node, by_id), node);
  }
}

void add_scope_control_inputs(GraphScope& scope, std::span<const Endpoint> inputs, std::vector<Node*>* controls) {
  const auto is_input = [&](const Node* n) {
    return std::ranges::any_of(inputs, [n](const Endpoint& e) { return e.node == n; });
  };
  for (const auto& block : active_blocks(scope)) {
    const bool dominated = std::ranges::any_of(inputs, [&](const Endpoint& e) {
      return std::binary_search(block.seen.begin(), block.seen.end(), e.node, by_id);
    });
    if (dominated) continue;
    for (Node* node : block.inputs) {
      if (!is_input(node)) controls->push_back(node);
    }
  }
}

Status enter_context(GraphScope& scope, Node* node) {
  ControlFlowContext* const context = scope.context;
  node->set_context(context);
  RETURN_IF_ERROR(check_loops(*node));
  if (context == nullptr) return OkStatus();
  // Constants are made without a scope of their own.
  std::string saved = scope.name_stack;
  if (node->type() != "Const") scope.name_stack = node->name();
  const Status status = context->add_op(node);
  scope.name_stack = std::move(saved);
  return status;
}

Status apply_scopes(GraphScope& scope, std::span<Node* const> refs, Node* node) {
  apply_attr_scopes(scope, node);
  record_seen(scope, node);
  if (refs.empty()) RETURN_IF_ERROR(apply_devices(scope, node));
  apply_colocation(scope, refs, node);
  apply_container(scope, node);
  return OkStatus();
}

Status apply_import_scopes(GraphScope& scope, Node* node) {
  const std::vector<std::string> groups = node->colocation_groups();
  const bool is_colocated = std::ranges::any_of(groups, [&](const std::string& group) { return group != node->name(); });
  apply_attr_scopes(scope, node);
  if (is_colocated) {
    node->set_device("");
  } else {
    ASSIGN_OR_RETURN(const DeviceSpec own, DeviceSpec::parse(node->device()));
    node->set_device(own.str());
    RETURN_IF_ERROR(apply_devices(scope, node));
  }
  apply_colocation(scope, {}, node);
  apply_container(scope, node);
  return OkStatus();
}

}  // namespace reflow::graph
