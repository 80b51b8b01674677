#pragma once

#include <cstdint>
#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::passes {

// What has to have happened for a node to run, as sorted numbers: a branch was taken, a loop goes on or has ended. None:
// it always runs, once. A node whose conditions another's include runs wherever that runs.
using Conditions = std::vector<int64_t>;

// By id. `order` is topological.
std::vector<Conditions> liveness_conditions(const graph::Graph& graph, const std::vector<graph::Node*>& order);

// By id: nodes with equal numbers are executed together. They belong to the same loop, or to none, and where the values of
// one are dead, in an untaken branch or after a loop's last iteration, so are those of the other. 0: nodes that always
// run, once.
std::vector<int> liveness_classes(const std::vector<Conditions>& conditions, const std::vector<graph::Node*>& order);

}  // namespace reflow::passes
