#pragma once

// Which nodes of a function's body have to run, and in what order. Not for users.

#include <span>
#include <vector>

#include "reflow/graph/graph.h"

namespace reflow::client {

// What TensorFlow calls automatic control dependencies: makes stateful nodes of `body` that use one resource, and those
// that use none, run in the order of their making, and the nodes of `results` wait for all that has to run. Returns what
// has to run. Reads of random numbers count as free of effects; loops order themselves.
std::vector<graph::Node*> order_side_effects(graph::Graph& body, std::span<graph::Node* const> results);

}  // namespace reflow::client
