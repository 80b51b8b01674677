#pragma once

#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::distributed {

// Which nodes are within loops, by id: executed in a frame other than the run's own. Of Enter and Exit, the inner side
// counts: both are within.
std::vector<bool> nodes_in_loops(const graph::Graph& graph);

}  // namespace reflow::distributed
