#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "reflow/distributed/completion.h"
#include "reflow/distributed/worker_stub.h"

namespace reflow::distributed {

// Calls to several workers that go on at the same time, and are waited for together. Who makes one waits, before what the
// calls refer to goes.
class WorkerCalls {
 public:
  WorkerCalls();
  // Starts a call that `wait` waits for. On this task, it has ended on return.
  void start(WorkerStub& worker, std::string_view method, const google::protobuf::MessageLite& request,
             google::protobuf::MessageLite* response, const RpcOptions& options = {});
  // What the end of one more call is to be told to: `ended` hears of it first.
  WorkerStub::Done one(std::function<void(const Status&)> ended = {});
  // Waits for all: the first error. REQUIRES: called once. See Completion::wait.
  Status wait(op::CancellationManager* cancellation = nullptr, std::chrono::steady_clock::time_point deadline = {});

 private:
  struct State;
  std::shared_ptr<State> state_;
  Completion completion_;
};

}  // namespace reflow::distributed
