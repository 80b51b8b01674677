#include "reflow/contrib/framework/variables.h"

#include <algorithm>
#include <regex>

#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/client/state_ops.h"

namespace reflow::contrib::framework {
namespace {

Variable own(const TensorLike& initial_value, const OwnVariableOptions& options, const char* collection) {
  return Variable(initial_value, {.trainable = false,
                                  .collections = std::vector<std::string>{collection},
                                  .validate_shape = options.validate_shape,
                                  .name = options.name,
                                  .use_resource = options.use_resource});
}

bool contains(const std::vector<Variable>& variables, const Variable& var) {
  return std::ranges::any_of(variables, [&](const Variable& each) { return each.ref() == var.ref(); });
}

}  // namespace

Variable local_variable(const TensorLike& initial_value, const OwnVariableOptions& options) {
  return own(initial_value, options, GraphKeys::LOCAL_VARIABLES);
}

Variable global_variable(const TensorLike& initial_value, const OwnVariableOptions& options) {
  return own(initial_value, options, GraphKeys::GLOBAL_VARIABLES);
}

Variable variable(const std::string& name, const Shape& shape, const ScopedVariableOptions& options) {
  GetVariableOptions inner = options;
  if (!inner.collections) inner.collections = std::vector<std::string>{GraphKeys::GLOBAL_VARIABLES};
  const device on(options.device);
  return get_variable(name, shape, inner);
}

Variable model_variable(const std::string& name, const Shape& shape, ScopedVariableOptions options) {
  std::vector<std::string> collections = options.collections.value_or(std::vector<std::string>());
  for (const char* own : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::MODEL_VARIABLES}) {
    if (std::ranges::find(collections, own) == collections.end()) collections.push_back(own);
  }
  options.collections = std::move(collections);
  return variable(name, shape, options);
}

void add_model_variable(const Variable& var) {
  if (!contains(get_collection<Variable>(GraphKeys::MODEL_VARIABLES), var)) {
    add_to_collection(GraphKeys::MODEL_VARIABLES, var);
  }
}

std::vector<Variable> get_variables(const std::string& scope, const std::string& suffix,
                                    const std::string& collection) {
  std::string pattern = scope;
  if (!suffix.empty()) pattern += ".*" + suffix + (suffix.find(':') == std::string::npos ? ":" : "");
  return get_collection<Variable>(collection, pattern);
}

std::vector<Variable> get_model_variables(const std::string& scope, const std::string& suffix) {
  return get_variables(scope, suffix, GraphKeys::MODEL_VARIABLES);
}

std::vector<Variable> get_local_variables(const std::string& scope, const std::string& suffix) {
  return get_variables(scope, suffix, GraphKeys::LOCAL_VARIABLES);
}

std::vector<Variable> get_trainable_variables(const std::string& scope, const std::string& suffix) {
  return get_variables(scope, suffix, GraphKeys::TRAINABLE_VARIABLES);
}

std::vector<Variable> get_variables_to_restore(const std::optional<std::vector<std::string>>& include,
                                               const std::vector<std::string>& exclude) {
  std::vector<Variable> included, excluded, kept;
  if (!include) included = get_variables();
  const auto append = [](std::vector<Variable>& to, const std::vector<std::string>& scopes) {
    for (const std::string& scope : scopes) {
      for (const Variable& var : get_variables(scope)) to.push_back(var);
    }
  };
  if (include) append(included, *include);
  append(excluded, exclude);
  std::ranges::copy_if(included, std::back_inserter(kept),
                       [&](const Variable& var) { return !contains(excluded, var); });
  return kept;
}

std::vector<Variable> get_variables_by_suffix(const std::string& suffix, const std::string& scope) {
  return get_variables(scope, suffix);
}

std::vector<Variable> get_variables_by_name(const std::string& given_name, const std::string& scope) {
  return get_variables(scope, "/" + given_name + ":|^" + given_name + ":");
}

Variable get_unique_variable(const std::string& var_op_name) {
  const std::vector<Variable> candidates = get_variables(var_op_name);
  if (candidates.empty()) throw ValueError("Couldn't find variable " + var_op_name);
  for (const Variable& candidate : candidates) {
    if (candidate.op().name() == var_op_name) return candidate;
  }
  throw ValueError("Variable " + var_op_name + " does not uniquely identify a variable");
}

std::string get_variable_full_name(const Variable& var) {
  return var.save_slice_info() ? var.save_slice_info()->full_name : var.op().name();
}

std::vector<Variable> filter_variables(const std::vector<Variable>& var_list, const FilterOptions& options) {
  const auto matches = [&](const Variable& var, const std::vector<std::string>& patterns) {
    const auto how = options.reg_search ? std::regex_constants::match_default : std::regex_constants::match_continuous;
    return std::ranges::any_of(
        patterns, [&](const std::string& pattern) { return std::regex_search(var.name(), std::regex(pattern), how); });
  };
  std::vector<Variable> chosen;
  for (const Variable& var : var_list) {
    if (options.include_patterns && !matches(var, *options.include_patterns)) continue;
    if (!matches(var, options.exclude_patterns)) chosen.push_back(var);
  }
  return chosen;
}

std::pair<Operation, FeedDict> assign_from_values(
    const std::vector<std::pair<std::string, Tensor>>& var_names_to_values) {
  FeedDict feeds;
  std::vector<GraphElement> assignments;
  for (const auto& [name, value] : var_names_to_values) {
    const Variable var = get_unique_variable(name);
    if (!var.shape().compatible_with(value.shape())) {
      throw ValueError("Shape of " + name + " is " + var.shape().str() + ", and that of its value " +
                       value.shape().str());
    }
    const Output fed = placeholder(value.dtype(), value.shape());
    assignments.push_back(assign(var, fed));
    feeds.add(fed, value);
  }
  return {group(assignments), feeds};
}

}  // namespace reflow::contrib::framework
