#pragma once

#include <google/protobuf/message_lite.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/thread_pool.h"
#include "reflow/distributed/graph_run.h"
#include "reflow/distributed/partial_graph_run.h"
#include "reflow/distributed/step_rendezvous.h"
#include "reflow/distributed/worker_session.h"

namespace tensorflow {
class CreateWorkerSessionRequest;
class DeviceAttributes;
class RegisterGraphRequest;
}  // namespace tensorflow

namespace reflow::distributed {

// A task's share of the work: it keeps the devices with their variables, and runs parts of graphs for masters, its own and
// those of other tasks. Thread-safe.
class Worker {
 public:
  // `peers` outlives it. `cpu_devices` devices, whose kernels share `pool`.
  Worker(std::string task, int cpu_devices, ThreadPool* pool, Peers* peers);
  ~Worker();

  const std::string& task() const { return task_; }
  const std::vector<tensorflow::DeviceAttributes>& device_attributes() const { return attributes_; }

  // A call of the worker service but RunGraph and RecvTensor, by the name of its method: both messages are that method's.
  // Unimplemented: no such method.
  Status call(std::string_view method, const google::protobuf::MessageLite& request, google::protobuf::MessageLite* response);

  // Runs a registered graph on this thread. `cancellation` may be null; `deadline` may be the beginning of time.
  Status run_graph(const GraphRun& run, op::CancellationManager* cancellation,
                   std::chrono::steady_clock::time_point deadline, GraphRunResult* result);

  // Hands out what a step sends on this task, once it has.
  void recv_tensor(int64_t step_id, const std::string& key, op::Rendezvous::Receiver receiver);

  // Ends all that goes on.
  void shut_down();

 private:
  StatusOr<std::shared_ptr<WorkerSession>> session(const std::string& handle, bool is_made);
  Status create_session(const tensorflow::CreateWorkerSessionRequest& request);
  StatusOr<std::string> register_graph(const tensorflow::RegisterGraphRequest& request);
  Status run_partial(const GraphRun& run, WorkerSession& session, const std::shared_ptr<RegisteredGraph>& graph,
                     const std::shared_ptr<StepRendezvous>& rendezvous, op::CancellationManager* cancellation,
                     GraphRunResult* result);

  const std::string task_;
  ThreadPool* const pool_;
  WorkerSession::Devices devices_;
  std::vector<tensorflow::DeviceAttributes> attributes_;
  StepRendezvousTable steps_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<WorkerSession>> sessions_;
  std::map<std::pair<std::string, int64_t>, std::shared_ptr<PartialGraphRun>> partial_runs_;  // by graph and step
  std::shared_ptr<WorkerSession> legacy_session_;  // of masters that make none
  std::vector<std::shared_ptr<WorkerSession>> ended_;  // whose functions iterators on the devices may still call
};

}  // namespace reflow::distributed
