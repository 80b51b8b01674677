#include "reflow/distributed/completion.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "reflow/base/interrupt.h"

namespace reflow::distributed {

struct Completion::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  Status status;
};

Completion::Completion() : state_(std::make_shared<State>()) {}

std::function<void(const Status&)> Completion::done() const {
  return [state = state_](const Status& status) {
    const std::lock_guard lock(state->mutex);
    state->ended = true;
    state->status = status;
    state->changed.notify_all();
  };
}

bool Completion::wait_for(std::chrono::milliseconds time) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, time, [this] { return state_->ended; });
}

Status Completion::wait(op::CancellationManager* cancellation, std::chrono::steady_clock::time_point deadline) {
  using Clock = std::chrono::steady_clock;
  const bool has_deadline = deadline != Clock::time_point();
  bool timed_out = false, interrupted = false;
  const auto ended = [this] { return state_->ended; };
  std::unique_lock lock(state_->mutex);
  while (!state_->ended) {
    if (timed_out || interrupted || (!has_deadline && !Interrupt::possible())) {
      state_->changed.wait(lock, ended);
      break;
    }
    Clock::time_point until = Interrupt::possible() ? Clock::now() + Interrupt::kInterval : deadline;
    if (has_deadline) until = std::min(until, deadline);
    if (state_->changed.wait_until(lock, until, ended)) break;
    lock.unlock();
    interrupted = Interrupt::requested();
    timed_out = has_deadline && Clock::now() >= deadline;
    if ((interrupted || timed_out) && cancellation != nullptr) cancellation->cancel();
    lock.lock();
  }
  if (timed_out && !state_->status.ok()) return deadline_exceeded("Operation timed out.");
  return state_->status;
}

}  // namespace reflow::distributed
