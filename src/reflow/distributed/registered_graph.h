#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "reflow/distributed/graph_run.h"
#include "reflow/distributed/step_rendezvous.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph.h"
#include "reflow/runtime/compiler.h"
#include "reflow/runtime/functions.h"
#include "reflow/runtime/plan_run.h"

namespace tensorflow {
class GraphDef;
}

namespace reflow::distributed {

// The part of a client's graph that one task runs, as the master has registered it: with _Recv and _Send nodes where
// values come from and go to other tasks, and the client. Thread-safe after load().
class RegisteredGraph {
 public:
  // What the session has that owns it; all outlives it.
  struct Surroundings {
    runtime::SessionOptions options;
    std::span<const std::unique_ptr<op::Device>> devices;
    ThreadPool* pool;
    op::CancellationManager* session;
    std::mutex* compile_mutex;  // guards `kernels`
    runtime::KernelCache* kernels;
  };
  explicit RegisteredGraph(Surroundings surroundings);

  // Imports and compiles the graph. Errors: those of import, placement and kernels.
  Status load(const tensorflow::GraphDef& def);

  // Runs it, on this thread.
  Status run(const GraphRun& run, StepRendezvous& rendezvous, const runtime::RunSettings& settings, GraphRunResult* result);
  // Runs it to its end, while feeds and fetches of the client pass through the rendezvous.
  Status run_partial(StepRendezvous& rendezvous, runtime::RunSettings settings);

  // What it leaves on the devices, iterators above all, may call these after it has been given up.
  bool has_functions() const { return !graph_.functions().names().empty(); }

 private:
  Status find_ends();
  StatusOr<std::shared_ptr<runtime::Plan>> compile(bool partial);
  Status explain(const Status& status, int64_t step_id) const;
  Status take(const GraphRun& run, const std::vector<Tensor>& fetched, GraphRunResult* result) const;

  Surroundings surroundings_;
  graph::Graph graph_;
  runtime::Functions functions_;
  runtime::Compiler compiler_;
  std::string graph_def_;
  bool has_peers_ = false;  // values come from other tasks
  std::vector<graph::Endpoint> feeds_, fetches_;
  std::map<std::string, int> feed_numbers_, fetch_numbers_;  // by key
  std::vector<graph::Node*> targets_, sinks_;  // what nobody reads; `sinks_` has the client's ends too
  std::shared_ptr<runtime::Plan> plan_;
  std::mutex partial_mutex_;
  std::shared_ptr<runtime::Plan> partial_plan_;
};

}  // namespace reflow::distributed
