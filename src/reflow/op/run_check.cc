#include "reflow/op/run_check.h"

#include <chrono>

#include "reflow/base/interrupt.h"
#include "reflow/op/cancellation.h"
#include "reflow/op/function_runner.h"

namespace reflow::op {

Status check_run(const RunEnv& env) {
  if (env.cancellation != nullptr && env.cancellation->cancelled()) return cancelled("Run call was cancelled");
  if (Interrupt::requested()) return cancelled("Run call was interrupted");
  const auto deadline = CallScope::current().deadline;
  if (deadline != std::chrono::steady_clock::time_point() && std::chrono::steady_clock::now() > deadline) {
    return deadline_exceeded("Timed out waiting for notification");
  }
  return OkStatus();
}

}  // namespace reflow::op
