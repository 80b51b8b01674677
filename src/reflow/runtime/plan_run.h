#pragma once

#include <span>
#include <vector>

#include "reflow/runtime/plan.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// What surrounds one run of a plan.
struct RunSettings {
  op::CancellationManager* session = nullptr;  // cancelled when the session closes
  op::CancellationManager* caller = nullptr;   // may be null
  std::chrono::steady_clock::time_point deadline{};  // the beginning of time: none
  int64_t step_id = 0;
  int call_depth = 0;
  op::Rendezvous* rendezvous = nullptr;  // null: one of its own, where it needs one
  op::ResourceManager* step_resources = nullptr;  // of the run that this is a part of; null: it has its own
  bool trace = false, partition_graphs = false, costs = false, report_allocations_on_oom = false;
};

// Runs `plan`. feeds[i] is the value of its feed i and is only borrowed; fetches[i] becomes the value of fetch i, sharing
// memory with nobody. Any thread may run a plan at any time. Errors: see DirectSession::run.
Status run_plan(Plan& plan, std::span<const Tensor> feeds, std::vector<Tensor>* fetches, const RunSettings& settings,
                RunMetadata* metadata = nullptr);

}  // namespace reflow::runtime
