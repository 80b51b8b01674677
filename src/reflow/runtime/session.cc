#include "reflow/runtime/session.h"

#include <absl/container/flat_hash_map.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "reflow/graph/subgraph.h"
#include "reflow/runtime/compiler.h"
#include "reflow/runtime/functions.h"
#include "reflow/runtime/partial_run.h"
#include "reflow/runtime/plan_run.h"

namespace reflow::runtime {

using graph::Endpoint;
using graph::Node;

namespace {

struct SignatureHash {
  size_t operator()(const Signature& s) const {
    size_t hash = s.feeds.size() * 31 + s.fetches.size();
    const auto mix = [&](const Node* node, int index) {
      hash = (hash ^ (reinterpret_cast<size_t>(node) >> 4) ^ static_cast<size_t>(index)) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 32;
    };
    for (const Endpoint& e : s.feeds) mix(e.node, e.index);
    for (const Endpoint& e : s.fetches) mix(e.node, e.index + 1000);
    for (const Node* node : s.targets) mix(node, -1);
    return hash;
  }
};

}  // namespace

struct DirectSession::Impl {
  graph::Graph* graph;
  SessionOptions options;
  std::unique_ptr<ThreadPool> own_pool;
  ThreadPool* pool;
  std::vector<std::unique_ptr<op::Device>> devices;
  std::atomic<bool> closed{false};
  op::CancellationManager cancellation;  // of all runs, when the session closes
  std::atomic<int64_t> next_step_id{1};
  std::atomic<int> active_runs{0};

  std::shared_mutex plans_mutex;
  std::mutex compile_mutex;
  std::unique_ptr<Functions> functions;
  std::unique_ptr<Compiler> compiler;
  KernelCache kernels;
  absl::flat_hash_map<Signature, std::shared_ptr<Plan>, SignatureHash> plans;

  std::mutex partial_runs_mutex;
  std::map<std::string, std::shared_ptr<PartialRun>> partial_runs;

  Status check(const Signature& signature) const;
  StatusOr<std::shared_ptr<Plan>> compile(const Signature& signature);
};

Status DirectSession::Impl::check(const Signature& signature) const {
  absl::flat_hash_map<std::pair<const Node*, int>, bool> fed;
  for (const Endpoint& e : signature.feeds) {
    if (!e || &e.node->graph() != graph) return invalid_argument("A fed tensor is not an element of this graph.");
    if (e.index < 0 || e.index >= e.node->num_outputs()) {
      return invalid_argument("Tensor {}:{}, specified in either feed_devices or fetch_devices was not found in the Graph",
                              e.node->name(), e.index);
    }
    if (!graph->is_feedable(e.node)) return invalid_argument("Tensor {} may not be fed.", e.name());
    if (!fed.emplace(std::make_pair(e.node, e.index), true).second) {
      return invalid_argument("Endpoint \"{}\" fed more than once.", e.name());
    }
  }
  for (const Endpoint& e : signature.fetches) {
    if (!e || &e.node->graph() != graph) return invalid_argument("A fetched tensor is not an element of this graph.");
    if (e.index < 0 || e.index >= e.node->num_outputs()) {
      return invalid_argument("FetchOutputs node {}:{}: not found", e.node->name(), e.index);
    }
    if (!graph->is_fetchable(e.node)) {
      return invalid_argument("Operation '{}' has been marked as not fetchable.", e.node->name());
    }
  }
  for (const Node* node : signature.targets) {
    if (node == nullptr || &node->graph() != graph) return invalid_argument("A target is not an element of this graph.");
  }
  return OkStatus();
}

StatusOr<std::shared_ptr<Plan>> DirectSession::Impl::compile(const Signature& signature) {
  graph::Subgraph subgraph;
  {
    std::lock_guard lock(graph->mutex());
    RETURN_IF_ERROR(check(signature));
    ASSIGN_OR_RETURN(subgraph, graph::extract_subgraph(*graph, signature.feeds, signature.fetches, signature.targets));
  }
  RETURN_IF_ERROR(compiler->log_placement(*graph));
  return compiler->compile(std::move(subgraph), *graph, kernels);
}

DirectSession::DirectSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

DirectSession::~DirectSession() { (void)close(); }

StatusOr<std::unique_ptr<DirectSession>> DirectSession::create(graph::Graph* graph, const SessionOptions& options) {
  if (options.cpu_devices < 0 || options.intra_op_parallelism_threads < 0) {
    return invalid_argument("Session options out of range: {} CPU devices, {} intra-op threads", options.cpu_devices,
                            options.intra_op_parallelism_threads);
  }
  auto impl = std::make_unique<Impl>();
  impl->graph = graph;
  impl->options = options;
  const int threads = options.intra_op_parallelism_threads;
  if (threads > 0 && threads != ThreadPool::process_pool().num_threads()) {
    impl->own_pool = std::make_unique<ThreadPool>(threads);
  }
  impl->pool = impl->own_pool ? impl->own_pool.get() : &ThreadPool::process_pool();
  for (int i = 0; i < std::max(1, options.cpu_devices); ++i) {
    impl->devices.push_back(std::make_unique<op::Device>(fmt::format("/job:localhost/replica:0/task:0/device:CPU:{}", i),
                                                         op::kCpu, impl->pool));
  }
  impl->functions = std::make_unique<Functions>(graph, &impl->cancellation);
  impl->compiler = std::make_unique<Compiler>(impl->options, impl->devices, impl->pool, impl->functions.get());
  impl->functions->set_compiler(impl->compiler.get());
  if (options.log_device_placement) {
    std::printf("Device mapping:\n");
    for (const auto& device : impl->devices) std::printf("%s -> device: CPU\n", device->name().c_str());
    std::fflush(stdout);
  }
  return std::unique_ptr<DirectSession>(new DirectSession(std::move(impl)));
}

StatusOr<std::shared_ptr<Plan>> DirectSession::prepare(const Signature& signature) {
  {
    std::shared_lock lock(impl_->plans_mutex);
    const auto known = impl_->plans.find(signature);
    if (known != impl_->plans.end()) return known->second;
  }
  std::lock_guard compile_lock(impl_->compile_mutex);
  if (impl_->closed) return make_status(StatusCode::kCancelled, "Session has been closed.");
  {
    std::shared_lock lock(impl_->plans_mutex);
    const auto known = impl_->plans.find(signature);
    if (known != impl_->plans.end()) return known->second;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<Plan> plan, impl_->compile(signature));
  std::unique_lock lock(impl_->plans_mutex);
  impl_->plans.emplace(signature, plan);
  return plan;
}

Status DirectSession::run(const Signature& signature, std::span<const Tensor> feeds, std::vector<Tensor>* fetches,
                          const RunOptions& options, RunMetadata* metadata) {
  ASSIGN_OR_RETURN(const std::shared_ptr<Plan> plan, prepare(signature));
  return run(*plan, feeds, fetches, options, metadata);
}

namespace {

// Counts the runs of a session, so that closing can wait for them.
struct ActiveRun {
  explicit ActiveRun(std::atomic<int>& count) : count(count) { count.fetch_add(1); }
  ~ActiveRun() { count.fetch_sub(1); }
  std::atomic<int>& count;
};

}  // namespace

Status DirectSession::run(Plan& plan, std::span<const Tensor> feeds, std::vector<Tensor>* fetches,
                          const RunOptions& options, RunMetadata* metadata) {
  const ActiveRun active(impl_->active_runs);
  if (impl_->closed.load()) return make_status(StatusCode::kCancelled, "Session has been closed.");
  RunSettings settings;
  settings.session = &impl_->cancellation;
  settings.caller = options.cancellation;
  settings.step_id = impl_->next_step_id.fetch_add(1, std::memory_order_relaxed);
  if (const int64_t timeout_ms = options.timeout_ms > 0 ? options.timeout_ms : impl_->options.operation_timeout_ms;
      timeout_ms > 0) {
    settings.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  }
  settings.trace = options.trace;
  settings.partition_graphs = options.partition_graphs;
  settings.report_allocations_on_oom = options.report_allocations_on_oom;
  const int64_t every = impl_->options.build_cost_model, counted = settings.step_id - impl_->options.build_cost_model_after;
  settings.costs = metadata != nullptr && every > 0 && counted > 0 && counted % every == 0;
  return run_plan(plan, feeds, fetches, settings, metadata);
}

StatusOr<std::string> DirectSession::partial_run_setup(const Signature& signature) {
  if (impl_->closed.load()) return make_status(StatusCode::kCancelled, "Session has been closed.");
  graph::Subgraph subgraph;
  {
    std::lock_guard lock(impl_->graph->mutex());
    RETURN_IF_ERROR(impl_->check(signature));
    ASSIGN_OR_RETURN(subgraph, graph::extract_subgraph(*impl_->graph, signature.feeds, signature.fetches, signature.targets));
  }
  RETURN_IF_ERROR(make_partial(signature, &subgraph));
  std::unique_lock compile_lock(impl_->compile_mutex);
  // Nor is there an order of reads and writes: either may be of a part that comes only after the other's result.
  ASSIGN_OR_RETURN(std::shared_ptr<Plan> plan, impl_->compiler->compile(std::move(subgraph), *impl_->graph, impl_->kernels,
                                                                        {"all", "variable_order"}));
  compile_lock.unlock();
  auto run = std::make_shared<PartialRun>(*impl_->graph, signature, std::move(plan));
  const int64_t step_id = impl_->next_step_id.fetch_add(1, std::memory_order_relaxed);
  std::string handle;
  for (const Endpoint& feed : signature.feeds) handle += (handle.empty() ? "" : ",") + feed.name();
  handle += "->";
  for (const Endpoint& fetch : signature.fetches) handle += fetch.name() + ",";
  handle += fmt::format("/{}", step_id);
  {
    std::lock_guard lock(impl_->partial_runs_mutex);
    impl_->partial_runs.emplace(handle, run);
  }
  impl_->active_runs.fetch_add(1);
  impl_->pool->schedule([impl = impl_.get(), run = std::move(run), step_id]() mutable {
    run->execute(&impl->cancellation, step_id);
    run.reset();
    impl->active_runs.fetch_sub(1);
  });
  return handle;
}

Status DirectSession::partial_run(const std::string& handle, std::span<const std::pair<Endpoint, Tensor>> feeds,
                                  std::span<const Endpoint> fetches, std::vector<Tensor>* values) {
  const ActiveRun active(impl_->active_runs);
  if (impl_->closed.load()) return make_status(StatusCode::kCancelled, "Session has been closed.");
  std::shared_ptr<PartialRun> run;
  {
    std::lock_guard lock(impl_->partial_runs_mutex);
    const auto found = impl_->partial_runs.find(handle);
    if (found == impl_->partial_runs.end()) {
      return invalid_argument("Must run 'setup' before performing partial runs!");
    }
    run = found->second;
  }
  bool all_done = false;
  const Status status = run->advance(feeds, fetches, values, &all_done);
  if (all_done) {
    std::lock_guard lock(impl_->partial_runs_mutex);
    impl_->partial_runs.erase(handle);
  }
  return status;
}

Status DirectSession::close() {
  if (impl_->closed.exchange(true)) return OkStatus();
  impl_->cancellation.cancel();
  while (impl_->active_runs.load() > 0) std::this_thread::yield();
  std::lock_guard compile_lock(impl_->compile_mutex);  // before plans_mutex, as in prepare()
  std::unique_lock lock(impl_->plans_mutex);
  impl_->plans.clear();
  impl_->partial_runs.clear();
  impl_->kernels.clear();
  for (const auto& device : impl_->devices) device->resources().clear();  // iterators work on until they are gone
  impl_->functions->clear();
  return OkStatus();
}

std::vector<std::string> DirectSession::list_devices() const {
  std::vector<std::string> names;
  for (const auto& device : impl_->devices) names.push_back(device->name());
  return names;
}

Status DirectSession::reset(std::span<const std::string> containers) {
  for (const auto& device : impl_->devices) {
    for (const std::string& container : containers) device->resources().clear_container(container);
    if (containers.empty()) device->resources().clear();
  }
  return OkStatus();
}

}  // namespace reflow::runtime
