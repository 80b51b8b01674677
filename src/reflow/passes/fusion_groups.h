#pragma once

#include <vector>

#include "reflow/passes/fusion_info.h"

namespace reflow::passes {

// Nodes that become one, in the order in which they compute.
using FusionGroup = std::vector<graph::Node*>;

// Groups fusable nodes of a class that are connected. Each group is a piece of one order of the whole graph, so that no
// path leaves a group and comes back. `roots` marks nodes that have to stay what they
// are seen as: at most one is in a group.
std::vector<FusionGroup> find_fusion_groups(const graph::Graph& graph, const FusionAnalysis& analysis,
                                            const std::vector<bool>& roots);

}  // namespace reflow::passes
