// Functions on many variables: collections, initialisation.

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_state.h"

namespace reflow {

std::vector<Variable> global_variables(std::string_view scope) {
  return get_collection<Variable>(GraphKeys::GLOBAL_VARIABLES, scope);
}
std::vector<Variable> trainable_variables(std::string_view scope) {
  return get_collection<Variable>(GraphKeys::TRAINABLE_VARIABLES, scope);
}
std::vector<Variable> local_variables(std::string_view scope) {
  return get_collection<Variable>(GraphKeys::LOCAL_VARIABLES, scope);
}
std::vector<Variable> model_variables(std::string_view scope) {
  return get_collection<Variable>(GraphKeys::MODEL_VARIABLES, scope);
}
std::vector<Variable> moving_average_variables(std::string_view scope) {
  return get_collection<Variable>(GraphKeys::MOVING_AVERAGE_VARIABLES, scope);
}

Operation variables_initializer(const std::vector<Variable>& var_list, const std::string& name) {
  std::vector<GraphElement> initializers;
  for (const Variable& variable : var_list) initializers.emplace_back(variable.initializer());
  return group(initializers, NameOptions{name});
}

Operation global_variables_initializer() { return variables_initializer(global_variables()); }
Operation local_variables_initializer() { return variables_initializer(local_variables()); }
Operation initialize_all_variables() { return global_variables_initializer(); }

Output is_variable_initialized(const Variable& ref, const NameOptions& options) {
  if (ref.is_resource()) return client::apply_op("VarIsInitializedOp", options.name, {ref.ref()});
  return client::apply_op("IsVariableInitialized", options.name, {ref.ref()});
}

Output assert_variables_initialized(const std::optional<std::vector<Variable>>& var_list) {
  std::vector<Variable> variables;
  if (var_list) {
    variables = *var_list;
  } else {
    variables = global_variables();
    const std::vector<Variable> locals = local_variables();
    variables.insert(variables.end(), locals.begin(), locals.end());
  }
  TensorList ranks;
  for (const Variable& variable : variables) {
    const colocate_with colocated(variable.ref());
    ranks.push_back(client::apply_op("Rank", "", {variable}));
  }
  if (ranks.empty()) return Output();
  return ranks.size() == 1 ? *ranks.front().output() : stack(ranks);
}

Output report_uninitialized_variables(const ReportUninitializedOptions& options) {
  std::vector<Variable> variables;
  if (options.var_list) {
    variables = *options.var_list;
  } else {
    variables = global_variables();
    const std::vector<Variable> locals = local_variables();
    variables.insert(variables.end(), locals.begin(), locals.end());
  }
  const name_scope scope(options.name);
  TensorList is_initialized;
  std::vector<std::string> names;
  for (const Variable& variable : variables) {
    is_initialized.push_back(is_variable_initialized(variable));
    names.push_back(variable.op().name());
  }
  const device on_cpu("/cpu:0");
  if (variables.empty()) return constant(Tensor(DType::kString, Shape{0}));
  const Output stacked = client::apply_op("Pack", "stack", {TensorLike(is_initialized)});
  const Output missing = client::apply_op("LogicalNot", "", {stacked});
  return boolean_mask(constant(names), missing);
}

}  // namespace reflow
