#include "reflow/runtime/async_kernels.h"

#include <algorithm>

#include "reflow/base/interrupt.h"
#include "reflow/runtime/compute.h"

namespace reflow::runtime {

AsyncKernels::~AsyncKernels() {
  if (!watching_) return;
  control_.session->remove_callback(session_token_);
  if (control_.caller != nullptr) control_.caller->remove_callback(caller_token_);
}

void AsyncKernels::start(std::unique_ptr<Activity> activity) {
  Activity* const running = activity.release();
  running_.push_back(running);
  const auto done = [this, running](Status status) {
    running->status = std::move(status);
    const std::lock_guard lock(mutex_);
    finished_.emplace_back(running);
    done_.notify_one();
  };
  op::Kernel& kernel = *plan_.instructions[running->task.instruction].kernel;
  if (kernel.is_async()) {
    kernel.compute_async(*running->context, done);
  } else {
    plan_.pool->schedule([&kernel, running, done] { done(compute(kernel, *running->context)); });
  }
}

std::vector<std::unique_ptr<Activity>> AsyncKernels::take_finished() {
  std::vector<std::unique_ptr<Activity>> finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
  }
  for (const auto& activity : finished) std::erase(running_, activity.get());
  return finished;
}

bool AsyncKernels::wait(bool ending) {
  constexpr auto kLong = std::chrono::seconds(60);
  if (!watching_) watch();
  std::unique_lock lock(mutex_);
  const auto called = [this, ending] { return !finished_.empty() || (woken_ && !ending); };
  auto until = std::chrono::steady_clock::now() + kLong;
  if (control_.has_deadline() && !ending) until = std::min(until, control_.deadline);
  const bool in_time = wait_until(lock, until, ending, called);
  woken_ = false;
  return in_time;
}

// For who may be interrupted meanwhile, in steps.
template <typename Called>
bool AsyncKernels::wait_until(std::unique_lock<std::mutex>& lock, std::chrono::steady_clock::time_point until, bool ending,
                              Called called) {
  if (!Interrupt::possible()) return done_.wait_until(lock, until, called);
  while (true) {
    const auto now = std::chrono::steady_clock::now();
    if (done_.wait_until(lock, std::min(until, now + Interrupt::kInterval), called)) return true;
    if (now >= until) return false;
    if (ending) continue;
    lock.unlock();
    const bool interrupted = Interrupt::requested();  // without the lock: it may run a program's code
    lock.lock();
    if (interrupted) return true;
  }
}

// From now on a cancellation wakes wait().
void AsyncKernels::watch() {
  watching_ = true;
  const auto wake = [this] {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    done_.notify_one();
  };
  session_token_ = control_.session->next_token();
  bool too_late = !control_.session->add_callback(session_token_, wake);
  if (control_.caller != nullptr) {
    caller_token_ = control_.caller->next_token();
    too_late |= !control_.caller->add_callback(caller_token_, wake);
  }
  if (too_late) wake();
}

std::string AsyncKernels::describe() const {
  constexpr size_t kMost = 5;
  std::string text;
  for (size_t i = 0; i < std::min(running_.size(), kMost); ++i) {
    const graph::Node& node = *plan_.instructions[running_[i]->task.instruction].node;
    text += fmt::format("{}{} ({})", i ? ", " : "", node.name(), node.type());
  }
  if (running_.size() > kMost) text += fmt::format(" and {} more", running_.size() - kMost);
  return text;
}

}  // namespace reflow::runtime
