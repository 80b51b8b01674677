#include "reflow/distributed/server.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "reflow/base/interrupt.h"
#include "reflow/base/logging.h"
#include "reflow/distributed/rpc.h"
#include "reflow/distributed/services.h"
#include "tensorflow/core/protobuf/tensorflow_server.pb.h"

namespace reflow::distributed {

namespace {

// The servers of the process, by target. They serve until they are stopped, as in TensorFlow, whatever becomes of those who
// made them: others may need what they hold. They end with the process.
struct Servers {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Server>> by_target;

  static Servers& instance() {
    static auto* const servers = [] {
      std::atexit([] { instance().stop_all(); });
      return new Servers;
    }();
    return *servers;
  }

  void stop_all() {
    std::vector<std::shared_ptr<Server>> running;
    {
      const std::lock_guard lock(mutex);
      for (const auto& [target, server] : by_target) running.push_back(server);
    }
    for (const auto& server : running) server->stop();
  }
};

StatusOr<int> port_of_task(const tensorflow::ServerDef& def) {
  const auto& jobs = def.cluster().job();
  const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const auto& job) { return job.name() == def.job_name(); });
  if (job == jobs.end()) return internal_error("Job \"{}\" was not defined in cluster", def.job_name());
  const auto task = job->tasks().find(def.task_index());
  if (task == job->tasks().end()) {
    return invalid_argument("Task {} was not defined in job \"{}\"", def.task_index(), def.job_name());
  }
  StatusOr<int> port = port_of(task->second);
  if (!port.ok()) return invalid_argument("Could not parse port for local server from \"{}\".", task->second);
  return port;
}

}  // namespace

StatusOr<std::shared_ptr<Server>> Server::create(const tensorflow::ServerDef& def) {
  if (def.protocol() != "grpc") {
    return not_found("No server factory registered for the given ServerDef: {}\nThe available server factories are: [ "
                     "GRPC_SERVER ]", def.DebugString());
  }
  ASSIGN_OR_RETURN(Transport* const transport, grpc_transport());
  ASSIGN_OR_RETURN(const int wanted_port, port_of_task(def));
  ASSIGN_OR_RETURN(Cluster cluster, Cluster::parse(def.cluster()));
  const std::string task = task_name(def.job_name(), def.task_index());

  std::shared_ptr<Server> server(new Server);
  const tensorflow::ConfigProto& config = def.default_session_config();
  const int threads = config.intra_op_parallelism_threads();
  if (threads > 0 && threads != ThreadPool::process_pool().num_threads()) {
    server->own_pool_ = std::make_unique<ThreadPool>(threads);
  }
  ThreadPool* const pool = server->own_pool_ ? server->own_pool_.get() : &ThreadPool::process_pool();
  const auto cpus = config.device_count().find(op::kCpu);
  const int cpu_devices = cpus == config.device_count().end() ? 1 : std::max(1, cpus->second);
  server->peers_ = std::make_unique<Peers>(transport, std::move(cluster));
  server->worker_ = std::make_unique<Worker>(task, cpu_devices, pool, server->peers_.get());
  server->master_ = std::make_unique<Master>(server->worker_.get(), server->peers_.get());
  ASSIGN_OR_RETURN(server->listener_, transport->listen(wanted_port, [self = server.get()](std::shared_ptr<IncomingCall> call) {
    self->serve(std::move(call));
  }));
  server->target_ = fmt::format("grpc://localhost:{}", server->listener_->port());
  const std::lock_guard lock(Servers::instance().mutex);
  Servers::instance().by_target[server->target_] = server;
  return server;
}

Server::~Server() { stop(); }

void Server::start() {
  std::vector<std::shared_ptr<IncomingCall>> early;
  {
    const std::lock_guard lock(mutex_);
    if (started_ || stopped_) return;
    started_ = true;
    early.swap(early_);
  }
  log_info("Started server with target: {}", target_);
  for (auto& call : early) serve(std::move(call));
}

void Server::serve(std::shared_ptr<IncomingCall> call) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return call->respond(unavailable("The server of {} was shut down", worker_->task()), {});
    if (!started_) {
      early_.push_back(std::move(call));
      return;
    }
  }
  if (call->method().starts_with(kMasterService)) return serve_master(*master_, std::move(call));
  if (call->method().starts_with(kWorkerService)) return serve_worker(*worker_, std::move(call));
  refuse(*call);
}

Status Server::join() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (!Interrupt::possible()) {
      stopped_changed_.wait(lock, [this] { return stopped_; });
      break;
    }
    stopped_changed_.wait_for(lock, Interrupt::kInterval);
    lock.unlock();
    if (Interrupt::requested()) return cancelled("Joining the server was interrupted");
    lock.lock();
  }
  return OkStatus();
}

void Server::stop() {
  std::vector<std::shared_ptr<IncomingCall>> early;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    early.swap(early_);
    stopped_changed_.notify_all();
  }
  for (const auto& call : early) call->respond(unavailable("The server of {} was shut down", worker_->task()), {});
  if (master_) master_->shut_down();
  if (worker_) worker_->shut_down();
  if (listener_) listener_->shut_down();
  const std::lock_guard lock(Servers::instance().mutex);
  Servers::instance().by_target.erase(target_);
}

std::shared_ptr<MasterStub> Server::local_master(const std::string& target) {
  Servers& servers = Servers::instance();
  const std::lock_guard lock(servers.mutex);
  const auto found = servers.by_target.find(target);
  if (found == servers.by_target.end()) return nullptr;
  const std::shared_ptr<Server> server = found->second;
  {
    const std::lock_guard state_lock(server->mutex_);
    if (!server->started_ || server->stopped_) return nullptr;
  }
  return std::shared_ptr<MasterStub>(server, server->master_.get());
}

}  // namespace reflow::distributed
