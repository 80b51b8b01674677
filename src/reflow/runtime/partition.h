#pragma once

#include <string>
#include <vector>

#include "reflow/runtime/plan.h"

namespace reflow::runtime {

// The graph of `plan` as TensorFlow would hand it to the devices: a serialized GraphDef for each device that has nodes,
// with _Arg and _Retval where values come from and go to the caller, and a _Send and a _Recv for each edge between
// devices (for a control edge, of a constant).
std::vector<std::string> partition_graphs(const Plan& plan);

}  // namespace reflow::runtime
