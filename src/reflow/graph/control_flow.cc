#include "reflow/graph/control_flow.h"

#include <algorithm>

#include "reflow/graph/function_library.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/while_context.h"

namespace reflow::graph {

ControlFlowContext::ControlFlowContext(std::string name, ControlFlowContext* outer)
    : name_(std::move(name)), outer_(outer) {
  if (outer) outer->nested_.push_back(this);
}

std::vector<std::string> ControlFlowContext::values() const {
  std::vector<std::string> names;
  for (const auto& [value, inside] : values_) names.push_back(value.name());
  std::ranges::sort(names);
  return names;
}

std::vector<std::pair<std::string, Endpoint>> ControlFlowContext::external_values() const {
  std::vector<std::pair<std::string, Endpoint>> values;
  for (const auto& [value, inside] : values_) {
    if (inside) values.emplace_back(value.name(), inside);
  }
  std::ranges::sort(values, {}, &std::pair<std::string, Endpoint>::first);
  return values;
}

std::vector<Node*> ControlFlowContext::remove_external_control_inputs(Node* node) {
  const WhileContext* loop = containing_while(this);
  std::vector<Node*> external;
  if (loop == nullptr) return external;
  for (Node* source : node->control_inputs()) {
    if (containing_while(output_context(*source)) != loop) external.push_back(source);
  }
  for (Node* source : external) node->graph().remove_control_input(node, source);
  return external;
}

CondContext::CondContext(std::string name, ControlFlowContext* outer, Endpoint pred, Node* pivot, int branch)
    : ControlFlowContext(std::move(name), outer), pred_(pred), pivot_(pivot), branch_(branch) {
  set_external_value(pred, pred);
  mark_seen(pivot->output(0));
  pivot->set_context(this);
}

// The side of this branch of a Switch of `value` by the predicate.
Status CondContext::make_switch(Endpoint value, Endpoint* inside) {
  ASSIGN_OR_RETURN(Node* node, switch_ref_or_tensor(value, pred_));
  *inside = node->output(branch_);
  return OkStatus();
}

StatusOr<Endpoint> CondContext::add_value(Endpoint value) {
  if (const auto it = values_.find(value); it != values_.end()) return it->second ? it->second : value;
  Endpoint outside = value;
  mark_seen(value);
  if (outer()) {
    ASSIGN_OR_RETURN(outside, outer()->add_value(value));
    set_external_value(outside, outside);
  }
  Endpoint inside;
  {
    const NoControlDependencies none(value.node->graph());
    RETURN_IF_ERROR(make_switch(outside, &inside));
  }
  inside.node->set_context(this);
  inside.node->graph().prevent_fetching(inside.node);
  for (ControlFlowContext* c = this; c; c = c->outer()) c->mark_seen(inside);
  set_external_value(value, inside);
  return inside;
}

Status CondContext::adopt(Node* node) {
  Graph& graph = node->graph();
  if (node->num_inputs() == 0) {
    remove_external_control_inputs(node);
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
    remove_external_control_inputs(node);
    if (node->type() == "SymbolicGradient" || graph.functions().contains(node->type())) {
      graph.add_control_input(node, pivot_);
    }
  }
  for (int i = 0; i < node->num_outputs(); ++i) {
    for (ControlFlowContext* c = this; c; c = c->outer()) c->mark_seen(node->output(i));
  }
  if (outer() || !is_exit(*node)) graph.prevent_fetching(node);
  return OkStatus();
}

StatusOr<Endpoint> CondContext::build_result(Endpoint value) {
  if (const auto it = values_.find(value); it != values_.end()) return it->second ? it->second : value;
  // A branch that gives back a value from outside.
  Endpoint outside = value;
  mark_seen(value);
  if (outer()) {
    ASSIGN_OR_RETURN(outside, outer()->add_value(value));
    set_external_value(outside, outside);
  }
  Endpoint inside;
  RETURN_IF_ERROR(make_switch(outside, &inside));
  set_external_value(value, inside);
  return inside;
}

bool contains(const ControlFlowContext* context, const ControlFlowContext* inner) {
  for (const ControlFlowContext* c = inner; c != context; c = c->outer()) {
    if (c == nullptr) return false;
  }
  return true;
}

bool is_in_context(const Node& node, const ControlFlowContext* context) { return contains(context, node.context()); }

ControlFlowContext* output_context(const Node& node) {
  ControlFlowContext* const context = node.context();
  return context && is_exit(node) ? context->outer() : context;
}

bool is_switch(const Node& node) { return node.type() == "Switch" || node.type() == "RefSwitch"; }
bool is_enter(const Node& node) { return node.type() == "Enter" || node.type() == "RefEnter"; }
bool is_exit(const Node& node) { return node.type() == "Exit" || node.type() == "RefExit"; }

StatusOr<Node*> switch_ref_or_tensor(Endpoint data, Endpoint pred, std::string name) {
  Graph& graph = data.node->graph();
  const ColocateWith colocate(graph, data.node, true);
  return create_op(graph, is_ref(data.dtype()) ? "RefSwitch" : "Switch", {data, pred}, {},
                   {.name = name.empty() ? "Switch" : std::move(name)});
}

bool refine_shape(Endpoint value, const Shape& other) {
  const Shape& shape = value.shape();
  if (!other.known_rank() || shape == other) return true;
  if (!shape.compatible_with(other)) return false;
  Shape merged = other;
  for (int i = 0; shape.known_rank() && i < shape.rank(); ++i) {
    if (merged.dim(i) < 0) merged.set_dim(i, shape.dim(i));
  }
  value.node->set_output_shape(value.index, std::move(merged));
  return true;
}

EnteredContext::EnteredContext(Graph& graph, ControlFlowContext* context) : scope_(graph.scope()), context_(context) {
  if (context_ == nullptr) return;
  context_->entered_from_.push_back(std::exchange(scope_.context, context_));
}

EnteredContext::~EnteredContext() {
  if (context_ == nullptr) return;
  scope_.context = context_->entered_from_.back();
  context_->entered_from_.pop_back();
}

LeftContext::LeftContext(Graph& graph, ControlFlowContext* context) : scope_(graph.scope()), context_(context) {
  scope_.context = context_->entered_from_.back();
  context_->entered_from_.pop_back();
}

LeftContext::~LeftContext() { context_->entered_from_.push_back(std::exchange(scope_.context, context_)); }

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
