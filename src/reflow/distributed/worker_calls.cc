#include "reflow/distributed/worker_calls.h"

namespace reflow::distributed {

struct WorkerCalls::State {
  std::mutex mutex;
  int outstanding = 1;  // wait() is one, so that all are there before the end is told
  Status status;
  std::function<void(const Status&)> done;

  void end_one(const Status& one) {
    std::unique_lock lock(mutex);
    status.Update(one);
    if (--outstanding > 0) return;
    const Status all = status;
    lock.unlock();
    done(all);
  }
};

WorkerCalls::WorkerCalls() : state_(std::make_shared<State>()) { state_->done = completion_.done(); }

WorkerStub::Done WorkerCalls::one(std::function<void(const Status&)> ended) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->outstanding;
  }
  return [state = state_, ended = std::move(ended)](const Status& status) {
    if (ended) ended(status);
    state->end_one(status);
  };
}

void WorkerCalls::start(WorkerStub& worker, std::string_view method, const google::protobuf::MessageLite& request,
                        google::protobuf::MessageLite* response, const RpcOptions& options) {
  worker.call(method, request, response, options, one());
}

Status WorkerCalls::wait(op::CancellationManager* cancellation, std::chrono::steady_clock::time_point deadline) {
  state_->end_one(OkStatus());
  return completion_.wait(cancellation, deadline);
}

}  // namespace reflow::distributed
