#pragma once

#include <google/protobuf/message_lite.h>

#include <functional>
#include <memory>
#include <string_view>

#include "reflow/distributed/graph_run.h"
#include "reflow/distributed/rpc.h"
#include "reflow/distributed/worker.h"

namespace reflow::distributed {

// A worker as masters see it, on this task or another. Thread-safe. What is passed by reference or pointer has to live
// until `done` is called.
class WorkerStub {
 public:
  using Done = std::function<void(const Status&)>;
  virtual ~WorkerStub() = default;
  // On this task: what is called runs on the caller's thread.
  virtual bool is_local() const = 0;
  // A method of the worker service with both of its messages.
  virtual void call(std::string_view method, const google::protobuf::MessageLite& request,
                    google::protobuf::MessageLite* response, const RpcOptions& options, Done done) = 0;
  virtual void run_graph(const GraphRun& run, const RpcOptions& options, GraphRunResult* result, Done done) = 0;
};

std::unique_ptr<WorkerStub> local_worker(Worker* worker);
std::unique_ptr<WorkerStub> remote_worker(std::shared_ptr<Channel> channel);

}  // namespace reflow::distributed
