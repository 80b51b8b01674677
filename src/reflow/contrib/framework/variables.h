#pragma once

// tf.contrib.framework: variables by scope, name and kind.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/collections.h"
#include "reflow/client/session.h"
#include "reflow/client/variable.h"
#include "reflow/client/variable_scope.h"
#include "reflow/train/global_step.h"
#include "reflow/train/init_from_checkpoint.h"

namespace reflow::contrib::framework {

using train::assert_global_step;
using train::create_global_step;
using train::get_global_step;
using train::get_or_create_global_step;
using train::init_from_checkpoint;

struct OwnVariableOptions {
  bool validate_shape = true;
  std::string name;
  std::optional<bool> use_resource;
};
// Not trained: of this process only, or shared and saved.
Variable local_variable(const TensorLike& initial_value, const OwnVariableOptions& options = {});
Variable global_variable(const TensorLike& initial_value, const OwnVariableOptions& options = {});

struct ScopedVariableOptions : GetVariableOptions {
  std::string device;
};
// get_variable on a device; in the collection GLOBAL_VARIABLES, and MODEL_VARIABLES.
Variable variable(const std::string& name, const Shape& shape, const ScopedVariableOptions& options = {});
Variable model_variable(const std::string& name, const Shape& shape, ScopedVariableOptions options = {});
// Puts a variable into the collection MODEL_VARIABLES, once.
void add_model_variable(const Variable& var);

// Those of a collection whose names begin with what `scope` (a regular expression) matches, and end with `suffix`.
std::vector<Variable> get_variables(const std::string& scope = "", const std::string& suffix = "",
                                    const std::string& collection = GraphKeys::GLOBAL_VARIABLES);
std::vector<Variable> get_model_variables(const std::string& scope = "", const std::string& suffix = "");
std::vector<Variable> get_local_variables(const std::string& scope = "", const std::string& suffix = "");
std::vector<Variable> get_trainable_variables(const std::string& scope = "", const std::string& suffix = "");
// Those in the scopes of `include` (unset: all) and not in those of `exclude`.
std::vector<Variable> get_variables_to_restore(const std::optional<std::vector<std::string>>& include = std::nullopt,
                                               const std::vector<std::string>& exclude = {});
std::vector<Variable> get_variables_by_suffix(const std::string& suffix, const std::string& scope = "");
// Those called so in whatever scope.
std::vector<Variable> get_variables_by_name(const std::string& given_name, const std::string& scope = "");
// The one of exactly this name. ValueError: "Couldn't find variable v", "Variable v does not uniquely identify a
// variable".
Variable get_unique_variable(const std::string& var_op_name);
// Its name, or that of the variable that it is a part of.
std::string get_variable_full_name(const Variable& var);

struct FilterOptions {
  std::optional<std::vector<std::string>> include_patterns;  // unset: all
  std::vector<std::string> exclude_patterns;
  bool reg_search = true;  // false: patterns match from the beginning of names
};
// Those whose names match a pattern of include_patterns and none of exclude_patterns.
std::vector<Variable> filter_variables(const std::vector<Variable>& var_list, const FilterOptions& options = {});

// An operation that assigns values to variables, and the feed_dict that it is run with.
// ValueError: a shape is another one.
std::pair<Operation, FeedDict> assign_from_values(
    const std::vector<std::pair<std::string, Tensor>>& var_names_to_values);

}  // namespace reflow::contrib::framework
