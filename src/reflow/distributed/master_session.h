#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/distributed/master_stub.h"
#include "reflow/distributed/partitioner.h"
#include "reflow/distributed/step_parts.h"
#include "reflow/distributed/worker_stub.h"
#include "reflow/graph/graph.h"
#include "reflow/op/device.h"
#include "tensorflow/core/framework/device_attributes.pb.h"
#include "tensorflow/core/protobuf/config.pb.h"

namespace reflow::distributed {

// The workers of a session and what they have said of themselves.
struct SessionWorkers {
  std::map<std::string, std::shared_ptr<WorkerStub>> stubs;  // by task
  std::vector<tensorflow::DeviceAttributes> local_devices, remote_devices;
};

// A session of a master: the client's graph, placed on the devices of the cluster, and what of it has been registered with
// the workers for each signature that was run. Thread-safe.
class MasterSession {
 public:
  // Makes the session with all workers too.
  static StatusOr<std::shared_ptr<MasterSession>> create(std::string handle, tensorflow::ConfigProto config,
                                                         SessionWorkers workers, const tensorflow::GraphDef& graph);

  const std::string& handle() const { return handle_; }
  int64_t graph_version();
  // Adds nodes. Aborted: `*version` isn't that of the graph, "Current version is {} but caller expected {}.".
  Status extend(const tensorflow::GraphDef& graph, int64_t* version);

  Status run(const Step& step, op::CancellationManager* cancellation, StepResult* result);
  StatusOr<std::string> partial_run_setup(const std::vector<std::string>& feeds, const std::vector<std::string>& fetches,
                                          const std::vector<std::string>& targets);
  const SessionWorkers& workers() const { return workers_; }

  // Cancels what runs.
  void cancel() { cancellation_.cancel(); }
  // The same, waits for it, and ends the session with the workers.
  Status close();

 private:
  // A partial run that goes on.
  struct PartialRun {
    std::shared_ptr<StepParts> parts;
    int64_t step_id;
    std::vector<bool> fed, fetched;
  };
  MasterSession(std::string handle, tensorflow::ConfigProto config, SessionWorkers workers);
  Status create_worker_sessions();
  Status add_nodes(const tensorflow::GraphDef& graph);
  StatusOr<std::shared_ptr<StepParts>> parts_of(const std::vector<std::string>& feeds, const std::vector<std::string>& fetches,
                                                const std::vector<std::string>& targets, bool partial);
  StatusOr<std::shared_ptr<StepParts>> build(const std::vector<std::string>& feeds, const std::vector<std::string>& fetches,
                                             const std::vector<std::string>& targets);
  Status keep_placements(graph::Graph& pruned) const;
  Status run_partial(const Step& step, op::CancellationManager* cancellation, StepResult* result);
  Status end_with_workers();

  const std::string handle_;
  const tensorflow::ConfigProto config_;
  const SessionWorkers workers_;
  std::vector<ClusterDevice> devices_;                     // in the order in which they are preferred
  std::vector<std::unique_ptr<op::Device>> placer_devices_;  // the same, for the placer
  ClusterDevice client_device_;

  std::mutex mutex_;  // of all below
  graph::Graph graph_;
  int64_t graph_version_ = 0;
  std::map<std::string, std::shared_ptr<StepParts>> parts_;  // by signature
  std::map<std::string, PartialRun> partial_runs_;
  int64_t num_partial_runs_ = 0;
  bool closed_ = false;
  int num_running_ = 0;
  std::condition_variable ended_;
  op::CancellationManager cancellation_;
};

}  // namespace reflow::distributed
