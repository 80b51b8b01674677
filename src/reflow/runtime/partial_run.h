#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reflow/graph/subgraph.h"
#include "reflow/op/cancellation.h"
#include "reflow/runtime/local_rendezvous.h"
#include "reflow/runtime/plan.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// Makes the feeds of `subgraph` wait for values that come during the run, and its fetches hand theirs out as soon as
// they are there: _Recv and _Send in their places.
Status make_partial(const Signature& signature, graph::Subgraph* subgraph);

// One run of such a graph, which goes on over several calls of Session.partial_run. Thread-safe.
class PartialRun {
 public:
  PartialRun(const graph::Graph& graph, Signature signature, std::shared_ptr<Plan> plan);

  // Goes on until the run has ended: on a thread of its own. `session` is cancelled when the session closes.
  void execute(op::CancellationManager* session, int64_t step_id);

  // Gives these feeds, and waits for these fetches. *all_done: it was the last call. InvalidArgument: a feed or fetch
  // that isn't the run's, or for the second time; a fetch that depends on a feed not given yet. Or what the run failed
  // with.
  Status advance(std::span<const std::pair<graph::Endpoint, Tensor>> feeds, std::span<const graph::Endpoint> fetches,
                 std::vector<Tensor>* values, bool* all_done);

 private:
  Status note(std::span<const std::pair<graph::Endpoint, Tensor>> feeds, std::span<const graph::Endpoint> fetches,
              std::vector<int>* feed_numbers, std::vector<int>* fetch_numbers, bool* all_done);
  Status check_computable(const graph::Endpoint& fetch) const;
  StatusOr<Tensor> wait_for(int fetch);

  const graph::Graph& graph_;
  const Signature signature_;
  const std::shared_ptr<Plan> plan_;
  LocalRendezvous rendezvous_;
  std::mutex mutex_;
  std::vector<bool> fed_, fetched_;  // by number in the signature
};

}  // namespace reflow::runtime
