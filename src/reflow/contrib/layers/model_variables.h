#pragma once

// Variables of tf.contrib.layers: called and collected as TensorFlow's are. Not for users.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/variable_scope.h"
#include "reflow/contrib/layers/layers.h"

namespace reflow::contrib::layers {

using Names = std::vector<std::pair<std::string, std::string>>;

// A getter of variable scopes that makes model variables; `rename` has other names for the last parts of names.
CustomGetter model_variable_getter(const Names& rename = {});

// The scope of a layer: `scope`, or `default_name` made unique.
VariableScopeOptions scope_options(const std::string& default_name, const std::optional<Reuse>& reuse,
                                   CustomGetter getter = {});

// A variable of the current scope in MODEL_VARIABLES and `collections`.
Variable model_variable(const std::string& name, const Shape& shape, GetVariableOptions options,
                        const std::optional<std::vector<std::string>>& collections);

// Puts a variable into collections, once.
void add_once(const std::optional<std::vector<std::string>>& collections, const Variable& variable);
// The outputs normalised, activated and collected.
Output finished(Output outputs, const std::optional<std::vector<std::string>>& collections,
                const std::optional<Activation>& activation_fn, const std::optional<Activation>& normalizer_fn = {});

}  // namespace reflow::contrib::layers
