#pragma once

#include <span>
#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::client {

// Has the stateful ops of a function's body run, and run in the order in which they were made where they use the same
// resource: by control edges, as TensorFlow's AutomaticControlDependencies adds them. `nodes` are the body's in their order;
// the nodes of `results` come after all ops that have to run. Random ops and some others aren't put in order. Returns the
// ops that have to run.
std::vector<graph::Node*> order_stateful_ops(graph::Graph& body, std::span<graph::Node* const> nodes,
                                             std::span<const graph::Endpoint> results);

}  // namespace reflow::client
