#pragma once

#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::passes {

// By id: nodes with equal numbers are executed together. They belong to the same loop, or to none, and where the values of
// one are dead, in an untaken branch or after a loop's last iteration, so are those of the other. 0: nodes that always
// run, once. `order` is topological.
std::vector<int> liveness_classes(const graph::Graph& graph, const std::vector<graph::Node*>& order);

}  // namespace reflow::passes
