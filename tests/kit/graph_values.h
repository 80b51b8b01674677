#pragma once

#include <span>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/tensor/tensor.h"

namespace reflow::testing {

using Feeds = std::vector<std::pair<graph::Endpoint, Tensor>>;

// The values of `fetches`, each node run on its own by op::evaluate: for tests of stateless graphs without control flow,
// below the runtime. An endpoint that is no endpoint gives an invalid tensor.
StatusOr<std::vector<Tensor>> graph_values(std::span<const graph::Endpoint> fetches, const Feeds& feeds);

// A placeholder of the type; its shape may be unknown.
StatusOr<graph::Endpoint> make_placeholder(graph::Graph& graph, DType type, const Shape& shape);

}  // namespace reflow::testing
