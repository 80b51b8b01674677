#include "reflow/op/monitor.h"

#include <utility>

namespace reflow::op {

void Monitor::when(Attempt attempt, std::string what, CancellationManager* cancellation, Done done) {
  Waiter waiter{std::move(attempt), std::move(what), cancellation, 0, std::move(done), OkStatus()};
  if (cancellation == nullptr) {
    {
      std::lock_guard lock(mutex_);
      waiters_.push_back(std::move(waiter));
    }
    return serve();
  }
  const CancellationManager::Token token = cancellation->next_token();
  waiter.token = token;
  {
    std::lock_guard lock(mutex_);
    waiters_.push_back(std::move(waiter));
  }
  const bool added =
      cancellation->add_callback(token, [self = shared_from_this(), cancellation, token] { self->cancel(cancellation, token); });
  if (!added) return cancel(cancellation, token);
  serve();
}

void Monitor::serve() {
  Waiters finished;
  {
    std::lock_guard lock(mutex_);
    // Success may make that of another possible, one that came earlier too.
    for (auto w = waiters_.begin(); w != waiters_.end();) {
      const StatusOr<bool> result = w->attempt();
      if (result.ok() && !*result) {
        ++w;
        continue;
      }
      w->status = result.status();
      finished.splice(finished.end(), waiters_, w);
      w = waiters_.begin();
    }
  }
  for (Waiter& w : finished) {
    if (w.cancellation != nullptr) w.cancellation->remove_callback(w.token);
    w.done(std::move(w.status));
  }
}

void Monitor::cancel(const CancellationManager* cancellation, CancellationManager::Token token) {
  Waiters cancelled;
  {
    std::lock_guard lock(mutex_);
    for (auto w = waiters_.begin(); w != waiters_.end(); ++w) {
      if (w->cancellation != cancellation || w->token != token) continue;
      cancelled.splice(cancelled.end(), waiters_, w);
      break;
    }
  }
  for (Waiter& w : cancelled) w.done(make_status(StatusCode::kCancelled, w.what + " was cancelled"));
}

}  // namespace reflow::op
