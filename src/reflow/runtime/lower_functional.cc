#include "reflow/runtime/lower_functional.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "reflow/graph/function_body.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/op_def.h"
#include "reflow/op/function_runner.h"
#include "reflow/runtime/function_bodies.h"

namespace reflow::runtime {

using graph::AttrMap;
using graph::Endpoint;
using graph::Graph;
using graph::NameAttrList;
using graph::Node;
using graph::NodeSpec;

namespace {

bool is_if(const Node& node) { return node.type() == "If" || node.type() == "StatelessIf"; }
bool is_case(const Node& node) { return node.type() == "Case"; }
bool is_while(const Node& node) { return node.type() == "While" || node.type() == "StatelessWhile"; }

const NameAttrList* function_of(const Node& node, const char* attr) {
  const graph::AttrValue* value = node.find_attr(attr);
  return value ? value->get<NameAttrList>() : nullptr;
}

const std::vector<NameAttrList>* branches_of(const Node& node) {
  const graph::AttrValue* value = node.find_attr("branches");
  return value ? value->get<std::vector<NameAttrList>>() : nullptr;
}

bool is_boolean_scalar(const Endpoint& e) { return base_type(e.dtype()) == DType::kBool && e.shape().rank() == 0; }

// What the functions of a While do with its variables.
class LoopFunctions {
 public:
  static StatusOr<LoopFunctions> of(const Node& node, const Graph& library, const std::vector<Shape>& shapes) {
    LoopFunctions made;
    ASSIGN_OR_RETURN(const graph::FunctionBody body, body_of(library, *function_of(node, "body"), shapes));
    ASSIGN_OR_RETURN(const graph::FunctionBody cond, body_of(library, *function_of(node, "cond"), shapes));
    const int n = node.num_inputs();
    std::vector<std::vector<bool>> needs;  // of each result: the arguments that it is computed from
    for (const Endpoint& result : body.results) needs.push_back(arguments_behind(body, {result.node}));
    std::vector<Node*> roots = body.side_effects;
    made.used_ = arguments_behind(body, roots);
    roots = cond.side_effects;
    roots.push_back(cond.results[0].node);
    const std::vector<bool> tested = arguments_behind(cond, roots);
    for (int i = 0; i < n; ++i) {
      made.constant_.push_back(behind_identities(body.results[i]).node == body.arguments[i]);
      made.used_[i] = made.used_[i] || tested[i] || is_read(node, i);
    }
    for (bool changes = true; changes;) {
      changes = false;
      for (int i = 0; i < n; ++i) {
        for (int k = 0; made.used_[i] && k < n; ++k) {
          if (made.used_[k] || !needs[i][k]) continue;
          made.used_[k] = changes = true;
        }
      }
    }
    // A loop is where something changes.
    bool any = false;
    for (int i = 0; i < n; ++i) any = any || (made.used_[i] && !made.constant_[i]);
    if (!any) made.used_[0] = true, made.constant_[0] = false;
    return made;
  }

  bool is_constant(int i) const { return constant_[i]; }
  bool is_used(int i) const { return used_[i]; }

 private:
  static bool is_read(const Node& node, int output) {
    return std::ranges::any_of(node.consumers(), [&](const graph::Consumer& consumer) {
      if (consumer.input < 0 || consumer.output != output) return false;
      return consumer.node->type() != "Identity" || !consumer.node->consumers().empty();
    });
  }

  static Endpoint behind_identities(Endpoint e) {
    while (e.node->type() == "Identity" && e.node->control_inputs().empty()) e = e.node->input(0);
    return e;
  }

  static std::vector<bool> arguments_behind(const graph::FunctionBody& body, const std::vector<Node*>& roots) {
    std::vector<bool> seen(body.graph->num_node_ids(), false), found(body.arguments.size(), false);
    std::vector<Node*> waiting;
    const auto visit = [&](Node* node) {
      if (seen[node->id()]) return;
      seen[node->id()] = true;
      waiting.push_back(node);
    };
    for (Node* root : roots) visit(root);
    while (!waiting.empty()) {
      Node* const node = waiting.back();
      waiting.pop_back();
      for (const Endpoint& input : node->inputs()) visit(input.node);
      for (Node* control : node->control_inputs()) visit(control);
    }
    for (size_t i = 0; i < found.size(); ++i) found[i] = seen[body.arguments[i]->id()];
    return found;
  }

  std::vector<bool> constant_, used_;
};

// Makes the nodes that take the place of one.
class Lowering {
 public:
  Lowering(Graph& graph, Node* node, std::string prefix, bool effects, std::vector<LoweredCall>* calls)
      : graph_(graph), node_(*node), prefix_(std::move(prefix)), has_effects_(effects), calls_(*calls) {
    for (const Endpoint& input : node_.inputs()) inputs_.push_back(input);
    for (Node* control : node_.control_inputs()) control_.push_back(control);
  }

  Status lower_if() {
    ASSIGN_OR_RETURN(const Chosen chosen, choose("", inputs_[0], {inputs_.begin() + 1, inputs_.end()}, control_,
                                                 caller("else", *function_of(node_, "else_branch")),
                                                 caller("then", *function_of(node_, "then_branch"))));
    return finish(chosen.values, {chosen.end});
  }

  Status lower_case() {
    ASSIGN_OR_RETURN(const Chosen chosen, choose_case(0, inputs_, control_));
    return finish(chosen.values, {chosen.end});
  }

  // Variables that stay as they are come in once, and those that nobody asks for are left out.
  Status lower_while(const Graph& library, const std::vector<Shape>& invariants) {
    const int n = node_.num_inputs();
    ASSIGN_OR_RETURN(const LoopFunctions functions, LoopFunctions::of(node_, library, invariants));
    std::vector<Node*> merges(n, nullptr);
    std::vector<Endpoint> current(n), next(n), leaving(n), left(n);
    int first = -1;  // of the variables that change
    for (int i = 0; i < n; ++i) {
      const bool constant = functions.is_constant(i) || !functions.is_used(i);
      const AttrMap frame{{"frame_name", prefix_}, {"is_constant", constant}, {"parallel_iterations", parallel_iterations()}};
      ASSIGN_OR_RETURN(Node* const enter, add(fmt::format("enter_{}", i), "Enter", {inputs_[i]}, frame, {}, control_));
      if (constant) {
        enter->set_output_shape(0, inputs_[i].shape());
        current[i] = next[i] = enter->output(0);
        left[i] = inputs_[i];
        continue;
      }
      if (first < 0) first = i;
      ASSIGN_OR_RETURN(Node* const merge, add_merge(fmt::format("merge_{}", i), enter->output(0), enter->output(0)));
      merge->set_output_shape(0, invariants[i]);
      merges[i] = merge;
      current[i] = merge->output(0);
    }
    std::vector<bool> changes;
    for (const Node* merge : merges) changes.push_back(merge != nullptr);
    ASSIGN_OR_RETURN(Node* const test, add_call("cond", *function_of(node_, "cond"), current, {DType::kBool}, {merges[first]}, changes));
    ASSIGN_OR_RETURN(Node* const goes_on, add("loop_cond", "LoopCond", {test->output(0)}));
    for (int i = 0; i < n; ++i) {
      if (!merges[i]) continue;
      ASSIGN_OR_RETURN(Node* const chosen, add(fmt::format("switch_{}", i), "Switch", {current[i], goes_on->output(0)}));
      leaving[i] = chosen->output(0);
      next[i] = chosen->output(1);
    }
    ASSIGN_OR_RETURN(Node* const pivot, add("pivot_body", "Identity", {next[first]}));
    ASSIGN_OR_RETURN(Node* const body, add_call("body", *function_of(node_, "body"), next, results(), {pivot}, changes));
    std::vector<Node*> exits, done;
    if (has_effects_) done.push_back(body);
    for (int i = 0; i < n; ++i) {
      if (!merges[i]) continue;
      ASSIGN_OR_RETURN(Node* const again, add(fmt::format("next_{}", i), "NextIteration", {body->output(i)}, {}, {}, done));
      RETURN_IF_ERROR(graph_.set_input(merges[i], 1, again->output(0)));
      ASSIGN_OR_RETURN(Node* const exit, add(fmt::format("exit_{}", i), "Exit", {leaving[i]}));
      left[i] = exit->output(0);
      exits.push_back(exit);
    }
    return finish(left, exits);
  }

 private:
  // What a branch gives, and a node that has run when it has.
  struct Chosen {
    std::vector<Endpoint> values;
    Node* end;
  };
  using Branch = std::function<StatusOr<Chosen>(const std::vector<Endpoint>& given, Node* taken)>;

  // A call of the function.
  Branch caller(const std::string& name, const NameAttrList& function) {
    return [this, name, function](const std::vector<Endpoint>& given, Node* taken) -> StatusOr<Chosen> {
      ASSIGN_OR_RETURN(Node* const call, add_call(name, function, given, results(), {taken}, std::vector<bool>(given.size(), true)));
      if (!has_effects_ && call->num_outputs() > 0) return Chosen{outputs_of(call), taken};
      ASSIGN_OR_RETURN(Node* const done, add(name + "_executed", "Identity", {taken->output(0)}, {}, {}, {call}));
      return Chosen{outputs_of(call), done};
    };
  }

  StatusOr<Chosen> choose(const std::string& prefix, Endpoint pred, const std::vector<Endpoint>& values,
                          const std::vector<Node*>& control, const Branch& on_false, const Branch& on_true) {
    ASSIGN_OR_RETURN(Node* const pivot, add(prefix + "pivot", "Switch", {pred, pred}, {}, {}, control));
    std::vector<Endpoint> given[2];
    for (size_t i = 0; i < values.size(); ++i) {
      ASSIGN_OR_RETURN(Node* const chosen, add(fmt::format("{}switch_{}", prefix, i), "Switch", {values[i], pred}, {}, {}, control));
      for (int branch : {0, 1}) given[branch].push_back(chosen->output(branch));
    }
    Chosen results[2];
    for (const int branch : {0, 1}) {
      ASSIGN_OR_RETURN(Node* const taken,
                       add(prefix + (branch ? "pivot_then" : "pivot_else"), "Identity", {pivot->output(branch)}));
      ASSIGN_OR_RETURN(results[branch], (branch ? on_true : on_false)(given[branch], taken));
    }
    Chosen merged;
    for (int i = 0; i < node_.num_outputs(); ++i) {
      ASSIGN_OR_RETURN(Node* const merge,
                       add_merge(fmt::format("{}merge_{}", prefix, i), results[0].values[i], results[1].values[i]));
      merge->set_output_shape(0, node_.output_shape(i));
      merged.values.push_back(merge->output(0));
    }
    if (!has_effects_ && !merged.values.empty()) {
      merged.end = merged.values[0].node;
      return merged;
    }
    ASSIGN_OR_RETURN(merged.end,
                     add_merge(prefix + "executed", results[0].end->output(0), results[1].end->output(0)));
    return merged;
  }

  // One of the branches from number `first` on; the number asked for is the first of `values`.
  StatusOr<Chosen> choose_case(int first, const std::vector<Endpoint>& values, const std::vector<Node*>& control) {
    const auto& branches = *branches_of(node_);
    const std::string name = fmt::format("branch{}", first);
    if (first + 1 == std::ssize(branches)) {
      std::vector<bool> gated(values.size() - 1, !control.empty());
      ASSIGN_OR_RETURN(Node* const call, add_call(name, branches[first], {values.begin() + 1, values.end()}, results(), control,
                                                  std::move(gated)));
      return Chosen{outputs_of(call), call};
    }
    ASSIGN_OR_RETURN(const Endpoint pred, is_number(name, values[0], first));
    const Branch of_this = [&](const std::vector<Endpoint>& given, Node* taken) {
      return caller(name, branches[first])({given.begin() + 1, given.end()}, taken);
    };
    const Branch of_others = [&](const std::vector<Endpoint>& given, Node* taken) -> StatusOr<Chosen> {
      ASSIGN_OR_RETURN(Chosen chosen, choose_case(first + 1, given, {taken}));
      ASSIGN_OR_RETURN(chosen.end, add(name + "_not_executed", "Identity", {taken->output(0)}, {}, {}, {chosen.end}));
      return chosen;
    };
    return choose(fmt::format("from{}_", first), pred, values, control, of_others, of_this);
  }

  StatusOr<Endpoint> is_number(const std::string& name, Endpoint index, int number) {
    NodeSpec spec;
    spec.name = prefix_ + "/" + name + "_number";
    spec.op = graph::OpRegistry::global().find("Const");
    spec.device = node_.device();
    spec.attrs = {{"value", Tensor::scalar(int32_t{number})}, {"dtype", DType::kInt32}};
    spec.output_types = {DType::kInt32};
    ASSIGN_OR_RETURN(Node* const constant, graph_.add_node(std::move(spec)));
    constant->set_output_shape(0, Shape{});
    ASSIGN_OR_RETURN(Node* const equal, add(name + "_is_it", "Equal", {index, constant->output(0)},
                                             {{"incompatible_shape_error", true}}, {DType::kBool}));
    return equal->output(0);
  }

  static std::vector<Endpoint> outputs_of(Node* node) {
    std::vector<Endpoint> outputs;
    for (int i = 0; i < node->num_outputs(); ++i) outputs.push_back(node->output(i));
    return outputs;
  }

  std::vector<DType> results() const { return {node_.output_types().begin(), node_.output_types().end()}; }

  int64_t parallel_iterations() const {
    const auto value = node_.attr<int64_t>("parallel_iterations");
    return value.ok() ? *value : 10;
  }

  // A node with the type of its first input, which all its outputs have.
  StatusOr<Node*> add(std::string name, const char* op, std::vector<Endpoint> inputs, AttrMap attrs = {},
                      std::vector<DType> types = {}, std::vector<Node*> control = {}) {
    NodeSpec spec;
    spec.name = prefix_ + "/" + std::move(name);
    spec.op = graph::OpRegistry::global().find(op);
    spec.device = node_.device();
    const DType type = base_type(inputs[0].dtype());
    if (spec.op->name != "LoopCond") attrs.set("T", type);
    if (types.empty()) types.assign(spec.op->outputs.size(), type);
    const Shape shape = inputs[0].shape();
    spec.attrs = std::move(attrs);
    spec.output_types = std::move(types);
    spec.inputs = std::move(inputs);
    spec.control_inputs = std::move(control);
    ASSIGN_OR_RETURN(Node* const node, graph_.add_node(std::move(spec)));
    const bool hands_on = node->type() != "Merge" && node->type() != "Enter";
    for (int i = 0; i < node->num_outputs(); ++i) node->set_output_shape(i, hands_on ? shape : Shape::unknown());
    return node;
  }

  StatusOr<Node*> add_merge(std::string name, Endpoint a, Endpoint b) {
    const DType type = base_type(a.dtype());
    return add(std::move(name), "Merge", {a, b}, {{"N", int64_t{2}}}, {type, DType::kInt32});
  }

  StatusOr<Node*> add_call(const std::string& name, const NameAttrList& function, std::vector<Endpoint> arguments,
                           std::vector<DType> types, std::vector<Node*> control, std::vector<bool> gated) {
    NodeSpec spec;
    spec.name = prefix_ + "/" + name;
    spec.op = graph::OpRegistry::global().find(node_.op().is_stateful ? "StatefulPartitionedCall" : "PartitionedCall");
    spec.device = node_.device();
    std::vector<DType> inputs;
    for (const Endpoint& e : arguments) inputs.push_back(base_type(e.dtype()));
    spec.attrs = {{"f", function}, {"Tin", std::move(inputs)}, {"Tout", types}, {"config", std::string()},
                  {"config_proto", std::string()}, {"executor_type", std::string()}};
    spec.output_types = std::move(types);
    spec.inputs = std::move(arguments);
    Node* const gate = control.size() == 1 ? control[0] : nullptr;
    spec.control_inputs = std::move(control);
    ASSIGN_OR_RETURN(Node* const call, graph_.add_node(std::move(spec)));
    for (int i = 0; i < call->num_outputs(); ++i) call->set_output_shape(i, Shape::unknown());
    calls_.push_back({call, gate, std::move(gated)});
    return call;
  }

  Status finish(const std::vector<Endpoint>& outputs, std::vector<Node*> ends) {
    for (size_t i = 0; i < outputs.size(); ++i) graph_.replace_uses(node_.output(static_cast<int>(i)), outputs[i]);
    NodeSpec spec;
    spec.op = graph::OpRegistry::global().find("NoOp");
    spec.control_inputs = std::move(ends);
    graph_.rewrite_node(&node_, std::move(spec));
    return OkStatus();
  }

  Graph& graph_;
  Node& node_;
  const std::string prefix_;  // of the names of what it makes
  const bool has_effects_;
  std::vector<LoweredCall>& calls_;
  std::vector<Endpoint> inputs_;
  std::vector<Node*> control_;
};

// What holds of both.
Shape common_shape(const Shape& a, const Shape& b) {
  if (a.rank() < 0 || a.rank() != b.rank()) return Shape::unknown();
  Shape common = a;
  for (int i = 0; i < a.rank(); ++i) {
    if (a.dim(i) != b.dim(i)) common.set_dim(i, Shape::kUnknown);
  }
  return common;
}

// The shapes that the values enter the loop with, less what an iteration changes of them. False: the functions don't fit.
bool find_invariants(const Node& node, const Graph& library, std::vector<Shape>* invariants) {
  const NameAttrList *cond = function_of(node, "cond"), *body = function_of(node, "body");
  if (cond == nullptr || body == nullptr) return false;
  invariants->clear();
  for (const Endpoint& input : node.inputs()) invariants->push_back(input.shape());
  for (bool changes = true; changes;) {
    changes = false;
    const auto iteration = body_of(library, *body, *invariants);
    if (!iteration.ok() || static_cast<int>(iteration->results.size()) != node.num_inputs()) return false;
    for (int i = 0; i < node.num_inputs(); ++i) {
      const Shape common = common_shape((*invariants)[i], iteration->results[i].shape());
      if (common == (*invariants)[i]) continue;
      (*invariants)[i] = common;
      changes = true;
    }
  }
  const auto test = body_of(library, *cond, *invariants);
  return test.ok() && test->results.size() == 1 && is_boolean_scalar(test->results[0]);
}

}  // namespace

bool has_effects(const Node& node, const Graph& library) {
  const auto is_call = [](const std::string& type) {
    return type == "If" || type == "Case" || type == "While" || type == "StatefulPartitionedCall";
  };
  if (!node.op().is_stateful && !op::called_function(node)) return false;
  std::vector<NameAttrList> functions;
  for (const auto& [_, value] : node.attrs()) {
    if (const auto* one = value.get<NameAttrList>()) functions.push_back(*one);
    if (const auto* list = value.get<std::vector<NameAttrList>>()) functions.insert(functions.end(), list->begin(), list->end());
  }
  if (!is_call(node.type()) || functions.empty()) return true;
  return std::ranges::any_of(functions, [&](const NameAttrList& function) {
    return library.functions().any_op_within(function, [&](const std::string& type) {
      const graph::OpDef* op = graph::OpRegistry::global().find(type);
      return op == nullptr || (op->is_stateful && !is_call(type));
    });
  });
}

bool is_functional(const Node& node) { return is_if(node) || is_case(node) || is_while(node); }

bool can_lower(const Node& node, const Graph& library, std::vector<Shape>* invariants) {
  const graph::AttrValue* lower = node.find_attr("_lower_using_switch_merge");
  if (lower != nullptr && lower->get<bool>() != nullptr && !*lower->get<bool>()) return false;
  for (const Endpoint& input : node.inputs()) {
    if (is_ref(input.dtype())) return false;
  }
  if (is_if(node)) {
    return is_boolean_scalar(node.input(0)) && function_of(node, "then_branch") && function_of(node, "else_branch");
  }
  if (is_case(node)) {
    constexpr size_t kMostBranches = 16;  // which are asked for one after the other
    const auto* branches = branches_of(node);
    return branches != nullptr && !branches->empty() && branches->size() <= kMostBranches && node.input(0).shape().rank() == 0;
  }
  return is_while(node) && node.num_inputs() > 0 && find_invariants(node, library, invariants);
}

Status lower_functional(Graph& graph, Node* node, const std::string& prefix, const Graph& library,
                        const std::vector<Shape>& invariants, std::vector<LoweredCall>* calls) {
  Lowering lowering(graph, node, prefix, has_effects(*node, library), calls);
  if (is_case(*node)) return lowering.lower_case();
  return is_if(*node) ? lowering.lower_if() : lowering.lower_while(library, invariants);
}

}  // namespace reflow::runtime
