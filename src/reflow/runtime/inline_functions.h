#pragma once

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::runtime {

// Puts the nodes of functions, named CALL/NODE, in the places of the nodes of `graph` that call them, so that they are
// optimized and run with the rest. If and While become conds and loops first, whose functions are calls. Left as calls: functions that call themselves, those with the attribute _noinline,
// those with side effects within control flow, and what would make the graph too large. `original` is the graph of the
// user, whose names aren't taken. The node of the call becomes a NoOp that waits for the side effects, or goes.
Status inline_functions(graph::Graph& graph, const graph::Graph& original);

}  // namespace reflow::runtime
