#include "reflow/distributed/worker.h"

#include "reflow/distributed/cluster.h"
#include "reflow/distributed/random_id.h"
#include "reflow/graph/device_spec.h"
#include "reflow/runtime/optimizer_switches_proto.h"
#include "tensorflow/core/framework/device_attributes.pb.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {

using google::protobuf::MessageLite;

namespace {

constexpr int64_t kMemoryLimitBytes = 256 << 20;  // what TensorFlow says of CPUs

// What is told to others of an error is marked, so that the one that caused the rest can be found.
constexpr std::string_view kDerived = "[_Derived_]";

Status derived(const Status& status) {
  if (message_of(status).starts_with(kDerived)) return status;
  return make_status(status.code(), std::string(kDerived).append(message_of(status)));
}

}  // namespace

Worker::Worker(std::string task, int cpu_devices, ThreadPool* pool, Peers* peers)
    : task_(std::move(task)), pool_(pool), steps_(task_, peers) {
  for (int i = 0; i < cpu_devices; ++i) {
    devices_.push_back(std::make_unique<op::Device>(fmt::format("{}/device:CPU:{}", task_, i), op::kCpu, pool));
    tensorflow::DeviceAttributes attributes;
    attributes.set_name(devices_.back()->name());
    attributes.set_device_type(op::kCpu);
    attributes.set_memory_limit(kMemoryLimitBytes);
    attributes.mutable_locality();
    attributes.set_incarnation(random_id() | 1);  // 0 is none
    attributes_.push_back(std::move(attributes));
  }
  legacy_session_ = std::make_shared<WorkerSession>("", &devices_, pool_);
}

Worker::~Worker() { shut_down(); }

void Worker::shut_down() {
  std::map<std::string, std::shared_ptr<WorkerSession>> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions = sessions_;
  }
  for (const auto& [handle, session] : sessions) session->cancel();
  legacy_session_->cancel();
  steps_.abort_all(aborted("The server of {} was shut down", task_));
  for (const auto& device : devices_) device->resources().clear();  // iterators work on until they are gone
}

StatusOr<std::shared_ptr<WorkerSession>> Worker::session(const std::string& handle, bool is_made) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(handle);
  if (found != sessions_.end()) return found->second;
  if (!is_made) return legacy_session_;
  return aborted("Session handle is not found: {}. Possibly this worker (\"{}\") just restarted.", handle, task_);
}

Status Worker::create_session(const tensorflow::CreateWorkerSessionRequest& request) {
  if (request.session_handle().empty()) return internal_error("Session handle should not be empty.");
  if (request.server_def().cluster().job_size() > 0) {
    return unimplemented("Clusters that are told with the session (ConfigProto.cluster_def) are not supported");
  }
  const std::lock_guard lock(mutex_);
  sessions_[request.session_handle()] =
      request.isolate_session_state() ? WorkerSession::isolated(request.session_handle(), devices_, pool_)
                                      : std::make_shared<WorkerSession>(request.session_handle(), &devices_, pool_);
  return OkStatus();
}

StatusOr<std::string> Worker::register_graph(const tensorflow::RegisterGraphRequest& request) {
  ASSIGN_OR_RETURN(const auto session, this->session(request.session_handle(), request.create_worker_session_called()));
  runtime::SessionOptions options;
  options.allow_soft_placement = true;  // the master has placed all
  options.disabled_passes = runtime::passes_disabled_by(request.graph_options());
  return session->register_graph(request.graph_def(), options);
}

Status Worker::call(std::string_view method, const MessageLite& request, MessageLite* response) {
  using namespace tensorflow;
  if (method == "GetStatus") {
    for (const DeviceAttributes& device : attributes_) {
      *static_cast<GetStatusResponse*>(response)->add_device_attributes() = device;
    }
    return OkStatus();
  }
  if (method == "CreateWorkerSession") return create_session(static_cast<const CreateWorkerSessionRequest&>(request));
  if (method == "DeleteWorkerSession") {
    std::shared_ptr<WorkerSession> gone;  // dies without the lock
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(static_cast<const DeleteWorkerSessionRequest&>(request).session_handle());
    if (found == sessions_.end()) return OkStatus();
    gone = std::move(found->second);
    sessions_.erase(found);
    gone->cancel();
    if (gone->has_functions()) ended_.push_back(gone);
    return OkStatus();
  }
  if (method == "RegisterGraph") {
    ASSIGN_OR_RETURN(*static_cast<RegisterGraphResponse*>(response)->mutable_graph_handle(),
                     register_graph(static_cast<const RegisterGraphRequest&>(request)));
    return OkStatus();
  }
  if (method == "DeregisterGraph") {
    const auto& r = static_cast<const DeregisterGraphRequest&>(request);
    ASSIGN_OR_RETURN(const auto session, this->session(r.session_handle(), r.create_worker_session_called()));
    return session->deregister(r.graph_handle());
  }
  if (method == "CleanupGraph") {
    steps_.clean_up(static_cast<const CleanupGraphRequest&>(request).step_id());
    return OkStatus();
  }
  if (method == "CleanupAll") {
    const auto& containers = static_cast<const CleanupAllRequest&>(request).container();
    // The default container of a server is called as its job.
    const std::string job = graph::DeviceSpec::parse(task_)->job;
    for (const auto& device : devices_) {
      if (containers.empty()) device->resources().clear_container("");
      for (const std::string& container : containers) {
        if (container == "localhost" && job != container) continue;
        device->resources().clear_container(container == job ? "" : container);
      }
    }
    return OkStatus();
  }
  // Nothing is logged call by call, nor traced but by steps, so that there is nothing to tell. No tensor is sent that asks
  // for its reception to be confirmed.
  if (method == "Logging" || method == "Tracing" || method == "MarkRecvFinished") return OkStatus();
  return unimplemented("Worker method {} is not supported", method);
}

Status Worker::run_graph(const GraphRun& run, op::CancellationManager* cancellation,
                         std::chrono::steady_clock::time_point deadline, GraphRunResult* result) {
  ASSIGN_OR_RETURN(const auto session, this->session(run.session, run.has_session));
  ASSIGN_OR_RETURN(const auto graph, session->find(run.graph));
  const std::shared_ptr<StepRendezvous> rendezvous = steps_.find_or_make(run.step_id);
  Status status;
  if (run.is_partial) {
    status = run_partial(run, *session, graph, rendezvous, cancellation, result);
  } else {
    runtime::RunSettings settings;
    settings.session = &session->cancellation();
    settings.caller = cancellation;
    settings.deadline = deadline;
    settings.step_id = run.step_id;
    settings.trace = run.record_timeline;
    settings.costs = run.record_costs;
    settings.report_allocations_on_oom = run.report_allocations_on_oom;
    status = graph->run(run, *rendezvous, settings, result);
  }
  // Other tasks that wait for what won't come are told why.
  if (!status.ok()) rendezvous->abort(derived(status));
  return status;
}

Status Worker::run_partial(const GraphRun& run, WorkerSession& session, const std::shared_ptr<RegisteredGraph>& graph,
                           const std::shared_ptr<StepRendezvous>& rendezvous, op::CancellationManager* cancellation,
                           GraphRunResult* result) {
  const std::pair key(run.graph, run.step_id);
  std::shared_ptr<PartialGraphRun> partial;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<PartialGraphRun>& known = partial_runs_[key];
    if (!known) known = PartialGraphRun::start(graph, rendezvous, pool_, &session.cancellation(), run.step_id);
    partial = known;
  }
  const Status status = partial->advance(run, cancellation, result);
  if (run.is_last_partial_run || !status.ok()) {
    const std::lock_guard lock(mutex_);
    partial_runs_.erase(key);
  }
  return status;
}

void Worker::recv_tensor(int64_t step_id, const std::string& key, op::Rendezvous::Receiver receiver) {
  steps_.find_or_make(step_id)->recv_local_async(key, std::move(receiver));
}

}  // namespace reflow::distributed
