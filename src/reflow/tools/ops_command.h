#pragma once

#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::tools {

// `reflow ops`: name and summary of each op whose name contains `filter`, in any case. NotFound: none does.
StatusOr<std::string> list_ops(std::string_view filter);

// `reflow ops NAME`: definition, documentation, types of the kernels by device, gradient. NotFound, with the nearest
// names: no such op.
StatusOr<std::string> describe_op(std::string_view name);

// `reflow ops --missing`: the ops of TensorFlow 1.15 that aren't there, one a line, and how many these are.
std::string list_missing_ops();

}  // namespace reflow::tools
