#pragma once

#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/tensor/shape.h"

namespace reflow::runtime {

// Is it an If, Case or While, whether or not it can be lowered?
bool is_functional(const graph::Node& node);

// Can it be? Not: predicates that aren't known to be boolean scalars, numbers of branches that aren't known to be
// scalars, and who says so by the attribute
// _lower_using_switch_merge = false. *invariants: of a While, the shapes that its values keep in all iterations.
bool can_lower(const graph::Node& node, const graph::Graph& library, std::vector<Shape>* invariants);

// Puts a cond of Switch and Merge in the place of an If, conds within each other in that of a Case, a loop in that of a
// While. Their functions become calls, named NODE/then, NODE/else, NODE/branch0, ..., NODE/cond and NODE/body, which are appended to *calls. The node becomes a NoOp that waits for
// their ends. REQUIRES: can_lower().
Status lower_functional(graph::Graph& graph, graph::Node* node, const std::vector<Shape>& invariants,
                        std::vector<graph::Node*>* calls);

}  // namespace reflow::runtime
