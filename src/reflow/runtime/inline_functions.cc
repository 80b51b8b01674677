#include "reflow/runtime/inline_functions.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "reflow/graph/function_library.h"
#include "reflow/op/function_runner.h"
#include "reflow/op/kernel_registry.h"
#include "reflow/runtime/function_bodies.h"
#include "reflow/runtime/lower_functional.h"
#include "reflow/runtime/plan.h"

namespace reflow::runtime {

using graph::Endpoint;
using graph::FunctionBody;
using graph::Graph;
using graph::NameAttrList;
using graph::Node;
using graph::NodeSpec;
using op::ControlKind;

namespace {

constexpr int kMaxInlinedNodes = 10000;

ControlKind control_kind(const Node& node) { return op::KernelRegistry::global().traits(node.type()).control; }

bool has_control_flow(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node* node) { return control_kind(*node) != ControlKind::kNone; });
}

bool is_call(const Node& node) { return op::called_function(node).has_value() || is_functional(node); }

// A call, with the names of the functions that it lies within.
struct Call {
  Node* node;
  std::vector<std::string> callers;
  Node* gate = nullptr;  // as of a LoweredCall
  std::vector<bool> is_gated = {};
};

// Puts one body in the place of one call.
class Expansion {
 public:
  Expansion(Graph& graph, Call call, FunctionBody body, std::string function, bool conditional)
      : graph_(graph), call_(std::move(call)), body_(std::move(body)), function_(std::move(function)),
        conditional_(conditional), copies_(body_.graph->num_node_ids()) {}

  // Adds the calls within the body to *calls.
  Status run(std::deque<Call>* calls) {
    RETURN_IF_ERROR(add_start());
    for (Node* node : body_.graph->nodes()) {
      if (node->type() == "_Arg") continue;
      RETURN_IF_ERROR(copy(*node));
    }
    for (const auto& [node, i] : late_) {
      RETURN_IF_ERROR(graph_.set_input(copies_[node->id()], i, copy_of(node->input(i))));
    }
    std::vector<std::string> callers = call_.callers;
    callers.push_back(function_);
    for (Node* node : body_.graph->nodes()) {
      if (Node* made = copies_[node->id()]; made != nullptr && is_call(*made)) calls->push_back({made, callers});
    }
    return add_end();
  }

 private:
  Node& call() const { return *call_.node; }

  StatusOr<Node*> add(std::string name, std::string_view op, std::vector<Endpoint> inputs, std::vector<Node*> control) {
    NodeSpec spec;
    spec.name = call().name() + "/" + std::move(name);
    spec.op = graph::OpRegistry::global().find(op);
    spec.device = call().device();
    if (!inputs.empty()) {
      spec.attrs.set("T", base_type(inputs[0].dtype()));
      spec.output_types = {base_type(inputs[0].dtype())};
    }
    spec.inputs = std::move(inputs);
    spec.control_inputs = std::move(control);
    ASSIGN_OR_RETURN(Node* const node, graph_.add_node(std::move(spec)));
    if (node->num_inputs() > 0) node->set_output_shape(0, node->input(0).shape());
    return node;
  }

  // What the body begins with: its arguments; and where nodes without inputs have to wait for something, a node that
  // does. In a loop, or on a branch, they have to be where the arguments are.
  Status add_start() {
    if (call_.gate != nullptr) {
      for (const Endpoint& input : call().inputs()) arguments_.push_back(input);
      start_ = call_.gate;
      return OkStatus();
    }
    const std::vector<Node*> control(call().control_inputs().begin(), call().control_inputs().end());
    std::vector<Node*> waits_for = control;
    for (int i = 0; i < call().num_inputs(); ++i) {
      Endpoint input = call().input(i);
      if (is_ref(input.dtype()) || !control.empty() || conditional_) {
        ASSIGN_OR_RETURN(Node* const identity, add(fmt::format("input_{}", i), "Identity", {input}, control));
        if (conditional_) waits_for.push_back(identity);
        input = identity->output(0);
      }
      arguments_.push_back(input);
    }
    if (waits_for.empty()) return OkStatus();
    ASSIGN_OR_RETURN(start_, add("input_control_node", "NoOp", {}, std::move(waits_for)));
    return OkStatus();
  }

  Endpoint copy_of(const Endpoint& e) const {
    if (e.node->type() == "Identity" && is_alias(*e.node)) return copy_of(e.node->input(0));
    if (e.node->type() == "_Arg") {
      const auto found = std::ranges::find(body_.arguments, e.node);
      return arguments_[found - body_.arguments.begin()];
    }
    Node* const copy = copies_[e.node->id()];
    return copy ? copy->output(e.index) : Endpoint();
  }

  // Identities of parts of conds and loops only name results.
  bool is_alias(const Node& identity) const {
    return call_.gate != nullptr && identity.type() == "Identity" && identity.control_inputs().empty() &&
           is_where_call_is(identity.input(0)) &&
           std::ranges::none_of(identity.consumers(), [](const graph::Consumer& consumer) { return consumer.input < 0; });
  }

  Status copy(const Node& node) {
    if (is_alias(node)) return OkStatus();
    NodeSpec spec;
    spec.name = call().name() + "/" + node.name();
    spec.op = &node.op();
    spec.attrs = node.attrs();
    spec.output_types.assign(node.output_types().begin(), node.output_types().end());
    spec.device = node.device().empty() ? call().device() : node.device();
    RETURN_IF_ERROR(rename_attrs(node, &spec));
    for (int i = 0; i < node.num_inputs(); ++i) {
      Endpoint input = copy_of(node.input(i));
      if (!input) {
        late_.emplace_back(&node, i);
        if (spec.inputs.empty()) return internal_error("The nodes of function {} are out of order", function_);
        input = spec.inputs[0];  // of a Merge: until the loop's end is there
      }
      spec.inputs.push_back(input);
    }
    for (const Node* control : node.control_inputs()) {
      if (control->type() == "_Arg") continue;
      if (copies_[control->id()] == nullptr) return internal_error("The nodes of function {} are out of order", function_);
      spec.control_inputs.push_back(copies_[control->id()]);
    }
    if (spec.control_inputs.empty() && start_ != nullptr && std::ranges::none_of(node.inputs(), [&](const Endpoint& input) {
          return is_where_call_is(input);
        })) {
      spec.control_inputs.push_back(start_);
    }
    ASSIGN_OR_RETURN(Node* const made, graph_.add_node(std::move(spec)));
    for (int i = 0; i < node.num_outputs(); ++i) made->set_output_shape(i, node.output_shape(i));
    copies_[node.id()] = made;
    return OkStatus();
  }

  // Is it dead where the call is?
  bool is_where_call_is(const Endpoint& e) const {
    if (call_.gate == nullptr || e.node->type() != "_Arg") return true;
    return call_.is_gated[std::ranges::find(body_.arguments, e.node) - body_.arguments.begin()];
  }

  // Names that nodes have in common belong to this call alone.
  Status rename_attrs(const Node& node, NodeSpec* spec) const {
    if (control_kind(node) == ControlKind::kEnter) {
      ASSIGN_OR_RETURN(const std::string frame, node.attr<std::string>("frame_name"));
      spec->attrs.set("frame_name", call().name() + "/" + frame);
    }
    if (node.find_attr("_class") == nullptr) return OkStatus();
    std::vector<std::string> groups;
    for (const std::string& group : node.colocation_groups()) groups.push_back("loc:@" + call().name() + "/" + group);
    spec->attrs.set("_class", std::move(groups));
    return OkStatus();
  }

  // Results take the place of the call's outputs. Who waits for the call waits for its results and side effects; who
  // reads a result finds the side effects done.
  Status add_end() {
    std::vector<Node*> effects;
    for (const Node* node : body_.side_effects) {
      if (Node* made = copies_[node->id()]) effects.push_back(made);
    }
    std::vector<Node*> ends = effects;
    for (size_t i = 0; i < body_.results.size(); ++i) {
      Endpoint result = copy_of(body_.results[i]);
      if (!effects.empty() || is_ref(result.dtype()) || !is_where_call_is(body_.results[i])) {
        std::vector<Node*> waits_for = effects;
        if (!is_where_call_is(body_.results[i])) waits_for.push_back(start_);
        ASSIGN_OR_RETURN(Node* const identity, add(fmt::format("output_{}", i), "Identity", {result}, std::move(waits_for)));
        result = identity->output(0);
      }
      if (std::ranges::find(ends, result.node) == ends.end()) ends.push_back(result.node);
      graph_.replace_uses(call().output(static_cast<int>(i)), result);
    }
    if (ends.empty() && start_ != nullptr) ends.push_back(start_);
    NodeSpec spec;
    spec.op = graph::OpRegistry::global().find("NoOp");
    spec.control_inputs = std::move(ends);
    graph_.rewrite_node(call_.node, std::move(spec));
    return OkStatus();
  }

  Graph& graph_;
  Call call_;
  FunctionBody body_;
  const std::string function_;
  const bool conditional_;
  std::vector<Node*> copies_;  // by id in the body
  std::vector<Endpoint> arguments_;
  std::vector<std::pair<const Node*, int>> late_;
  Node* start_ = nullptr;
};

bool attr_is_true(const graph::AttrMap& attrs, std::string_view name) {
  const graph::AttrValue* value = attrs.find(name);
  return value != nullptr && value->get<bool>() != nullptr && *value->get<bool>();
}

// The name of the function behind gradients of gradients.
std::string innermost_name(const NameAttrList& f) {
  const graph::AttrValue* of = f.name == "SymbolicGradient" && f.attrs ? f.attrs->find("f") : nullptr;
  const NameAttrList* inner = of ? of->get<NameAttrList>() : nullptr;
  return inner ? f.name + " " + innermost_name(*inner) : f.name;
}

Status check_types(const Node& call, const FunctionBody& body) {
  if (static_cast<int>(body.arguments.size()) != call.num_inputs()) {
    return invalid_argument("Expects {} arguments, but {} is provided", body.arguments.size(), call.num_inputs());
  }
  if (static_cast<int>(body.results.size()) != call.num_outputs()) {
    return invalid_argument("Expects {} results, but {} is provided", body.results.size(), call.num_outputs());
  }
  for (int i = 0; i < call.num_inputs(); ++i) {
    const DType wanted = body.arguments[i]->output_type(0), given = base_type(call.input(i).dtype());
    if (wanted == given) continue;
    return invalid_argument("Expected arg[{}] to be a {} but {} is provided", i, dtype_spec_name(wanted), dtype_spec_name(given));
  }
  for (int i = 0; i < call.num_outputs(); ++i) {
    const DType wanted = base_type(call.output_type(i)), given = base_type(body.results[i].dtype());
    if (wanted == given) continue;
    return invalid_argument("Expected ret[{}] to be {} but it is {}", i, dtype_spec_name(wanted), dtype_spec_name(given));
  }
  return OkStatus();
}

// A name below which there are no nodes: that of the node, or below it.
std::string free_prefix(const Graph& graph, const Graph& original, const Node& node) {
  std::vector<std::string_view> below;
  const std::string scope = node.name() + "/";
  for (const Graph* in : {&graph, &original}) {
    for (const Node* other : in->nodes()) {
      if (other->name().starts_with(scope)) below.push_back(other->name());
    }
  }
  const auto is_free = [&](const std::string& prefix) {
    return std::ranges::none_of(below, [&](std::string_view name) { return name.starts_with(prefix); });
  };
  if (below.empty()) return node.name();
  std::string prefix = scope + "lowered";
  for (int i = 1; !is_free(prefix); ++i) prefix = fmt::format("{}lowered_{}", scope, i);
  return prefix;
}

// May the body be put in the call's place?
bool can_inline(const Graph& graph, const Graph& original, const Node& call, const FunctionBody& body) {
  if (!body.side_effects.empty() && has_control_flow(*body.graph)) return false;
  for (const Node* node : body.graph->nodes()) {
    const std::string name = call.name() + "/" + node->name();
    if (graph.find(name) != nullptr || original.find(name) != nullptr) return false;
    // Only a Merge may come before one of its inputs, and not before the first.
    const bool is_merge = control_kind(*node) == ControlKind::kMerge;
    for (int i = 0; i < (is_merge ? std::min(1, node->num_inputs()) : node->num_inputs()); ++i) {
      if (node->input(i).node->id() > node->id() && node->input(i).node->type() != "_Arg") return false;
    }
    for (const Node* control : node->control_inputs()) {
      if (control->id() > node->id()) return false;
    }
  }
  return true;
}

}  // namespace

Status inline_functions(Graph& graph, const Graph& original) {
  std::deque<Call> calls;
  for (Node* node : graph.nodes()) {
    if (is_call(*node)) calls.push_back({node, {}});
  }
  if (calls.empty()) return OkStatus();
  const std::lock_guard lock(original.mutex());
  bool conditional = has_control_flow(graph);
  int num_inlined = 0;
  while (!calls.empty() && num_inlined < kMaxInlinedNodes) {
    Call call = std::move(calls.front());
    calls.pop_front();
    if (is_functional(*call.node)) {
      std::vector<Shape> invariants;
      if (!can_lower(*call.node, original, &invariants)) continue;
      std::vector<LoweredCall> made;
      const std::string prefix = free_prefix(graph, original, *call.node);
      RETURN_IF_ERROR(lower_functional(graph, call.node, prefix, original, invariants, &made));
      for (LoweredCall& lowered : made) calls.push_back({lowered.node, call.callers, lowered.gate, std::move(lowered.is_gated)});
      conditional = true;
      continue;
    }
    const NameAttrList f = *op::called_function(*call.node);
    const std::string name = innermost_name(f);
    if (std::ranges::find(call.callers, name) != call.callers.end()) continue;  // recursion
    if (attr_is_true(call.node->attrs(), "_noinline") || (f.attrs && attr_is_true(*f.attrs, "_noinline"))) continue;
    std::vector<Shape> shapes;
    for (const Endpoint& input : call.node->inputs()) shapes.push_back(input.shape());
    auto body = body_of(original, f, shapes);
    if (!body.ok()) return at_node(body.status(), *call.node);
    std::erase_if(body->side_effects, [&](const Node* node) { return !has_effects(*node, original); });
    if (const Status status = check_types(*call.node, *body); !status.ok()) return at_node(status, *call.node);
    if (!can_inline(graph, original, *call.node, *body)) continue;
    num_inlined += body->graph->num_nodes();
    const bool brings_conditions = has_control_flow(*body->graph);
    RETURN_IF_ERROR(Expansion(graph, std::move(call), *std::move(body), name, conditional).run(&calls));
    conditional = conditional || brings_conditions;  // for the calls in the body
  }
  return OkStatus();
}

}  // namespace reflow::runtime
