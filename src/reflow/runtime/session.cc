#include "reflow/runtime/session.h"

#include <absl/container/flat_hash_map.h>

#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "reflow/base/logging.h"
#include "reflow/graph/subgraph.h"
#include "reflow/passes/pass.h"
#include "reflow/runtime/executor.h"
#include "reflow/runtime/placer.h"

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
  std::atomic<int64_t> next_step_id{1};
  std::atomic<int> active_runs{0};

  std::shared_mutex plans_mutex;
  absl::flat_hash_map<Signature, std::shared_ptr<Plan>, SignatureHash> plans;

  std::mutex compile_mutex;
  // Kernels with state go on over all plans of the session: a random op's stream, a variable's handle.
  absl::flat_hash_map<std::string, std::shared_ptr<op::Kernel>> stateful_kernels;
  absl::flat_hash_map<std::string, bool> placements_logged;

  StatusOr<std::shared_ptr<op::Kernel>> kernel_of(const Node& node);
  Status check(const Signature& signature) const;
  StatusOr<std::shared_ptr<Plan>> compile(const Signature& signature);
  void log_placement(const graph::Graph& placed);
  Status fetch(const Program& program, Frame& frame, std::vector<Tensor>* fetches);
};

StatusOr<std::shared_ptr<op::Kernel>> DirectSession::Impl::kernel_of(const Node& node) {
  op::Device* device = devices[std::max(0, node.assigned_device())].get();
  if (!node.op().is_stateful) {
    ASSIGN_OR_RETURN(std::unique_ptr<op::Kernel> kernel, op::make_kernel(node, device, nullptr));
    return std::shared_ptr<op::Kernel>(std::move(kernel));
  }
  if (const auto known = stateful_kernels.find(node.name()); known != stateful_kernels.end()) return known->second;
  ASSIGN_OR_RETURN(std::unique_ptr<op::Kernel> kernel, op::make_kernel(node, device, nullptr));
  std::shared_ptr<op::Kernel> shared = std::move(kernel);
  // What passes have made is named for the signature that it was made for.
  if (!node.type().starts_with('_')) stateful_kernels.emplace(node.name(), shared);
  return shared;
}

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
  RETURN_IF_ERROR(check_acyclic(*subgraph.graph));  // which passes count on
  RETURN_IF_ERROR(place(*subgraph.graph, devices, options.allow_soft_placement));
  if (options.log_device_placement) log_placement(*subgraph.graph);

  passes::PassContext context;
  context.graph = subgraph.graph.get();
  context.roots = subgraph.fetches;
  context.roots.insert(context.roots.end(), subgraph.targets.begin(), subgraph.targets.end());
  RETURN_IF_ERROR(passes::run_pipeline(context, options.disabled_passes));

  auto plan = std::make_shared<Plan>();
  plan->pool = pool;
  RETURN_IF_ERROR(compile_plan(std::move(subgraph), devices, [this](const Node& node) { return kernel_of(node); },
                               plan.get()));
  return plan;
}

void DirectSession::Impl::log_placement(const graph::Graph& placed) {
  for (const Node* node : placed.nodes()) {
    if (node->type().starts_with('_') || !placements_logged.emplace(node->name(), true).second) continue;
    const std::string line =
        fmt::format("{}: ({}): {}", node->name(), node->type(), devices[node->assigned_device()]->name());
    std::printf("%s\n", line.c_str());
    log_info("{}", line);
  }
  std::fflush(stdout);
}

// Takes the fetched values out of the frame: moved where this run alone holds them, else copied, since neither a later
// run nor the caller may change what the other sees.
Status DirectSession::Impl::fetch(const Program& program, Frame& frame, std::vector<Tensor>* fetches) {
  const Plan& plan = program.plan();
  const size_t n = plan.fetch_slots.size();
  fetches->resize(n);
  for (size_t i = 0; i < n; ++i) {
    op::Value& value = frame.values[plan.fetch_slots[i]];
    if (!value.get().valid()) {
      return failed_precondition("Attempting to use uninitialized value {0}\n\t [[{{{{node _retval_{0}_0_{1}}}}}]]",
                                 plan.fetch_names[i], i);
    }
    bool last = value.ref == nullptr;
    for (size_t j = i + 1; j < n && last; ++j) last = plan.fetch_slots[j] != plan.fetch_slots[i];
    (*fetches)[i] = last && value.tensor.owns_alone() ? std::move(value.tensor) : value.get().copy();
  }
  return OkStatus();
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
  if (impl_->closed) return make_status(StatusCode::kCancelled, "Session has been closed.");
  std::lock_guard compile_lock(impl_->compile_mutex);
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

Status check_feeds(const Plan& plan, std::span<const Tensor> feeds) {
  if (feeds.size() != plan.feed_types.size()) {
    return invalid_argument("{} tensors are fed, where the signature has {}", feeds.size(), plan.feed_types.size());
  }
  for (size_t i = 0; i < feeds.size(); ++i) {
    if (feeds[i].dtype() == plan.feed_types[i]) continue;
    return invalid_argument("Feed {} has type {}, where {} is expected", i, dtype_name(feeds[i].dtype()),
                            dtype_name(plan.feed_types[i]));
  }
  return OkStatus();
}

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
  RETURN_IF_ERROR(check_feeds(plan, feeds));
  Program& program = plan.program_for(feeds);
  ASSIGN_OR_RETURN(std::unique_ptr<Frame> frame, program.take_frame());
  const int64_t step_id = impl_->next_step_id.fetch_add(1, std::memory_order_relaxed);
  for (op::RunEnv& env : frame->envs) env.step_id = step_id;
  for (size_t i = 0; i < feeds.size(); ++i) frame->values[plan.feed_slots[i]].tensor = feeds[i];

  Status status;
  for (const Program::Fetched& fresh : program.fresh_fetches) {
    auto tensor = allocate_tensor(fresh.type, fresh.shape);
    if (!tensor.ok()) {
      status = tensor.status();
      break;
    }
    frame->values[fresh.slot].tensor = *std::move(tensor);
  }
  RunControl control;
  control.session_closed = &impl_->closed;
  control.caller = options.cancellation;
  control.timeout_ms = options.timeout_ms > 0 ? options.timeout_ms : impl_->options.operation_timeout_ms;
  if (control.timeout_ms > 0) {
    control.has_deadline = true;
    control.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(control.timeout_ms);
  }
  if (status.ok()) {
    RunMetadata* trace = options.trace ? metadata : nullptr;
    status = plan.needs_dataflow ? run_dataflow(program, *frame, control, trace)
                                 : run_straight_line(program, *frame, control, trace);
  }
  if (status.ok() && !plan.fetch_slots.empty()) status = impl_->fetch(program, *frame, fetches);
  if (status.ok() && plan.fetch_slots.empty()) fetches->clear();

  // Lets go of what belongs to others: feeds, variables' buffers.
  for (const int slot : plan.feed_slots) frame->values[slot].tensor = Tensor();
  for (const int slot : program.releases_at_end) frame->values[slot] = op::Value();
  if (!status.ok() || plan.needs_dataflow) frame->spoiled = true;
  program.give_back(std::move(frame));
  return status;
}

Status DirectSession::close() {
  if (impl_->closed.exchange(true)) return OkStatus();
  while (impl_->active_runs.load() > 0) std::this_thread::yield();
  std::unique_lock lock(impl_->plans_mutex);
  impl_->plans.clear();
  std::lock_guard compile_lock(impl_->compile_mutex);
  impl_->stateful_kernels.clear();
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
