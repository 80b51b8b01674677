#pragma once

#include <memory>

#include "reflow/distributed/completion.h"
#include "reflow/distributed/registered_graph.h"

namespace reflow::distributed {

// A registered graph that runs while several calls of the client feed it and fetch from it. Thread-safe.
class PartialGraphRun {
 public:
  // Begins to run, on a thread of `pool`.
  static std::shared_ptr<PartialGraphRun> start(std::shared_ptr<RegisteredGraph> graph,
                                                std::shared_ptr<StepRendezvous> rendezvous, ThreadPool* pool,
                                                op::CancellationManager* session, int64_t step_id);

  // Feeds what `run` gives, and waits for what it takes; the last time for the end too.
  Status advance(const GraphRun& run, op::CancellationManager* caller, GraphRunResult* result);

 private:
  std::shared_ptr<StepRendezvous> rendezvous_;
  Completion end_;
};

}  // namespace reflow::distributed
