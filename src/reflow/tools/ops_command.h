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

}  // namespace reflow::tools
