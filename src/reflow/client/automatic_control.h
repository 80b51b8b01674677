#pragma once

#include <span>
#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::client {

// Has the stateful ops of a function's body run, and run in the order in which they were made where they use the same
// resource: by control edges, as TensorFlow's AutomaticControlDependencies adds them. `nodes` are the body's in their order;
// the nodes of `results` come after all ops that have to run. Random ops and some others aren't put in order. A loop is as one
// op to those around it, and its iterations run one after the other where they have such ops. Returns the ops that have to
// run.
std::vector<graph::Node*> order_stateful_ops(graph::Graph& body, std::span<graph::Node* const> nodes,
                                             std::span<const graph::Endpoint> results);

// Has no node of a function's body placed with one of `inputs`, which stand for its arguments: it has no such nodes.
void forget_colocation_with_arguments(graph::Graph& body, std::span<const graph::Endpoint> inputs);

}  // namespace reflow::client
