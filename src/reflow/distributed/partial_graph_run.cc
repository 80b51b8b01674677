#include "reflow/distributed/partial_graph_run.h"

#include <mutex>

namespace reflow::distributed {

std::shared_ptr<PartialGraphRun> PartialGraphRun::start(std::shared_ptr<RegisteredGraph> graph,
                                                        std::shared_ptr<StepRendezvous> rendezvous, ThreadPool* pool,
                                                        op::CancellationManager* session, int64_t step_id) {
  auto run = std::make_shared<PartialGraphRun>();
  run->rendezvous_ = rendezvous;
  pool->schedule([graph = std::move(graph), rendezvous = std::move(rendezvous), session, step_id, done = run->end_.done()] {
    runtime::RunSettings settings;
    settings.session = session;
    settings.step_id = step_id;
    const Status status = graph->run_partial(*rendezvous, settings);
    if (!status.ok()) rendezvous->abort(status);
    done(status);
  });
  return run;
}

Status PartialGraphRun::advance(const GraphRun& run, op::CancellationManager* caller, GraphRunResult* result) {
  struct Arrivals {
    std::mutex mutex;
    std::vector<Tensor> values;
    size_t missing;
    Status status;
  };
  for (const auto& [key, value] : run.sends) RETURN_IF_ERROR(rendezvous_->send(key, value.copy(), false));
  if (!run.recv_keys.empty()) {
    const auto arrivals = std::make_shared<Arrivals>();
    arrivals->values.resize(run.recv_keys.size());
    arrivals->missing = run.recv_keys.size();
    Completion all_here;
    for (size_t i = 0; i < run.recv_keys.size(); ++i) {
      rendezvous_->recv_local_async(run.recv_keys[i], [arrivals, i, key = run.recv_keys[i], done = all_here.done()](
                                                          const Status& status, const Tensor& value, bool dead) {
        const std::lock_guard lock(arrivals->mutex);
        arrivals->values[i] = value;
        if (!status.ok()) arrivals->status.Update(status);
        else if (dead) arrivals->status.Update(invalid_argument("The tensor returned for {} was not valid.", key));
        if (--arrivals->missing == 0) done(arrivals->status);
      });
    }
    // Who waits no longer ends the run.
    const op::CancellationManager::Token token = caller ? caller->next_token() : 0;
    const auto give_up = [rendezvous = rendezvous_] { rendezvous->abort(cancelled("PartialRunGraph cancelled")); };
    if (caller != nullptr && !caller->add_callback(token, give_up)) give_up();
    const Status status = all_here.wait(caller);
    if (caller != nullptr) caller->remove_callback(token);
    RETURN_IF_ERROR(status);
    for (const Tensor& value : arrivals->values) {
      result->received.push_back(value.owns_alone() ? value : value.copy());
    }
  }
  return run.is_last_partial_run ? end_.wait(caller) : OkStatus();
}

}  // namespace reflow::distributed
