#include "reflow/distributed/master_session.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "reflow/base/logging.h"
#include "reflow/distributed/cluster.h"
#include "reflow/distributed/colocations.h"
#include "reflow/distributed/link.h"
#include "reflow/distributed/random_id.h"
#include "reflow/distributed/worker_calls.h"
#include "reflow/graph/device_spec.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/subgraph.h"
#include "reflow/runtime/inline_functions.h"
#include "reflow/runtime/placement_log.h"
#include "reflow/runtime/placer.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tensorflow/core/protobuf/worker.pb.h"

namespace reflow::distributed {

using graph::Endpoint;
using graph::Node;
using Names = std::vector<std::string>;

namespace {

int64_t random_step_id() {
  return static_cast<int64_t>((random_id() & ((uint64_t{1} << 56) - 1)) | (uint64_t{1} << 56));
}

// "x:1", or "x" for its first output.
StatusOr<Endpoint> find_endpoint(const graph::Graph& graph, const std::string& name) {
  const size_t colon = name.rfind(':');
  Node* const node = graph.find(std::string_view(name).substr(0, colon));
  const int index = colon == name.npos ? 0 : std::atoi(name.c_str() + colon + 1);
  if (node == nullptr || index < 0 || index >= node->num_outputs()) {
    return invalid_argument("Tensor {}, specified in either feed_devices or fetch_devices was not found in the Graph", name);
  }
  return Endpoint{node, index};
}

std::string signature_of(const Names& feeds, const Names& fetches, const Names& targets, bool partial) {
  std::string signature;
  for (const Names* names : {&feeds, &fetches, &targets}) {
    for (const std::string& name : *names) signature += name + ',';
    signature += ';';
  }
  return signature + (partial ? "partial" : "");
}

}  // namespace

MasterSession::MasterSession(std::string handle, tensorflow::ConfigProto config, SessionWorkers workers)
    : handle_(std::move(handle)), config_(std::move(config)), workers_(std::move(workers)) {
  const auto add = [this](const tensorflow::DeviceAttributes& device) {
    if (device.device_type() != op::kCpu && device.device_type() != "GPU") return;
    devices_.push_back({device.name(), std::string(task_of_device(device.name())), device.incarnation()});
  };
  for (const auto& device : workers_.local_devices) add(device);
  client_device_ = devices_.front();
  for (const auto& device : workers_.remote_devices) add(device);
  // What asks for no device goes to the first one: CPUs before others, and by name.
  const auto rank = [](const ClusterDevice& d) { return std::pair(d.name.find("device:CPU") == std::string::npos, d.name); };
  std::ranges::sort(devices_, {}, rank);
  for (const ClusterDevice& device : devices_) {
    const char* const type = rank(device).first ? "GPU" : op::kCpu;
    placer_devices_.push_back(std::make_unique<op::Device>(device.name, type, &ThreadPool::process_pool()));
  }
}

StatusOr<std::shared_ptr<MasterSession>> MasterSession::create(std::string handle, tensorflow::ConfigProto config,
                                                               SessionWorkers workers, const tensorflow::GraphDef& graph) {
  if (config.use_per_session_threads() || config.session_inter_op_thread_pool_size() > 0) {
    return invalid_argument("Distributed session does not support session thread pool options.");
  }
  std::shared_ptr<MasterSession> session(new MasterSession(std::move(handle), std::move(config), std::move(workers)));
  RETURN_IF_ERROR(session->add_nodes(graph));
  RETURN_IF_ERROR(session->create_worker_sessions());
  return session;
}

Status MasterSession::create_worker_sessions() {
  tensorflow::CreateWorkerSessionRequest request;
  request.set_session_handle(handle_);
  request.set_isolate_session_state(config_.isolate_session_state());
  std::vector<tensorflow::CreateWorkerSessionResponse> responses(workers_.stubs.size());
  WorkerCalls calls;
  size_t i = 0;
  for (const auto& [task, worker] : workers_.stubs) calls.start(*worker, "CreateWorkerSession", request, &responses[i++]);
  return calls.wait();
}

int64_t MasterSession::graph_version() {
  const std::lock_guard lock(mutex_);
  return graph_version_;
}

Status MasterSession::extend(const tensorflow::GraphDef& graph, int64_t* version) {
  const std::lock_guard lock(mutex_);
  if (closed_) return failed_precondition("Session is closed.");
  if (*version != graph_version_) {
    return aborted("Current version is {} but caller expected {}.", graph_version_, *version);
  }
  RETURN_IF_ERROR(add_nodes(graph));
  *version = ++graph_version_;
  return OkStatus();
}

// Imports nodes, whose inputs may be nodes that are there already, and places them.
Status MasterSession::add_nodes(const tensorflow::GraphDef& graph) {
  tensorflow::GraphDef def = graph;
  const Colocations colocations = take_colocations(&def);
  graph::ImportOptions options;
  options.prefix = "";
  std::set<std::string_view> added;
  for (const auto& node : def.node()) added.insert(node.name());
  for (const auto& node : def.node()) {
    for (const std::string& input : node.input()) {
      const bool is_control = input.starts_with('^');
      const std::string name = is_control ? input.substr(1) : input;
      if (added.contains(std::string_view(name).substr(0, name.rfind(':')))) continue;
      if (is_control) {
        if (Node* const there = graph_.find(name)) options.control_input_map[name] = there;
      } else if (const auto there = find_endpoint(graph_, name); there.ok()) {
        options.input_map[name.find(':') == name.npos ? name + ":0" : name] = *there;
      }
    }
  }
  ASSIGN_OR_RETURN(const graph::ImportResult imported, graph::import_graph_def(def, options, &graph_));
  graph_.versions.producer = def.versions().producer();
  graph_.versions.min_consumer = def.versions().min_consumer();
  for (const auto& [name, groups] : colocations) graph_.find(name)->set_attr("_class", groups);
  if (const Status status = runtime::place(graph_, placer_devices_, config_.allow_soft_placement()); !status.ok()) {
    graph_.remove_nodes(imported.nodes);  // the client tells them again
    return status;
  }
  if (config_.log_device_placement()) {
    runtime::log_placement(graph_.nodes(), [this](int device) -> const std::string& { return devices_[device].name; });
  }
  return OkStatus();
}

StatusOr<std::shared_ptr<StepParts>> MasterSession::parts_of(const Names& feeds, const Names& fetches, const Names& targets,
                                                             bool partial) {
  const std::string signature = signature_of(feeds, fetches, targets, partial);
  const std::lock_guard lock(mutex_);
  if (closed_) return failed_precondition("Session is closed.");
  if (const auto known = parts_.find(signature); known != parts_.end()) return known->second;
  ASSIGN_OR_RETURN(std::shared_ptr<StepParts> parts, build(feeds, fetches, targets));
  return parts_.emplace(signature, std::move(parts)).first->second;
}

StatusOr<std::shared_ptr<StepParts>> MasterSession::build(const Names& feeds, const Names& fetches, const Names& targets) {
  std::vector<Endpoint> feed_ends, fetch_ends;
  std::vector<Node*> target_nodes;
  for (const std::string& name : feeds) {
    ASSIGN_OR_RETURN(const Endpoint feed, find_endpoint(graph_, name));
    if (std::ranges::find(feed_ends, feed) != feed_ends.end()) return invalid_argument("Duplicate feed {}", name);
    feed_ends.push_back(feed);
  }
  for (const std::string& name : fetches) {
    ASSIGN_OR_RETURN(const Endpoint fetch, find_endpoint(graph_, name));
    fetch_ends.push_back(fetch);
  }
  for (const std::string& name : targets) {
    Node* const node = graph_.find(std::string_view(name).substr(0, name.rfind(':')));
    if (node == nullptr) return not_found("PruneForTargets: Some target nodes not found: {}", name);
    target_nodes.push_back(node);
  }
  ASSIGN_OR_RETURN(graph::Subgraph subgraph, graph::extract_subgraph(graph_, feed_ends, fetch_ends, target_nodes));
  RETURN_IF_ERROR(runtime::inline_functions(*subgraph.graph, graph_));
  RETURN_IF_ERROR(keep_placements(*subgraph.graph));
  RETURN_IF_ERROR(runtime::place(*subgraph.graph, placer_devices_, config_.allow_soft_placement()));

  ASSIGN_OR_RETURN(std::vector<GraphPart> cut,
                   partition(subgraph, graph_.functions(), devices_, client_device_, feeds, fetches));
  auto parts = std::make_shared<StepParts>(handle_, feeds, fetches);
  if (const Status status = parts->register_parts(std::move(cut), workers_.stubs, config_.graph_options()); !status.ok()) {
    parts->deregister();
    return status;
  }
  return parts;
}

// What is there stays where it has been placed; what functions bring along goes to where they are called, as far as it says
// nothing else.
Status MasterSession::keep_placements(graph::Graph& pruned) const {
  for (Node* node : pruned.nodes()) {
    if (node->type() == "_Feed" || node->type() == "_Fetch") continue;
    std::string_view name = node->name();
    const Node* placed = graph_.find(name);
    while (placed == nullptr && name.rfind('/') != name.npos) {
      name = name.substr(0, name.rfind('/'));
      placed = graph_.find(name);
    }
    if (placed == nullptr) continue;
    const std::string& device = devices_[placed->assigned_device()].name;
    if (name == node->name()) {
      node->set_device(device);
      continue;
    }
    ASSIGN_OR_RETURN(const graph::DeviceSpec call, graph::DeviceSpec::parse(device));
    ASSIGN_OR_RETURN(const graph::DeviceSpec own, graph::DeviceSpec::parse(node->device()));
    node->set_device(call.overridden_by(own).str());
  }
  return OkStatus();
}

namespace {

// Counts a run for as long as it goes on.
class Running {
 public:
  Running(std::mutex& mutex, int& count, std::condition_variable& ended) : mutex_(mutex), count_(count), ended_(ended) {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  ~Running() {
    const std::lock_guard lock(mutex_);
    --count_;
    ended_.notify_all();
  }

 private:
  std::mutex& mutex_;
  int& count_;
  std::condition_variable& ended_;
};

}  // namespace

Status MasterSession::run(const Step& step, op::CancellationManager* cancellation, StepResult* result) {
  const Running running(mutex_, num_running_, ended_);
  if (!step.partial_run.empty()) return run_partial(step, cancellation, result);
  Names feeds;
  std::vector<Tensor> values;
  for (const auto& [name, value] : step.feeds) {
    feeds.push_back(name);
    values.push_back(value);
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<StepParts> parts, parts_of(feeds, step.fetches, step.targets, false));
  tensorflow::RunOptions run_options;
  if (!run_options.ParseFromString(step.options)) return invalid_argument("Not RunOptions");
  StepParts::Options options;
  options.step_id = random_step_id();
  if (const int64_t timeout_ms = step.timeout_ms > 0 ? step.timeout_ms : config_.operation_timeout_in_ms(); timeout_ms > 0) {
    options.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  options.trace = run_options.trace_level() != tensorflow::RunOptions::NO_TRACE;
  options.partition_graphs = run_options.output_partition_graphs();
  options.report_allocations_on_oom = run_options.report_tensor_allocations_upon_oom();
  std::vector<int> fetches(step.fetches.size());
  for (size_t i = 0; i < fetches.size(); ++i) fetches[i] = static_cast<int>(i);
  op::CancellationManager own;
  const Link caller(cancellation, &own), session(&cancellation_, &own);
  const Status status = parts->run(values, fetches, options, &own, result);
  parts->clean_up(options.step_id);
  if (!status.ok() && cancellation_.cancelled()) return cancelled("Session has been closed.");
  return status;
}

StatusOr<std::string> MasterSession::partial_run_setup(const Names& feeds, const Names& fetches, const Names& targets) {
  ASSIGN_OR_RETURN(std::shared_ptr<StepParts> parts, parts_of(feeds, fetches, targets, true));
  const std::lock_guard lock(mutex_);
  std::string handle = std::to_string(num_partial_runs_++);
  partial_runs_[handle] = {std::move(parts), random_step_id(), std::vector<bool>(feeds.size()), std::vector<bool>(fetches.size())};
  return handle;
}

Status MasterSession::run_partial(const Step& step, op::CancellationManager* cancellation, StepResult* result) {
  std::shared_ptr<StepParts> parts;
  StepParts::Options options;
  options.is_partial = true;
  std::vector<Tensor> values;
  std::vector<int> fetches;
  {
    const std::lock_guard lock(mutex_);
    const auto found = partial_runs_.find(step.partial_run);
    if (found == partial_runs_.end()) return invalid_argument("Must run PartialRunSetup before performing partial runs");
    PartialRun& run = found->second;
    parts = run.parts;
    options.step_id = run.step_id;
    values.resize(parts->feeds().size());
    std::vector<bool> fed = run.fed, fetched = run.fetched;
    for (const auto& [name, value] : step.feeds) {
      const auto i = static_cast<size_t>(std::ranges::find(parts->feeds(), name) - parts->feeds().begin());
      if (i == fed.size()) return invalid_argument("The feed {} was not specified in partial_run_setup.", name);
      if (fed[i]) return invalid_argument("The feed {} has already been fed.", name);
      fed[i] = true;
      values[i] = value;
    }
    for (const std::string& name : step.fetches) {
      const auto i = static_cast<size_t>(std::ranges::find(parts->fetches(), name) - parts->fetches().begin());
      if (i == fetched.size()) return invalid_argument("The fetch {} was not specified in partial_run_setup.", name);
      if (fetched[i]) return invalid_argument("The fetch {} has already been fetched.", name);
      fetched[i] = true;
      fetches.push_back(static_cast<int>(i));
    }
    run.fed = fed;
    run.fetched = fetched;
    options.is_last_partial_run = std::ranges::find(fed, false) == fed.end() && std::ranges::find(fetched, false) == fetched.end();
    if (options.is_last_partial_run) partial_runs_.erase(found);
  }
  op::CancellationManager own;
  const Link caller(cancellation, &own), session(&cancellation_, &own);
  const Status status = parts->run(values, fetches, options, &own, result);
  if (options.is_last_partial_run || !status.ok()) parts->clean_up(options.step_id);
  return status;
}

Status MasterSession::close() {
  std::map<std::string, std::shared_ptr<StepParts>> parts;
  {
    std::unique_lock lock(mutex_);
    if (closed_) return OkStatus();
    closed_ = true;
    lock.unlock();
    cancellation_.cancel();
    lock.lock();
    ended_.wait(lock, [this] { return num_running_ == 0; });
    parts.swap(parts_);
    for (auto& [handle, run] : partial_runs_) run.parts->clean_up(run.step_id);
    partial_runs_.clear();
  }
  for (const auto& [signature, part] : parts) part->deregister();
  return end_with_workers();
}

Status MasterSession::end_with_workers() {
  tensorflow::DeleteWorkerSessionRequest request;
  request.set_session_handle(handle_);
  std::vector<tensorflow::DeleteWorkerSessionResponse> responses(workers_.stubs.size());
  WorkerCalls calls;
  size_t i = 0;
  for (const auto& [task, worker] : workers_.stubs) calls.start(*worker, "DeleteWorkerSession", request, &responses[i++]);
  calls.wait().IgnoreError();  // who can't be reached has nothing of it any more
  return OkStatus();
}

}  // namespace reflow::distributed
