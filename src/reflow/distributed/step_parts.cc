#include "reflow/distributed/step_parts.h"

#include <map>
#include <mutex>

#include "reflow/distributed/completion.h"
#include "reflow/distributed/worker_calls.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {

namespace {

// What a worker says that has only heard of the error of another.
bool is_derived(const Status& status) { return message_of(status).starts_with("[_Derived_]"); }

// The error that explains the others best.
class RunError {
 public:
  void add(const std::string& task, const Status& status) {
    if (status.ok()) return;
    const int rank = is_derived(status) ? 1 : status.code() == StatusCode::kCancelled ? 2 : 3;
    if (rank <= rank_) return;
    rank_ = rank;
    status_ = make_status(status.code(), fmt::format("From {}:\n{}", task, message_of(status)));
  }
  const Status& status() const { return status_; }

 private:
  int rank_ = 0;
  Status status_;
};

void merge_metadata(const GraphRunResult& result, tensorflow::RunMetadata* all) {
  tensorflow::RunMetadata one;
  if (!one.ParseFromString(runtime::serialize(result.metadata))) return;
  if (one.has_step_stats()) all->mutable_step_stats()->MergeFrom(one.step_stats());
  if (one.has_cost_graph()) all->mutable_cost_graph()->MergeFrom(one.cost_graph());
  all->mutable_partition_graphs()->MergeFrom(one.partition_graphs());
}

}  // namespace

Status StepParts::register_parts(std::vector<GraphPart> parts, const std::map<std::string, std::shared_ptr<WorkerStub>>& workers,
                                 const tensorflow::GraphOptions& options) {
  for (GraphPart& part : parts) {
    const auto worker = workers.find(part.task);
    if (worker == workers.end()) return not_found("No worker known as {}", part.task);
    parts_.push_back({std::move(part), worker->second, ""});
  }
  std::vector<tensorflow::RegisterGraphRequest> requests(parts_.size());
  std::vector<tensorflow::RegisterGraphResponse> responses(parts_.size());
  for (size_t i = 0; i < parts_.size(); ++i) {
    tensorflow::RegisterGraphRequest& request = requests[i];
    request.set_session_handle(session_);
    request.set_create_worker_session_called(true);
    if (!request.mutable_graph_def()->ParseFromString(parts_[i].part.graph_def)) return internal_error("Damaged graph");
    *request.mutable_graph_options() = options;
  }
  WorkerCalls calls;
  for (size_t i = 0; i < parts_.size(); ++i) calls.start(*parts_[i].worker, "RegisterGraph", requests[i], &responses[i]);
  RETURN_IF_ERROR(calls.wait());
  for (size_t i = 0; i < parts_.size(); ++i) parts_[i].handle = responses[i].graph_handle();
  return OkStatus();
}

void StepParts::deregister() {
  WorkerCalls calls;
  std::vector<tensorflow::DeregisterGraphRequest> requests(parts_.size());
  std::vector<tensorflow::DeregisterGraphResponse> responses(parts_.size());
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].handle.empty()) continue;
    requests[i].set_session_handle(session_);
    requests[i].set_create_worker_session_called(true);
    requests[i].set_graph_handle(parts_[i].handle);
    calls.start(*parts_[i].worker, "DeregisterGraph", requests[i], &responses[i]);
  }
  calls.wait().IgnoreError();
}

Status StepParts::run(const std::vector<Tensor>& feeds, const std::vector<int>& fetches, const Options& options,
                      op::CancellationManager* cancellation, StepResult* result) {
  std::vector<bool> is_taken(fetches_.size());
  for (const int fetch : fetches) is_taken[fetch] = true;
  std::vector<GraphRun> runs(parts_.size());
  std::vector<GraphRunResult> results(parts_.size());
  std::vector<std::vector<int>> taken(parts_.size());
  for (size_t i = 0; i < parts_.size(); ++i) {
    GraphRun& run = runs[i];
    run.session = session_;
    run.graph = parts_[i].handle;
    run.step_id = options.step_id;
    for (const auto& [feed, key] : parts_[i].part.feeds) {
      if (feeds[feed].valid()) run.sends.emplace_back(key, feeds[feed]);
    }
    for (const auto& [fetch, key] : parts_[i].part.fetches) {
      if (!is_taken[fetch]) continue;
      run.recv_keys.push_back(key);
      taken[i].push_back(fetch);
    }
    run.record_timeline = options.trace;
    run.record_partition_graphs = options.partition_graphs;
    run.report_allocations_on_oom = options.report_allocations_on_oom;
    run.is_partial = options.is_partial;
    run.is_last_partial_run = options.is_last_partial_run;
  }
  std::mutex mutex;
  RunError error;
  RpcOptions rpc;
  rpc.cancellation = cancellation;
  WorkerCalls calls;
  const auto ended = [&](size_t i, const Status& status) {
    if (status.ok()) return;
    {
      const std::lock_guard lock(mutex);
      error.add(parts_[i].part.task, status);
    }
    // The others wait in vain. One that only heard of an error may end before the one that made it: that must not be cancelled,
    // or nobody says what went wrong.
    if (!is_derived(status)) cancellation->cancel();
  };
  // The part of this task last: it runs on this thread.
  for (const bool local : {false, true}) {
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].worker->is_local() != local) continue;
      if (local) rpc.deadline = options.deadline;
      parts_[i].worker->run_graph(runs[i], rpc, &results[i], calls.one([&ended, i](const Status& s) { ended(i, s); }));
    }
  }
  const Status waited = calls.wait(cancellation, options.deadline);
  const bool has_deadline = options.deadline != std::chrono::steady_clock::time_point();
  if (!waited.ok() && has_deadline && std::chrono::steady_clock::now() >= options.deadline) {
    return deadline_exceeded("Operation timed out.");
  }
  RETURN_IF_ERROR(error.status());
  RETURN_IF_ERROR(waited);

  std::map<int, Tensor> values;
  tensorflow::RunMetadata metadata;
  for (size_t i = 0; i < parts_.size(); ++i) {
    for (size_t k = 0; k < taken[i].size(); ++k) values[taken[i][k]] = std::move(results[i].received[k]);
    if (options.trace || options.partition_graphs) merge_metadata(results[i], &metadata);
  }
  for (const int fetch : fetches) {
    const auto value = values.find(fetch);
    if (value == values.end()) return internal_error("No worker has given {}", fetches_[fetch]);
    result->fetched.push_back(value->second);
  }
  result->metadata = metadata.SerializeAsString();
  return OkStatus();
}

void StepParts::clean_up(int64_t step_id) {
  struct Messages {
    tensorflow::CleanupGraphRequest request;
    tensorflow::CleanupGraphResponse response;
  };
  for (const Part& part : parts_) {
    const auto messages = std::make_shared<Messages>();
    messages->request.set_step_id(step_id);
    part.worker->call("CleanupGraph", messages->request, &messages->response, {},
                      [messages, worker = part.worker](const Status&) {});
  }
}

}  // namespace reflow::distributed
