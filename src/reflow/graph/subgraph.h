#pragma once

#include <memory>
#include <span>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// What one signature needs of a graph, as a graph of its own.
struct Subgraph {
  std::unique_ptr<Graph> graph;
  std::vector<Node*> feeds;    // "_Feed" nodes, one a fed tensor, used or not
  std::vector<Node*> fetches;  // "_Fetch" nodes
  std::vector<Node*> targets;  // the copies
};

// Copies the nodes that `fetches` and `targets` depend on, cut at `feeds`, whose values come from _Feed nodes instead.
// Order of creation, names, attributes, shapes and requested devices are kept. REQUIRES: all belong to `graph`, whose
// mutex is held; no tensor is fed twice.
StatusOr<Subgraph> extract_subgraph(const Graph& graph, std::span<const Endpoint> feeds,
                                    std::span<const Endpoint> fetches, std::span<Node* const> targets);

}  // namespace reflow::graph
