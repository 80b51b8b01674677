#include "reflow/graph/control_flow.h"

#include <algorithm>

#include "reflow/graph/node_builder.h"

namespace reflow::graph {

CondContext::CondContext(std::string name, ControlFlowContext* outer, Endpoint pred, Node* pivot, int branch)
    : ControlFlowContext(std::move(name), outer), pred_(pred), pivot_(pivot), branch_(branch) {
  values_.emplace(pred, pred);
  values_.emplace(pivot->output(0), Endpoint{});
  pivot->set_context(this);
}

// The side of this branch of a Switch of `value` by the predicate.
Status CondContext::make_switch(Endpoint value, Endpoint* inside) {
  Graph& graph = value.node->graph();
  const ColocateWith colocate(graph, value.node, true);
  const char* type = is_ref(value.dtype()) ? "RefSwitch" : "Switch";
  ASSIGN_OR_RETURN(Node* node, create_op(graph, type, {value, pred_}, {}, {.name = "Switch"}));
  *inside = node->output(branch_);
  return OkStatus();
}

StatusOr<Endpoint> CondContext::add_value(Endpoint value) {
  if (const auto it = values_.find(value); it != values_.end()) return it->second ? it->second : value;
  Endpoint outside = value;
  values_.emplace(value, Endpoint{});
  if (outer()) {
    ASSIGN_OR_RETURN(outside, outer()->add_value(value));
    values_[outside] = outside;
  }
  Endpoint inside;
  {
    const NoControlDependencies none(value.node->graph());
    RETURN_IF_ERROR(make_switch(outside, &inside));
    if (outer()) RETURN_IF_ERROR(outer()->add_inner_op(inside.node));
  }
  inside.node->set_context(this);
  inside.node->graph().prevent_fetching(inside.node);
  inside.node->graph().prevent_feeding(inside.node);
  mark_seen(inside);
  for (ControlFlowContext* c = outer(); c; c = c->outer()) c->mark_seen(inside);
  values_[value] = inside;
  return inside;
}

Status CondContext::add_op(Node* node) {
  Graph& graph = node->graph();
  if (node->num_inputs() == 0) {
    const bool driven = std::ranges::any_of(node->control_inputs(), [this](const Node* n) { return is_in_context(*n, this); });
    if (!driven) graph.add_control_input(node, pivot_);
  } else {
    for (int i = 0; i < node->num_inputs(); ++i) {
      const Endpoint x = node->input(i);
      // The back edge of an imported loop: its source joins the context later.
      if (node->type() == "Merge" && x && x.node->type() == "NextIteration") continue;
      ASSIGN_OR_RETURN(const Endpoint real, add_value(x));
      if (!(real == x)) RETURN_IF_ERROR(graph.set_input(node, i, real));
    }
  }
  for (int i = 0; i < node->num_outputs(); ++i) {
    mark_seen(node->output(i));
    for (ControlFlowContext* c = outer(); c; c = c->outer()) c->mark_seen(node->output(i));
  }
  if (outer() || (node->type() != "Exit" && node->type() != "RefExit")) {
    graph.prevent_fetching(node);
    graph.prevent_feeding(node);
  }
  return outer() ? outer()->add_inner_op(node) : OkStatus();
}

StatusOr<Endpoint> CondContext::build_result(Endpoint value) {
  if (const auto it = values_.find(value); it != values_.end()) return it->second ? it->second : value;
  // A branch that gives back a value from outside.
  Endpoint outside = value;
  values_.emplace(value, Endpoint{});
  if (outer()) {
    ASSIGN_OR_RETURN(outside, outer()->add_value(value));
    values_[outside] = outside;
  }
  Endpoint inside;
  RETURN_IF_ERROR(make_switch(outside, &inside));
  values_[value] = inside;
  return inside;
}

std::vector<std::string> CondContext::values() const {
  std::vector<std::string> names;
  for (const auto& [value, inside] : values_) names.push_back(value.name());
  std::ranges::sort(names);
  return names;
}

std::vector<std::pair<std::string, Endpoint>> CondContext::external_values() const {
  std::vector<std::pair<std::string, Endpoint>> values;
  for (const auto& [value, inside] : values_) {
    if (inside) values.emplace_back(value.name(), inside);
  }
  std::ranges::sort(values, {}, &std::pair<std::string, Endpoint>::first);
  return values;
}

bool is_in_context(const Node& node, const ControlFlowContext* context) {
  for (const ControlFlowContext* c = node.context(); c; c = c->outer()) {
    if (c == context) return true;
  }
  return false;
}

const ControlFlowContext* containing_while(const ControlFlowContext* context) {
  while (context && !context->is_while()) context = context->outer();
  return context;
}

NoControlDependencies::NoControlDependencies(Graph& graph) : graph_(graph) {
  GraphScope& scope = graph.scope();
  saved_ = scope.context;
  scope.context = nullptr;
  scope.control_dependencies.push_back({.inputs = {}, .clears = true, .saved_context = saved_, .seen = {}});
}

NoControlDependencies::~NoControlDependencies() {
  GraphScope& scope = graph_.scope();
  scope.control_dependencies.pop_back();
  scope.context = saved_;
}

ColocateWith::ColocateWith(Graph& graph, Node* node, bool ignore_existing) : graph_(graph) {
  GraphScope& scope = graph.scope();
  scope.colocation.push_back({node, ignore_existing});
  scope.devices.push_back({.spec = "", .fn = {}, .resets = true});
}

ColocateWith::~ColocateWith() {
  GraphScope& scope = graph_.scope();
  scope.colocation.pop_back();
  scope.devices.pop_back();
}

}  // namespace reflow::graph
