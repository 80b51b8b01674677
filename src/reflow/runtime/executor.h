#pragma once

#include <chrono>

#include "reflow/op/cancellation.h"
#include "reflow/runtime/program.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// What may end a run before its end. Polled between steps.
struct RunControl {
  const std::atomic<bool>* session_closed = nullptr;
  op::CancellationManager* caller = nullptr;
  bool has_deadline = false;
  std::chrono::steady_clock::time_point deadline;
  int64_t timeout_ms = 0;

  // OK, or Cancelled, or DeadlineExceeded.
  Status check() const;
};

// Runs the steps of `program` on this thread, in order; kernels share their work over the pool. Feeds are in their
// slots. Errors name the node.
Status run_straight_line(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata);

// Runs a plan with control flow or blocking kernels: nodes as their inputs arrive, with frames, iterations and dead
// tensors as TensorFlow defines them. Fetched values are left in their slots.
Status run_dataflow(const Program& program, Frame& frame, const RunControl& control, RunMetadata* metadata);

}  // namespace reflow::runtime
