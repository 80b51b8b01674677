#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::passes {

// What a pass works on: a session's own copy of a graph, pruned to what one signature needs. Feeds have been replaced by
// "_Feed" nodes (attr "index"), fetches are read by "_Fetch" nodes (attr "index"), targets are in `roots` beside these.
// Devices are assigned. Roots stay, and so do stateful ops, refs and what depends on them in their order.
struct PassContext {
  graph::Graph* graph = nullptr;
  std::vector<graph::Node*> roots;
};

struct Pass {
  std::string_view name;         // its off-switch: SessionOptions::disabled_passes
  std::string_view description;  // one sentence, for the generated page
  Status (*run)(PassContext& context);
};

// The passes in their order.
const std::vector<Pass>& pipeline();

// Runs the pipeline but for `disabled`, each pass behind one wrapper: timer (REFLOW_DEBUG), off-switch, verification of
// the graph in debug builds, dump after each (REFLOW_DUMP_GRAPH). A pass that fails leaves its error.
Status run_pipeline(PassContext& context, const std::set<std::string>& disabled);

// Checks the invariants of a graph: edges known at both ends, inputs of the right type, no cycle but through
// NextIteration. Internal: what is wrong.
Status verify(const graph::Graph& graph);

}  // namespace reflow::passes
