#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/distributed/master_session.h"
#include "reflow/distributed/master_stub.h"
#include "reflow/distributed/peers.h"
#include "reflow/distributed/worker.h"

namespace reflow::distributed {

// The master of a server: it makes sessions of clients over all tasks of the cluster that they don't filter out.
// Thread-safe.
class Master : public MasterStub {
 public:
  // All outlive it.
  Master(Worker* worker, Peers* peers) : worker_(worker), peers_(peers) {}

  // Waits for all tasks to answer, as long as it takes, or `timeout_ms`.
  StatusOr<std::string> create_session(const tensorflow::GraphDef& graph, const std::string& config, const std::string& target,
                                       int64_t timeout_ms, int64_t* graph_version) override;
  // The same; `cancellation` ends it.
  StatusOr<std::string> create_session(const tensorflow::GraphDef& graph, const tensorflow::ConfigProto& config,
                                       int64_t timeout_ms, op::CancellationManager* cancellation, int64_t* graph_version);
  Status extend_session(const std::string& session, const tensorflow::GraphDef& graph, int64_t* graph_version) override;
  Status run_step(const Step& step, op::CancellationManager* cancellation, StepResult* result) override;
  StatusOr<std::string> partial_run_setup(const std::string& session, const std::vector<std::string>& feeds,
                                          const std::vector<std::string>& fetches,
                                          const std::vector<std::string>& targets) override;
  Status close_session(const std::string& session) override;
  // Without a session: those of all workers.
  Status list_devices(const std::string& session, tensorflow::ListDevicesResponse* response) override;
  Status reset(const std::vector<std::string>& containers, const std::vector<std::string>& device_filters) override;

  // A signature that is run often, by a number.
  StatusOr<int64_t> make_callable(const std::string& session, Step step);
  StatusOr<Step> callable(const std::string& session, int64_t handle);
  Status release_callable(const std::string& session, int64_t handle);

  void shut_down();

 private:
  // Aborted: "Session {} is not found.".
  StatusOr<std::shared_ptr<MasterSession>> find(const std::string& session);
  StatusOr<SessionWorkers> find_workers(const std::vector<std::string>& device_filters, int64_t timeout_ms,
                                        op::CancellationManager* cancellation);

  Worker* const worker_;
  Peers* const peers_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<MasterSession>> sessions_;
  std::map<std::pair<std::string, int64_t>, Step> callables_;  // by session and handle
  int64_t num_callables_ = 0;
};

}  // namespace reflow::distributed
