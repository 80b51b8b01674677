#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "reflow/base/status.h"
#include "reflow/op/cancellation.h"

namespace reflow::distributed {

// The end of something that goes on elsewhere, for who waits for it.
class Completion {
 public:
  Completion();
  // What to call with the result, once; may be called when nobody waits any more.
  std::function<void(const Status&)> done() const;
  // The result. Ctrl-C, and the deadline if there is one, cancel `cancellation`, and the result is waited for still.
  // DeadlineExceeded: "Operation timed out.", once the deadline has passed.
  Status wait(op::CancellationManager* cancellation, std::chrono::steady_clock::time_point deadline = {});
  // True when the result is there within `time`.
  bool wait_for(std::chrono::milliseconds time);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace reflow::distributed
