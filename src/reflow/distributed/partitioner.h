#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/subgraph.h"

namespace reflow::graph {
class FunctionLibrary;
}

namespace reflow::distributed {

// A device of a cluster.
struct ClusterDevice {
  std::string name;
  std::string task;
  uint64_t incarnation = 0;
};

// What one task runs of a graph.
struct GraphPart {
  std::string task;
  std::string graph_def;  // serialized
  // The numbers of the feeds that it takes and of the fetches that it gives, and their keys in the rendezvous.
  std::vector<std::pair<int, std::string>> feeds, fetches;
};

// Cuts `subgraph` into the parts of the tasks, with a _Send and a _Recv for each value that goes from one task to another.
// Each part has all `functions`. Loops on several tasks get nodes that go round on each (task_loops.h), which `subgraph` has
// afterwards. On the device `client`, that of the master's own task, what the caller feeds comes by a
// _Recv from `client` to itself, and fetches go by a _Send, under their names, "x:0".
// REQUIRES: its nodes have been placed, on `devices`.
// InvalidArgument: a loop on several tasks that has no LoopCond.
StatusOr<std::vector<GraphPart>> partition(const graph::Subgraph& subgraph, const graph::FunctionLibrary& functions,
                                           const std::vector<ClusterDevice>& devices, const ClusterDevice& client,
                                           const std::vector<std::string>& feed_names,
                                           const std::vector<std::string>& fetch_names);

}  // namespace reflow::distributed
