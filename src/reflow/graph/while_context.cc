#include "reflow/graph/while_context.h"

#include <algorithm>

#include "reflow/graph/function_library.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/scope_effects.h"

namespace reflow::graph {
namespace {

bool is_constant_enter(const Node& node) {
  if (!is_enter(node)) return false;
  const AttrValue* constant = node.find_attr("is_constant");
  return constant && constant->get<bool>() && *constant->get<bool>();
}

// The gradient loop in which ops are being made, when `node`'s output is a value of its forward loop; else null.
const WhileContext* gradient_loop_of(Graph& graph, const Node& node) {
  const WhileContext* current = containing_while(graph.scope().context);
  if (current == nullptr || current->history == nullptr) return nullptr;
  WhileContext* loop = containing_while(node.context());
  if (loop && is_exit(node)) loop = containing_while(loop->outer());
  return loop == current->history->forward_context() ? current : nullptr;
}

}  // namespace

WhileContext* containing_while(ControlFlowContext* context) {
  while (context && !context->is_while()) context = context->outer();
  return static_cast<WhileContext*>(context);
}

Node* constant_enter_of(Endpoint value) {
  Node* node = value.node;
  while (is_switch(*node) || node->type() == "Identity" || node->type() == "RefIdentity") node = node->input(0).node;
  return is_constant_enter(*node) ? node : nullptr;
}

bool is_loop_switch(const Node& node) {
  if (!is_switch(node) || node.context() == nullptr || !node.context()->is_while()) return false;
  if (node.num_outputs() == 0) return true;
  // A Switch that only feeds branches is that of a cond.
  for (const Consumer& consumer : node.consumers()) {
    if (consumer.input < 0) continue;
    const ControlFlowContext* context = consumer.node->context();
    if (context && is_enter(*consumer.node)) context = context->outer();
    if (context == nullptr || context->is_while()) return true;
  }
  return false;
}

StatusOr<Endpoint> WhileContext::enter(Endpoint value, bool is_constant, bool keeps_shape, std::string name) {
  Graph& graph = value.node->graph();
  AttrMap attrs{{"frame_name", this->name()}, {"is_constant", is_constant},
                {"parallel_iterations", options_.parallel_iterations}};
  const std::string type = is_ref(value.dtype()) ? "RefEnter" : "Enter";
  ASSIGN_OR_RETURN(Node * node, create_op(graph, type, {value}, std::move(attrs),
                                          {.name = name == "Enter" ? type : std::move(name)}));
  if (keeps_shape) refine_shape(node->output(0), value.shape());
  return node->output(0);
}

void WhileContext::fix_control_inputs(Endpoint enter) {
  Graph& graph = enter.node->graph();
  GraphScope& scope = graph.scope();
  std::vector<Node*> controls;
  add_scope_control_inputs(scope, {&enter.node->input(0), 1}, &controls);
  const ControlFlowContext* outer_loop = containing_while(outer());
  enter.node->set_context(this);
  for (Node* control : controls) {
    const ControlFlowContext* made_in = output_context(*control);
    const ControlFlowContext* c = outer();
    while (c != made_in && c != nullptr && c != outer_loop) c = c->outer();
    if (c == made_in) graph.add_control_input(enter.node, control);
  }
  record_seen(scope, enter.node);
}

void WhileContext::set_values(const std::vector<Endpoint>& values) {
  values_.clear();
  for (const Endpoint& value : values) mark_seen(value);
}

void WhileContext::exit_result(const std::vector<Endpoint>& exits) {
  for (ControlFlowContext* c = outer(); c != nullptr; c = c->outer()) {
    for (const Endpoint& exit : exits) c->mark_seen(exit);
  }
}

StatusOr<Endpoint> WhileContext::add_value(Endpoint value) {
  if (const auto it = values_.find(value); it != values_.end()) return it->second ? it->second : value;
  if (value.node->context() == this) return value;
  mark_seen(value);
  Graph& graph = value.node->graph();
  if (const WhileContext* current = gradient_loop_of(graph, *value.node)) {
    ASSIGN_OR_RETURN(const Endpoint real, current->history->real_value(value));
    set_external_value(value, real);
    return real;
  }
  Endpoint outside = value;
  if (outer()) {
    ASSIGN_OR_RETURN(outside, outer()->add_value(value));
  }
  Endpoint inside;
  {
    const NoControlDependencies none(graph);
    ASSIGN_OR_RETURN(inside, enter(outside, /*is_constant=*/true));
  }
  graph.prevent_feeding(inside.node);
  fix_control_inputs(inside);
  mark_seen(inside);
  set_external_value(value, inside);
  return inside;
}

Status WhileContext::add_op(Node* node) {
  // Of what the gradient needs only the shape, the shape is kept, and not the value.
  const bool of_shape = node->type() == "Shape" || node->type() == "Size" || node->type() == "Rank";
  if (of_shape) {
    const WhileContext* current = containing_while(node->graph().scope().context);
    ControlFlowContext* const made_in = node->input(0).node->context();
    WhileContext* const loop = containing_while(made_in);
    if (current && current->history && loop && loop == current->history->forward_context()) {
      node->set_context(made_in);
      return made_in->adopt(node);
    }
  }
  return adopt(node);
}

// Such an op would be computed but once, or even when there is no iteration.
bool WhileContext::depends_on_invariants_only(const Node& node) const {
  if (!node.control_inputs().empty()) return false;
  if (node.type() == "SymbolicGradient" || node.graph().functions().contains(node.type())) return true;
  return std::ranges::all_of(node.inputs(), [](const Endpoint& x) { return is_constant_enter(*x.node); });
}

// What comes from outside enters as data: a control edge can't cross the border of a frame.
Status WhileContext::pull_in(Node* node, const std::vector<Node*>& external_controls) {
  Graph& graph = node->graph();
  std::vector<Node*> inside;
  {
    const NoControlDependencies none(graph);
    const EnteredContext entered(graph, this);
    for (Node* source : external_controls) {
      if (source->num_outputs() == 0) continue;
      ASSIGN_OR_RETURN(Node * identity, create_op(graph, "Identity", {source->output(0)}));
      inside.push_back(identity);
    }
  }
  for (Node* source : inside) graph.add_control_input(node, source);
  return OkStatus();
}

Status WhileContext::adopt(Node* node) {
  Graph& graph = node->graph();
  std::vector<Node*> external;
  if (node->num_inputs() == 0) {
    external = remove_external_control_inputs(node);
    if (node->control_inputs().empty() && pivot() != nullptr) graph.add_control_input(node, pivot());
  } else {
    for (int i = 0; i < node->num_inputs(); ++i) {
      const Endpoint x = node->input(i);
      if (!x) continue;
      ASSIGN_OR_RETURN(const Endpoint real, add_value(x));
      if (!(real == x)) RETURN_IF_ERROR(graph.set_input(node, i, real));
    }
    external = remove_external_control_inputs(node);
    if (depends_on_invariants_only(*node) && pivot() != nullptr) graph.add_control_input(node, pivot());
  }
  for (int i = 0; i < node->num_outputs(); ++i) mark_seen(node->output(i));
  if (!external.empty()) RETURN_IF_ERROR(pull_in(node, external));
  if (outer() || !is_exit(*node)) {
    graph.prevent_fetching(node);
    graph.prevent_feeding(node);
  }
  return OkStatus();
}

}  // namespace reflow::graph
