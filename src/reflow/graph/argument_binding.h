#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/node_builder.h"

namespace reflow::graph {

// Lays `inputs` out flat for the arguments of `op`, and completes `attrs`: type and number attributes from the inputs,
// defaults for the rest. The errors are those of Python's op functions.
Status bind_arguments(const OpDef& op, std::vector<OpInput>& inputs, AttrMap* attrs, std::vector<Endpoint>* flat);

// TypeError: `def` doesn't allow `type`, which the argument called `parameter` has.
Status check_allowed(const AttrDef& def, DType type, std::string_view parameter);

// Makes `value` what `def` says where C++ code has given a neighbouring kind: an int for a float, an empty list.
void adapt_kind(const AttrDef& def, AttrValue* value);
bool has_kind(const AttrDef& def, const AttrValue& value);

}  // namespace reflow::graph
