#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "reflow/graph/subgraph.h"
#include "reflow/op/device.h"
#include "reflow/runtime/plan.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// Kernels with state by their nodes' names: they go on over all plans of a session, or of a function. Guarded by the
// compiler.
class KernelCache {
 public:
  // The kernel of a node of this name and op; made by `make` when there is none.
  StatusOr<std::shared_ptr<op::Kernel>> find_or_make(
      const graph::Node& node, const std::function<StatusOr<std::unique_ptr<op::Kernel>>()>& make);
  void clear() { kernels_.clear(); }

 private:
  absl::flat_hash_map<std::string, std::shared_ptr<op::Kernel>> kernels_;
};

// Makes plans of graphs for the devices of a session: functions inlined, nodes placed, passes run, kernels made.
// Thread-safe; it makes one at a time.
class Compiler {
 public:
  // All outlive it. `functions` calls the functions that aren't inlined.
  Compiler(const SessionOptions& options, std::span<const std::unique_ptr<op::Device>> devices, ThreadPool* pool,
           op::FunctionRunner* functions)
      : options_(options), devices_(devices), pool_(pool), functions_(functions) {}

  // `original` is the graph that `subgraph` is a part of. Errors: a cycle, placement, kernels that are missing, and what
  // constructors of kernels say.
  StatusOr<std::shared_ptr<Plan>> compile(graph::Subgraph subgraph, const graph::Graph& original, KernelCache& kernels) {
    return compile(std::move(subgraph), original, kernels, options_.disabled_passes);
  }
  // The same, for who can't have some passes: of partial runs, nodes that wait for different feeds are not to be fused.
  StatusOr<std::shared_ptr<Plan>> compile(graph::Subgraph subgraph, const graph::Graph& original, KernelCache& kernels,
                                          const std::set<std::string>& disabled_passes);
  // Where the options want it, says where all nodes of the session's graph are placed, and again when it has grown, as
  // TensorFlow does, which places whole graphs.
  Status log_placement(const graph::Graph& graph);

 private:
  StatusOr<std::shared_ptr<op::Kernel>> kernel_of(const graph::Node& node, KernelCache& kernels);

  const SessionOptions& options_;
  std::span<const std::unique_ptr<op::Device>> devices_;
  ThreadPool* pool_;
  op::FunctionRunner* functions_;
  std::mutex mutex_;
  int num_logged_ = 0;  // ids of nodes below this have been in the log of placements
};

}  // namespace reflow::runtime
