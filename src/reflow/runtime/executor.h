#pragma once

#include <chrono>

#include "reflow/op/cancellation.h"
#include "reflow/runtime/program.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// What may end a run before its end. Polled between steps; a run that waits is woken.
struct RunControl {
  op::CancellationManager* session = nullptr;  // cancelled when it closes
  op::CancellationManager* caller = nullptr;   // may be null
  std::chrono::steady_clock::time_point deadline{};  // the beginning of time: none
  bool has_deadline() const { return deadline != std::chrono::steady_clock::time_point(); }

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
