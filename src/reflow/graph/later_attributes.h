#pragma once

#include <string_view>

#include "reflow/graph/attr_value.h"

namespace reflow::graph {

// Is this an attribute that TensorFlow 2 has given to an op of TensorFlow 1, with a value that asks for what the op does
// without it, or for a check that sound graphs pass? Such attributes are left out when graphs of later versions are imported.
bool changes_nothing(std::string_view op, std::string_view attr, const AttrValue& value);

}  // namespace reflow::graph
