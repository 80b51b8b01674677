#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/eager/records.h"

namespace reflow::eager {

// A tape where a graph is built: tf.GradientTape in a graph. The graph itself remembers its ops; the tape knows which of them
// count, and builds the gradients as a tape computes them: in the scope where they are asked for, without names for each op.
// The graph must outlive it. For one thread at a time.
class GraphTape {
 public:
  explicit GraphTape(graph::Graph& graph) : graph_(graph) {}

  // From now on, until stop(), ops that depend on what is watched are remembered.
  void start();
  void stop();
  // From now on what depends on `e` is remembered.
  void watch(Endpoint e) { watched_.emplace_back(graph_.num_node_ids(), e); }

  // As Tape::gradient. `handles` are variables that are watched where an op reads them. Nothing: it has to do with functions
  // of the graph, which it can't differentiate.
  StatusOr<std::optional<std::vector<Gradient>>> gradient(std::span<const Endpoint> targets, std::span<const Endpoint> sources,
                                                          std::span<const Gradient> output_gradients,
                                                          std::span<const Endpoint> handles) const;

 private:
  graph::Graph& graph_;
  std::vector<std::pair<int, int>> spans_;             // of the numbers of nodes that were made while it recorded
  std::vector<std::pair<int, Endpoint>> watched_;      // with the number of the first node after
  std::optional<int> start_;
};

}  // namespace reflow::eager
