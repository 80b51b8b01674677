#pragma once

// The variables that get_variable has made in a graph, and the current scope of each thread. Not for users.

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "reflow/client/variable_scope.h"
#include "reflow/graph/graph.h"

namespace reflow::client {

struct VariableScopeState {
  std::string name, name_scope;
  Reuse reuse = false;
  Initializer initializer;
  Regularizer regularizer;
  std::optional<std::string> caching_device;
  DType dtype = DType::kFloat32;
  std::optional<bool> use_resource;
  std::function<Output(const Output&)> constraint;
  Partitioner partitioner;
  CustomGetter custom_getter;
};

// By full name. Belongs to the graph's state.
struct VariableStore {
  std::unordered_map<std::string, Variable> variables, partitioned;
  // False where ops run at once: get_variable makes a new variable each time.
  bool keeps = true;
};

// One thread's place in a graph: graph.scope().variable_scope points to it.
struct VariableScopeStack {
  std::shared_ptr<VariableScopeState> current = std::make_shared<VariableScopeState>();
  // How often each scope was opened: scopes without a name of their own count on.
  std::map<std::string, int> counts;
  std::vector<VariableCreator> creators;  // outermost first
};
VariableScopeStack& variable_scope_stack(graph::Graph& graph);
// That of the default graph.
VariableStore& variable_store();

}  // namespace reflow::client
