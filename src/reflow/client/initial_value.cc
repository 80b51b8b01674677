#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"
#include "reflow/graph/node_builder.h"

namespace reflow::client {
namespace {

bool is_one_of(const std::string& type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

bool is_variable(const graph::Node& node) { return is_one_of(node.type(), {"Variable", "VariableV2", "VarHandleOp"}); }

// Ops whose inputs are left as they are.
bool ends_walk(const graph::Node& node) {
  return is_one_of(node.type(), {"IsVariableInitialized", "VarIsInitializedOp", "ReadVariableOp", "If"});
}

Output initialized_value_of(const graph::Node& variable_op) {
  for (const char* collection : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::LOCAL_VARIABLES}) {
    for (const Variable& variable : get_collection<Variable>(collection)) {
      if (variable.ref().node() == &variable_op) return variable.initialized_value();
    }
  }
  return Output();
}

// The nodes that `last` is computed from, inputs before their users. Empty when they form a loop.
std::vector<graph::Node*> ancestors(graph::Node* last) {
  std::vector<graph::Node*> order;
  enum State : char { kOpen, kDone };
  std::unordered_map<graph::Node*, State> states;
  struct Visit {
    graph::Node* node;
    int next_input = 0;
  };
  std::vector<Visit> stack{{last}};
  states[last] = kOpen;
  while (!stack.empty()) {
    Visit& visit = stack.back();
    const bool leaf = is_variable(*visit.node) || ends_walk(*visit.node);
    if (leaf || visit.next_input == visit.node->num_inputs()) {
      states[visit.node] = kDone;
      order.push_back(visit.node);
      stack.pop_back();
      continue;
    }
    graph::Node* input = visit.node->input(visit.next_input++).node;
    const auto [it, is_new] = states.emplace(input, kOpen);
    if (is_new) stack.push_back({input});
    else if (it->second == kOpen) return {};
  }
  return order;
}

// A copy of `node` that reads `inputs`.
graph::Node* rebuild(graph::Node& node, const std::vector<graph::Endpoint>& inputs, const std::string& name) {
  std::vector<int> sizes;
  check_building(graph::input_arg_sizes(node.op(), node.attrs(), &sizes));
  std::vector<graph::OpInput> arguments;
  auto next = inputs.begin();
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (node.op().inputs[i].is_list()) {
      arguments.emplace_back(std::vector<graph::Endpoint>(next, next + sizes[i]));
    } else {
      arguments.emplace_back(*next);
    }
    next += sizes[i];
  }
  const std::string type = node.type() == "RefSwitch" ? "Switch" : node.type();
  std::string new_name = node.name() + "_" + name;
  std::ranges::replace(new_name, ':', '_');
  graph::AttrMap attrs = node.attrs();
  return check_building(graph::create_op(default_graph(), type, std::move(arguments), std::move(attrs),
                                         {.name = new_name.ends_with('/') ? new_name : new_name + "/"}));
}

}  // namespace

Output guard_initial_value(const std::string& name, const Output& value) {
  const std::vector<graph::Node*> order = ancestors(value.node());
  if (std::ranges::none_of(order, [](graph::Node* node) { return is_variable(*node); })) return value;
  std::unordered_map<graph::Node*, graph::Node*> replaced;
  for (graph::Node* node : order) {
    if (ends_walk(*node)) continue;
    if (is_variable(*node)) {
      const Output initialized = initialized_value_of(*node);
      if (initialized.valid()) replaced[node] = initialized.node();
      continue;
    }
    std::vector<graph::Endpoint> inputs(node->inputs().begin(), node->inputs().end());
    bool modified = false;
    for (graph::Endpoint& input : inputs) {
      if (const auto it = replaced.find(input.node); it != replaced.end()) {
        input.node = it->second;
        modified = true;
      }
    }
    if (modified) replaced[node] = rebuild(*node, inputs, name);
  }
  const auto it = replaced.find(value.node());
  return it == replaced.end() ? value : Output(it->second, value.index());
}

}  // namespace reflow::client
