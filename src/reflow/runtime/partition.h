#pragma once

#include <string>
#include <vector>

#include "reflow/runtime/plan.h"
#include "reflow/runtime/run_metadata.h"

namespace reflow::runtime {

// The graph of `plan` as TensorFlow would hand it to the devices: a serialized GraphDef for each device that has nodes,
// with _Arg and _Retval where values come from and go to the caller, and a _Send and a _Recv for each edge between
// devices (for a control edge, of a constant).
std::vector<std::string> partition_graphs(const Plan& plan);

// The nodes of these graphs as TensorFlow's cost model numbers them, with nothing of what they cost: in each _SOURCE, before
// all that has no inputs, and _SINK, behind all whose outputs nobody reads.
std::vector<CostNode> cost_nodes(const Plan& plan);

}  // namespace reflow::runtime
