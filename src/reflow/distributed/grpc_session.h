#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "reflow/distributed/master_stub.h"
#include "reflow/runtime/session_backend.h"

namespace reflow::distributed {

// A client's session with a master, "grpc://host:port", which is told of the graph when it is first run and whenever it has
// grown. The master of a server in this process is called directly.
class GrpcSession : public runtime::SessionBackend {
 public:
  static StatusOr<std::unique_ptr<runtime::SessionBackend>> create(const std::string& target, graph::Graph* graph,
                                                                   const runtime::SessionOptions& options);
  static Status reset_target(const std::string& target, std::span<const std::string> containers,
                             const runtime::SessionOptions& options);
  ~GrpcSession() override;

  StatusOr<std::shared_ptr<Prepared>> prepare(const runtime::Signature& signature) override;
  Status run(Prepared& prepared, std::span<const Tensor> feeds, std::vector<Tensor>* fetches,
             const runtime::RunOptions& options, runtime::RunMetadata* metadata) override;
  StatusOr<std::string> partial_run_setup(const runtime::Signature& signature) override;
  Status partial_run(const std::string& handle, std::span<const std::pair<graph::Endpoint, Tensor>> feeds,
                     std::span<const graph::Endpoint> fetches, std::vector<Tensor>* values) override;
  Status close() override;
  StatusOr<std::vector<runtime::DeviceDescription>> list_devices() override;
  Status reset(std::span<const std::string> containers) override;

 private:
  struct Names;
  GrpcSession(std::string target, std::shared_ptr<MasterStub> master, graph::Graph* graph, runtime::SessionOptions options)
      : target_(std::move(target)), master_(std::move(master)), graph_(graph), options_(std::move(options)) {}
  // Tells the master what is new of the graph.
  Status tell_graph();
  Status wait_for(const Step& step, op::CancellationManager* caller, StepResult* result);

  const std::string target_;
  const std::shared_ptr<MasterStub> master_;
  graph::Graph* const graph_;
  const runtime::SessionOptions options_;
  op::CancellationManager cancellation_;  // of all runs, when the session closes
  std::mutex mutex_;                      // of all below
  std::string handle_;                    // empty: the master knows nothing yet
  int num_told_ = 0;                      // ids of nodes below this are known
  int64_t graph_version_ = 0;
  std::atomic<bool> closed_{false};
};

}  // namespace reflow::distributed
