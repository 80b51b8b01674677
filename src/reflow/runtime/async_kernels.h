#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/runtime/executor.h"
#include "reflow/runtime/ready_queue.h"
#include "reflow/runtime/tracer.h"

namespace reflow::runtime {

// An asynchronous instruction that runs, with what its kernel needs to live meanwhile.
struct Activity {
  Task task;
  std::vector<op::Value*> inputs;
  std::unique_ptr<op::KernelContext> context;
  Status status;
  Tracer::Begin begin;
};

// The asynchronous kernels of a run that are running. The run's thread starts them, waits for them and takes up their
// ends; they end on any thread. All have ended before this does.
class AsyncKernels {
 public:
  AsyncKernels(const Plan& plan, const RunControl& control) : plan_(plan), control_(control) {}
  ~AsyncKernels();

  bool empty() const { return running_.empty(); }
  void start(std::unique_ptr<Activity> activity);
  // Those that have ended since the last call.
  std::vector<std::unique_ptr<Activity>> take_finished();

  // Until a kernel has ended, or the run is cancelled, timed out or interrupted. ending: the run ends anyway, so that only
  // the former counts. False: a minute has passed.
  bool wait(bool ending);

  // The nodes whose kernels run, for messages.
  std::string describe() const;

 private:
  void watch();
  template <typename Called>
  bool wait_until(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until, bool ending, Called called);

  const Plan& plan_;
  const RunControl& control_;
  std::vector<const Activity*> running_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::unique_ptr<Activity>> finished_;  // guarded by mutex_
  bool woken_ = false;                               // likewise
  bool watching_ = false;
  op::CancellationManager::Token session_token_ = 0, caller_token_ = 0;
};

}  // namespace reflow::runtime
