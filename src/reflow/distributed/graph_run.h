#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reflow/runtime/run_metadata.h"
#include "reflow/tensor/tensor.h"

namespace reflow::distributed {

// One execution of a registered graph: RunGraphRequest.
struct GraphRun {
  std::string session, graph;  // handles
  bool has_session = true;     // CreateWorkerSession was called for it
  int64_t step_id = 0;
  std::vector<std::pair<std::string, Tensor>> sends;  // by keys of the rendezvous: what the client gives
  std::vector<std::string> recv_keys;                 // what the client takes
  bool record_timeline = false, record_costs = false, record_partition_graphs = false;
  bool report_allocations_on_oom = false;
  bool is_partial = false, is_last_partial_run = false;
};

// RunGraphResponse.
struct GraphRunResult {
  std::vector<Tensor> received;  // by number of the key
  runtime::RunMetadata metadata;
};

}  // namespace reflow::distributed
