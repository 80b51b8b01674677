#include "reflow/contrib/layers/model_variables.h"

#include <algorithm>

#include "reflow/client/collections.h"

namespace reflow::contrib::layers {
namespace {

std::vector<std::string> with_model_variables(std::vector<std::string> keys) {
  for (const char* key : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::MODEL_VARIABLES}) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

}  // namespace

CustomGetter model_variable_getter(const Names& rename) {
  return [rename](const VariableGetter& getter, const std::string& name, const GetVariableCall& call) {
    const size_t slash = name.rfind('/');
    const size_t begin = slash == std::string::npos ? 0 : slash + 1;
    std::string renamed = name;
    for (const auto& [from, to] : rename) {
      if (name.substr(begin) == from) renamed = name.substr(0, begin) + to;
    }
    GetVariableCall changed = call;
    changed.options.collections = with_model_variables(call.options.collections.value_or(std::vector<std::string>()));
    return getter(renamed, changed);
  };
}

VariableScopeOptions scope_options(const std::string& default_name, const std::optional<Reuse>& reuse,
                                   CustomGetter getter) {
  VariableScopeOptions options;
  options.default_name = default_name;
  options.reuse = reuse;
  options.custom_getter = std::move(getter);
  return options;
}

Variable model_variable(const std::string& name, const Shape& shape, GetVariableOptions options,
                        const std::optional<std::vector<std::string>>& collections) {
  options.collections = with_model_variables(collections.value_or(std::vector<std::string>()));
  return get_variable(name, shape, options);
}

void add_once(const std::optional<std::vector<std::string>>& collections, const Variable& variable) {
  if (!collections) return;
  for (const std::string& key : *collections) {
    const std::vector<Variable> there = get_collection<Variable>(key);
    if (std::find(there.begin(), there.end(), variable) == there.end()) add_to_collection(key, variable);
  }
}

Output finished(Output outputs, const std::optional<std::vector<std::string>>& collections,
                const std::optional<Activation>& activation_fn, const std::optional<Activation>& normalizer_fn) {
  if (normalizer_fn && *normalizer_fn) outputs = (*normalizer_fn)(outputs);
  if (activation_fn && *activation_fn) outputs = (*activation_fn)(outputs);
  if (collections) add_to_collections(*collections, outputs);
  return outputs;
}

}  // namespace reflow::contrib::layers
