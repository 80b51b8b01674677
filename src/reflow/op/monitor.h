#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "reflow/base/status.h"
#include "reflow/op/cancellation.h"
#include "reflow/op/resource_manager.h"

namespace reflow::op {

// A resource whose callers may have to wait for a state of it: they say what to do then, and give their thread back. They
// are served in the order of their coming, each as soon as it can be. Thread-safe.
class Monitor : public Resource, public std::enable_shared_from_this<Monitor> {
 public:
  using Done = std::function<void(Status)>;
  // With the mutex held: true when it has done what it came for, false when it has to wait.
  using Attempt = std::function<StatusOr<bool>()>;

  // Tries `attempt` now and whenever another one has succeeded, until it succeeds or fails; then calls `done` once,
  // without the mutex. Cancelled, "{what} was cancelled": when `cancellation` (may be null) is.
  void when(Attempt attempt, std::string what, CancellationManager* cancellation, Done done);

 protected:
  mutable std::mutex mutex_;  // of the state

 private:
  struct Waiter {
    Attempt attempt;
    std::string what;
    CancellationManager* cancellation;
    CancellationManager::Token token;
    Done done;
    Status status;
  };
  using Waiters = std::list<Waiter>;
  void serve();
  void cancel(const CancellationManager* cancellation, CancellationManager::Token token);
  Waiters waiters_;
};

}  // namespace reflow::op
