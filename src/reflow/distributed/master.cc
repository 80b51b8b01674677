#include "reflow/distributed/master.h"

#include <algorithm>
#include <deque>
#include <thread>

#include "reflow/base/interrupt.h"
#include "reflow/base/logging.h"
#include "reflow/distributed/cluster.h"
#include "reflow/distributed/link.h"
#include "reflow/distributed/random_id.h"
#include "reflow/distributed/worker_calls.h"
#include "reflow/graph/device_spec.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tensorflow/core/protobuf/master.pb.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {

namespace {

using Clock = std::chrono::steady_clock;

bool passes(const std::string& task, const std::vector<graph::DeviceSpec>& filters) {
  if (filters.empty()) return true;
  const graph::DeviceSpec spec = *graph::DeviceSpec::parse(task);
  return std::ranges::any_of(filters, [&](graph::DeviceSpec filter) {
    filter.type.clear();
    filter.index = -1;
    return filter.matches(spec);
  });
}

// The question to one worker who it is.
struct Inquiry {
  std::string task;
  std::shared_ptr<WorkerStub> stub;
  tensorflow::GetStatusRequest request;
  tensorflow::GetStatusResponse response;
  Completion completion;

  void ask(op::CancellationManager* cancellation) {
    RpcOptions options;
    options.wait_for_ready = true;
    options.cancellation = cancellation;
    completion = Completion();
    stub->call("GetStatus", request, &response, options, completion.done());
  }
};

// Waits for the answer, however often the worker has to be asked, and says now and then that it does.
Status wait_for_answer(Inquiry& inquiry, Clock::time_point deadline, op::CancellationManager* cancellation) {
  constexpr auto kLoggingPeriod = std::chrono::seconds(10);
  Clock::time_point next_log = Clock::now() + kLoggingPeriod;
  while (true) {
    if (inquiry.completion.wait_for(Interrupt::kInterval)) {
      const Status status = inquiry.completion.wait(nullptr);
      if (status.code() != StatusCode::kUnavailable || cancellation->cancelled()) return status;
      std::this_thread::sleep_for(Interrupt::kInterval);
      inquiry.ask(cancellation);  // it went away while it was being asked
    }
    if (Interrupt::requested()) cancellation->cancel();
    if (deadline != Clock::time_point() && Clock::now() >= deadline) {
      cancellation->cancel();
      inquiry.completion.wait(nullptr).IgnoreError();
      return deadline_exceeded("Operation timed out.");
    }
    if (Clock::now() < next_log) continue;
    next_log += kLoggingPeriod;
    log_info("CreateSession still waiting for response from worker: {}", inquiry.task);
  }
}

}  // namespace

StatusOr<SessionWorkers> Master::find_workers(const std::vector<std::string>& device_filters, int64_t timeout_ms,
                                              op::CancellationManager* cancellation) {
  std::vector<graph::DeviceSpec> filters;
  for (const std::string& filter : device_filters) {
    ASSIGN_OR_RETURN(filters.emplace_back(), graph::DeviceSpec::parse(filter));
  }
  const Clock::time_point deadline = timeout_ms > 0 ? Clock::now() + std::chrono::milliseconds(timeout_ms) : Clock::time_point();
  SessionWorkers workers;
  workers.stubs[worker_->task()] = local_worker(worker_);
  workers.local_devices = worker_->device_attributes();
  op::CancellationManager calls;
  const Link link(cancellation, &calls);
  std::deque<Inquiry> inquiries;
  Status status;
  for (const std::string& task : peers_->cluster().tasks()) {
    if (task == worker_->task() || !passes(task, filters)) continue;
    StatusOr<std::shared_ptr<Channel>> channel = peers_->channel(task);
    if (!channel.ok()) {
      status = channel.status();
      break;
    }
    Inquiry& inquiry = inquiries.emplace_back();
    inquiry.task = task;
    inquiry.stub = remote_worker(*std::move(channel));
    inquiry.ask(&calls);
  }
  for (Inquiry& inquiry : inquiries) {
    if (status.ok()) status = wait_for_answer(inquiry, deadline, &calls);
    if (!status.ok()) {
      calls.cancel();
      inquiry.completion.wait(nullptr).IgnoreError();  // until nobody refers to it
    }
  }
  RETURN_IF_ERROR(status);
  for (Inquiry& inquiry : inquiries) {
    workers.stubs[inquiry.task] = inquiry.stub;
    for (const auto& device : inquiry.response.device_attributes()) workers.remote_devices.push_back(device);
  }
  return workers;
}

StatusOr<std::string> Master::create_session(const tensorflow::GraphDef& graph, const std::string& config,
                                             const std::string& /*target*/, int64_t timeout_ms, int64_t* graph_version) {
  tensorflow::ConfigProto proto;
  if (!proto.ParseFromString(config)) return invalid_argument("Not a ConfigProto");
  return create_session(graph, proto, timeout_ms, nullptr, graph_version);
}

StatusOr<std::string> Master::create_session(const tensorflow::GraphDef& graph, const tensorflow::ConfigProto& config,
                                             int64_t timeout_ms, op::CancellationManager* cancellation, int64_t* graph_version) {
  const std::vector<std::string> filters(config.device_filters().begin(), config.device_filters().end());
  ASSIGN_OR_RETURN(SessionWorkers workers, find_workers(filters, timeout_ms, cancellation));
  ASSIGN_OR_RETURN(std::shared_ptr<MasterSession> session,
                   MasterSession::create(fmt::format("{:016x}", random_id()), config, std::move(workers), graph));
  log_info("Start master session {} with config: {}", session->handle(), config.ShortDebugString());
  *graph_version = session->graph_version();
  const std::lock_guard lock(mutex_);
  sessions_[session->handle()] = session;
  return session->handle();
}

StatusOr<std::shared_ptr<MasterSession>> Master::find(const std::string& session) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return aborted("Session {} is not found.", session);
  return found->second;
}

Status Master::extend_session(const std::string& session, const tensorflow::GraphDef& graph, int64_t* graph_version) {
  ASSIGN_OR_RETURN(const auto found, find(session));
  return found->extend(graph, graph_version);
}

Status Master::run_step(const Step& step, op::CancellationManager* cancellation, StepResult* result) {
  ASSIGN_OR_RETURN(const auto session, find(step.session));
  return session->run(step, cancellation, result);
}

StatusOr<std::string> Master::partial_run_setup(const std::string& session, const std::vector<std::string>& feeds,
                                                const std::vector<std::string>& fetches,
                                                const std::vector<std::string>& targets) {
  ASSIGN_OR_RETURN(const auto found, find(session));
  return found->partial_run_setup(feeds, fetches, targets);
}

Status Master::close_session(const std::string& session) {
  std::shared_ptr<MasterSession> gone;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return aborted("Session {} is not found. Possibly, this master has restarted.", session);
    gone = std::move(found->second);
    sessions_.erase(found);
    std::erase_if(callables_, [&](const auto& callable) { return callable.first.first == session; });
  }
  return gone->close();
}

Status Master::list_devices(const std::string& session, tensorflow::ListDevicesResponse* response) {
  SessionWorkers workers;
  if (session.empty()) {
    ASSIGN_OR_RETURN(workers, find_workers({}, 0, nullptr));
  } else {
    ASSIGN_OR_RETURN(const auto found, find(session));
    workers = found->workers();
  }
  for (const auto& device : workers.local_devices) *response->add_local_device() = device;
  for (const auto& device : workers.remote_devices) *response->add_remote_device() = device;
  return OkStatus();
}

Status Master::reset(const std::vector<std::string>& containers, const std::vector<std::string>& device_filters) {
  std::map<std::string, std::shared_ptr<MasterSession>> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions.swap(sessions_);
    callables_.clear();
  }
  for (const auto& [handle, session] : sessions) session->close().IgnoreError();
  ASSIGN_OR_RETURN(const SessionWorkers workers, find_workers(device_filters, 0, nullptr));
  tensorflow::CleanupAllRequest request;
  for (const std::string& container : containers) request.add_container(container);
  std::vector<tensorflow::CleanupAllResponse> responses(workers.stubs.size());
  WorkerCalls calls;
  size_t i = 0;
  for (const auto& [task, worker] : workers.stubs) calls.start(*worker, "CleanupAll", request, &responses[i++]);
  return calls.wait();
}

StatusOr<int64_t> Master::make_callable(const std::string& session, Step step) {
  RETURN_IF_ERROR(find(session).status());
  const std::lock_guard lock(mutex_);
  callables_[{session, ++num_callables_}] = std::move(step);
  return num_callables_;
}

StatusOr<Step> Master::callable(const std::string& session, int64_t handle) {
  const std::lock_guard lock(mutex_);
  const auto found = callables_.find({session, handle});
  if (found == callables_.end()) return invalid_argument("No such callable handle: {}", handle);
  return found->second;
}

Status Master::release_callable(const std::string& session, int64_t handle) {
  const std::lock_guard lock(mutex_);
  callables_.erase({session, handle});
  return OkStatus();
}

void Master::shut_down() {
  std::map<std::string, std::shared_ptr<MasterSession>> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions.swap(sessions_);
  }
  for (const auto& [handle, session] : sessions) session->cancel();
}

}  // namespace reflow::distributed
