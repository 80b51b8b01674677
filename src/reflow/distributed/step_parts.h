#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "reflow/distributed/master_stub.h"
#include "reflow/distributed/partitioner.h"
#include "reflow/distributed/worker_stub.h"

namespace tensorflow {
class GraphOptions;
}

namespace reflow::distributed {

// What the workers run for one signature: the parts of the graph, registered with them. Any thread may run it.
class StepParts {
 public:
  // Feeds and fetches by number in the signature.
  StepParts(std::string session, std::vector<std::string> feeds, std::vector<std::string> fetches)
      : session_(std::move(session)), feeds_(std::move(feeds)), fetches_(std::move(fetches)) {}

  // Registers the parts with the workers of their tasks.
  Status register_parts(std::vector<GraphPart> parts, const std::map<std::string, std::shared_ptr<WorkerStub>>& workers,
                        const tensorflow::GraphOptions& options);
  // Gives them up, as far as workers can be reached.
  void deregister();

  struct Options {
    int64_t step_id = 0;
    std::chrono::steady_clock::time_point deadline{};
    bool trace = false, partition_graphs = false, report_allocations_on_oom = false;
    bool is_partial = false, is_last_partial_run = false;
  };
  // Runs all parts, and ends when all have. feeds[i] is the value of feed i; not valid(): isn't given this time. `fetches`
  // are the numbers of those that are taken.
  Status run(const std::vector<Tensor>& feeds, const std::vector<int>& fetches, const Options& options,
             op::CancellationManager* cancellation, StepResult* result);
  // Frees what the workers keep for a step; doesn't wait.
  void clean_up(int64_t step_id);

  const std::vector<std::string>& feeds() const { return feeds_; }
  const std::vector<std::string>& fetches() const { return fetches_; }

 private:
  struct Part {
    GraphPart part;
    std::shared_ptr<WorkerStub> worker;
    std::string handle;
  };
  const std::string session_;
  const std::vector<std::string> feeds_, fetches_;
  std::vector<Part> parts_;
};

}  // namespace reflow::distributed
