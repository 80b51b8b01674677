#pragma once

#include <optional>
#include <span>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// The function that a node calls, by its own type or, PartitionedCall and StatefulPartitionedCall, by attribute `f`. None: it
// calls none.
std::optional<NameAttrList> function_called_by(const Node& node);

// The shapes of what a call gives for inputs of these shapes: those of the results in a body made for them. None: the node
// is no call of a function that its graph has, or its attribute `_disable_call_shape_inference` is true. Unknown where a body
// has ops that are not there, calls itself, or leads to more bodies than anyone would write. An error is what makes the body
// no graph, or what its nodes say of their inputs.
StatusOr<std::optional<std::vector<Shape>>> shapes_of_call(const Node& node, std::span<const Shape> inputs);

}  // namespace reflow::graph
