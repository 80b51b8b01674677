#include "reflow/client/session.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "reflow/client/apply_op.h"
#include "reflow/client/feed.h"
#include "reflow/client/session_of_config.h"
#include "reflow/client/session_proto.h"
#include "reflow/client/python_text.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/graph.h"
#include "reflow/runtime/session_backend.h"

namespace reflow {

struct Cancellation::State {
  op::CancellationManager manager;
};
Cancellation::Cancellation() : state_(std::make_shared<State>()) {}
void Cancellation::cancel() const { state_->manager.cancel(); }
bool Cancellation::cancelled() const { return state_->manager.cancelled(); }

std::string RunMetadata::serialize() const { return details_ ? runtime::serialize(*details_) : std::string(); }

// Fetches and feeds, checked, with their compiled plan.
struct Callable::Prepared {
  std::vector<GraphElement> fetches, feeds;
  bool fetched_once = true;  // no two fetches are the same tensor
  std::vector<int> sources;  // of each fetch: an index of the run's results, ~i for feed i, kNoValue for an operation
  std::shared_ptr<Session::State> session;  // null in the session's own cache
  std::shared_ptr<runtime::SessionBackend::Prepared> run;  // its kernels use the session's devices until they die
  static constexpr int kNoValue = 1 << 30;
};

struct Session::State {
  Graph graph;
  std::unique_ptr<runtime::SessionBackend> backend;
  std::atomic<bool> closed{false};
  std::mutex mutex;
  // By hash of fetches and feeds; entries stay.
  std::unordered_multimap<uint64_t, std::shared_ptr<const Callable::Prepared>> prepared;

  explicit State(Graph g) : graph(std::move(g)) {}
  static State& of(const Session& session) { return *session.state_; }
  std::shared_ptr<Callable::Prepared> prepare(std::span<const GraphElement> fetches,
                                              std::vector<GraphElement> feeds) const;
  const Callable::Prepared& find_or_prepare(std::span<const GraphElement> fetches, const FeedDict& feed_dict);
  void check_open() const {
    if (closed.load(std::memory_order_relaxed)) throw RuntimeError("Attempted to use a closed Session.");
  }
};

namespace {

constexpr int kNoValue = Callable::Prepared::kNoValue;

uint64_t mix(uint64_t hash, const GraphElement& e) {
  const uint64_t index = static_cast<uint64_t>(int64_t{e.index()});
  hash ^= reinterpret_cast<uintptr_t>(e.node()) + index * 0x9e3779b97f4a7c15;
  hash *= 0xff51afd7ed558ccd;
  return hash ^ (hash >> 32);
}

std::string describe(const GraphElement& e) {
  return e.is_operation() ? fmt::format("<tf.Operation '{}' type={}>", e.node()->name(), e.node()->type())
                          : client::python_tensor(e.output());
}

void check_fetch(const Graph& graph, const GraphElement& fetch) {
  if (!fetch.node()) throw TypeError("Fetch argument None has invalid type <class 'NoneType'>");
  if (&fetch.node()->graph() != &graph.impl()) {
    const char* kind = fetch.is_operation() ? "Operation" : "Tensor";
    throw ValueError(fmt::format("Fetch argument {} cannot be interpreted as a Tensor. ({} {} is not an element of "
        "this graph.)", describe(fetch), kind, describe(fetch)));
  }
  if (!graph.is_fetchable(fetch)) {
    throw InaccessibleTensorError(fmt::format("Operation '{}' has been marked as not fetchable. Typically this happens when it is "
                                 "defined in another function or code block. Use return values,explicit Python locals "
                                 "or TensorFlow collections to access it.", fetch.node()->name()));
  }
}

void check_feed(const Graph& graph, const GraphElement& key) {
  if (key.is_operation()) {
    throw TypeError("Cannot interpret feed_dict key as Tensor: Can not convert a Operation into a Tensor.");
  }
  if (&key.node()->graph() != &graph.impl()) {
    throw TypeError(fmt::format("Cannot interpret feed_dict key as Tensor: Tensor {} is not an element of this graph.",
                                describe(key)));
  }
  if (!graph.is_feedable(key)) throw ValueError(fmt::format("Tensor {} may not be fed.", describe(key)));
}

// A vector of the calling thread that keeps its memory from run to run. A run within a run gets another one.
class BorrowedTensors {
 public:
  explicit BorrowedTensors(std::vector<Tensor>& home) : values(std::move(home)), home_(home) {}
  ~BorrowedTensors() {
    values.clear();
    home_ = std::move(values);
  }
  std::vector<Tensor> values;

 private:
  std::vector<Tensor>& home_;
};

thread_local std::vector<Tensor> kept_feeds, kept_results;

// Hands out the results of a run as those of the fetches.
void distribute(const Callable::Prepared& prepared, std::vector<Tensor>& run_results, std::span<const Tensor> feeds,
                std::span<Tensor> results) {
  for (size_t i = prepared.sources.size(); i-- > 0;) {
    const int source = prepared.sources[i];
    if (source == kNoValue) {
      results[i] = Tensor();
    } else if (source < 0) {
      results[i] = feeds[~source].copy();
    } else if (source < static_cast<int>(run_results.size()) && prepared.fetched_once) {
      results[i] = std::move(run_results[source]);
    } else {
      results[i] = run_results[source];
    }
  }
}

std::vector<std::shared_ptr<Session::State>>& default_sessions() {
  thread_local std::vector<std::shared_ptr<Session::State>> sessions;
  return sessions;
}

}  // namespace

std::shared_ptr<Callable::Prepared> Session::State::prepare(std::span<const GraphElement> fetches,
                                                            std::vector<GraphElement> feeds) const {
  check_open();
  if (std::lock_guard lock(graph.impl().mutex()); graph.impl().num_nodes() == 0) {
    throw RuntimeError("The Session graph is empty.  Add operations to the graph before calling run().");
  }
  auto prepared = std::make_shared<Callable::Prepared>();
  prepared->fetches.assign(fetches.begin(), fetches.end());
  prepared->feeds = std::move(feeds);
  runtime::Signature signature;
  for (const GraphElement& key : prepared->feeds) {
    check_feed(graph, key);
    signature.feeds.push_back(client::to_endpoint(key.output()));
  }
  for (const GraphElement& fetch : fetches) {
    check_fetch(graph, fetch);
    if (fetch.is_operation()) {
      prepared->sources.push_back(kNoValue);
      if (std::ranges::find(signature.targets, fetch.node()) == signature.targets.end()) {
        signature.targets.push_back(fetch.node());
      }
      continue;
    }
    const graph::Endpoint endpoint = client::to_endpoint(fetch.output());
    if (const auto fed = std::ranges::find(signature.feeds, endpoint); fed != signature.feeds.end()) {
      prepared->sources.push_back(~static_cast<int>(fed - signature.feeds.begin()));
      continue;
    }
    const auto known = std::ranges::find(signature.fetches, endpoint);
    prepared->sources.push_back(static_cast<int>(known - signature.fetches.begin()));
    if (known == signature.fetches.end()) signature.fetches.push_back(endpoint);
    else prepared->fetched_once = false;
  }
  auto run = backend->prepare(signature);
  if (!run.ok()) errors::from_status(run.status());
  prepared->run = *std::move(run);
  return prepared;
}

const Callable::Prepared& Session::State::find_or_prepare(std::span<const GraphElement> fetches,
                                                          const FeedDict& feed_dict) {
  uint64_t hash = fetches.size();
  for (const GraphElement& fetch : fetches) hash = mix(hash, fetch);
  for (const Feed& feed : feed_dict.feeds()) hash = mix(hash, feed.key());
  const auto is_same = [&](const Callable::Prepared& p) {
    return std::ranges::equal(p.fetches, fetches) &&
           std::ranges::equal(p.feeds, feed_dict.feeds(), {}, {}, &Feed::key);
  };
  {
    const std::lock_guard lock(mutex);
    const auto [begin, end] = prepared.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (is_same(*it->second)) return *it->second;
    }
  }
  std::vector<GraphElement> keys;
  for (const Feed& feed : feed_dict.feeds()) keys.push_back(feed.key());
  std::shared_ptr<const Callable::Prepared> made = prepare(fetches, std::move(keys));
  const std::lock_guard lock(mutex);
  return *prepared.emplace(hash, std::move(made))->second;
}

namespace {

std::shared_ptr<Session::State> make_state(const SessionOptions& options, std::string config_proto) {
  const SessionConfig& config = options.config;
  auto state = std::make_shared<Session::State>(options.graph ? *options.graph : get_default_graph());
  runtime::SessionOptions made;
  made.intra_op_parallelism_threads = std::max(0, config.intra_op_parallelism_threads);
  made.inter_op_parallelism_threads = config.inter_op_parallelism_threads;
  if (const auto cpus = config.device_count.find("CPU"); cpus != config.device_count.end() && options.target.empty()) {
    if (cpus->second == 0) throw errors::NotFoundError("No CPU devices are available in this process");
    made.cpu_devices = cpus->second;
  }
  made.allow_soft_placement = config.allow_soft_placement;
  made.log_device_placement = config.log_device_placement;
  made.operation_timeout_ms = config.operation_timeout_in_ms;
  made.build_cost_model = config.build_cost_model;
  made.build_cost_model_after = config.build_cost_model_after;
  made.disabled_passes = config.disabled_passes;
  made.config_proto = std::move(config_proto);
  auto backend = runtime::make_session(options.target, &state->graph.impl(), made);
  if (!backend.ok()) errors::from_status(backend.status());
  state->backend = *std::move(backend);
  return state;
}

}  // namespace

Session::Session(const SessionOptions& options)
    : state_(make_state(options, options.target.empty() ? "" : client::config_proto_of(options.config))) {}

Session session_of_config(const SessionOptions& options, std::string_view config_proto) {
  SessionOptions with_config = options;
  with_config.config = SessionConfig::parse(config_proto);
  return Session(make_state(with_config, std::string(config_proto)));
}

void reset_target(const std::string& target, const std::vector<std::string>& containers, std::string_view config_proto) {
  runtime::SessionOptions options;
  options.config_proto = config_proto;
  errors::throw_if_error(runtime::reset_target(target, containers, options));
}

void Session::run_into(std::span<const GraphElement> fetches, const FeedDict& feed_dict, std::span<Tensor> results,
                       const RunOptions* options, RunMetadata* metadata) const {
  State& state = *state_;
  state.check_open();
  const Callable::Prepared& prepared = state.find_or_prepare(fetches, feed_dict);
  BorrowedTensors feeds(kept_feeds), run_results(kept_results);
  for (const Feed& feed : feed_dict.feeds()) feeds.values.push_back(client::feed_value(feed));
  runtime::RunOptions run_options;
  if (options) {
    if (options->inter_op_thread_pool < -1 || options->inter_op_thread_pool > 0) {  // -1: the caller's thread
      throw errors::InvalidArgumentError(fmt::format("Invalid inter_op_thread_pool: {}", options->inter_op_thread_pool));
    }
    run_options.timeout_ms = options->timeout_in_ms;
    run_options.trace = options->trace_level != RunOptions::NO_TRACE;
    run_options.partition_graphs = options->output_partition_graphs;
    run_options.report_allocations_on_oom = options->report_tensor_allocations_upon_oom;
    if (options->cancellation) run_options.cancellation = &options->cancellation->state_->manager;
  }
  const auto details = metadata ? std::make_shared<runtime::RunMetadata>() : nullptr;
  const Status status = state.backend->run(*prepared.run, feeds.values, &run_results.values, run_options, details.get());
  if (metadata) {
    metadata->nodes.clear();
    for (const runtime::NodeStats& n : details->nodes) {
      metadata->nodes.push_back({n.node, n.op, n.device, n.start_us, n.duration_ns, n.output_bytes});
    }
    metadata->details_ = details;
  }
  errors::throw_if_error(status);
  distribute(prepared, run_results.values, feeds.values, results);
}

Tensor Session::run(const GraphElement& fetch, const FeedDict& feed_dict) const {
  Tensor result;
  run_into({&fetch, 1}, feed_dict, {&result, 1});
  return result;
}

Tensor Session::run(const std::string& fetch, const FeedDict& feed_dict) const {
  const GraphElement element = [&] {
    try {
      return state_->graph.as_graph_element(fetch);
    } catch (const std::exception& e) {
      throw ValueError(fmt::format("Fetch argument {} cannot be interpreted as a Tensor. ({})",
                                   client::python_repr(fetch), e.what()));
    }
  }();
  return run(element, feed_dict);
}

std::vector<Tensor> Session::run(std::initializer_list<GraphElement> fetches, const FeedDict& feed_dict) const {
  std::vector<Tensor> results(fetches.size());
  run_into({fetches.begin(), fetches.size()}, feed_dict, results);
  return results;
}

std::vector<Tensor> Session::run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict) const {
  std::vector<Tensor> results(fetches.size());
  run_into(fetches, feed_dict, results);
  return results;
}

std::vector<Tensor> Session::run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict,
                                 const RunOptions& options, RunMetadata* run_metadata) const {
  std::vector<Tensor> results(fetches.size());
  run_into(fetches, feed_dict, results, &options, run_metadata);
  return results;
}

std::string Session::partial_run_setup(const std::vector<GraphElement>& fetches,
                                       const std::vector<GraphElement>& feeds) const {
  state_->check_open();
  runtime::Signature signature;
  for (const GraphElement& key : feeds) {
    check_feed(state_->graph, key);
    signature.feeds.push_back(client::to_endpoint(key.output()));
  }
  for (const GraphElement& fetch : fetches) {
    check_fetch(state_->graph, fetch);
    if (fetch.is_operation()) signature.targets.push_back(fetch.node());
    else signature.fetches.push_back(client::to_endpoint(fetch.output()));
  }
  StatusOr<std::string> handle = state_->backend->partial_run_setup(signature);
  if (!handle.ok()) errors::from_status(handle.status());
  return *std::move(handle);
}

std::vector<Tensor> Session::partial_run(const std::string& handle, const std::vector<GraphElement>& fetches,
                                         const FeedDict& feed_dict) const {
  state_->check_open();
  std::vector<std::pair<graph::Endpoint, Tensor>> feeds;
  for (const Feed& feed : feed_dict.feeds()) {
    check_feed(state_->graph, feed.key());
    feeds.emplace_back(client::to_endpoint(feed.key().output()), client::feed_value(feed));
  }
  std::vector<graph::Endpoint> endpoints;
  for (const GraphElement& fetch : fetches) {
    check_fetch(state_->graph, fetch);
    if (!fetch.is_operation()) endpoints.push_back(client::to_endpoint(fetch.output()));
  }
  std::vector<Tensor> values, results;
  errors::throw_if_error(state_->backend->partial_run(handle, feeds, endpoints, &values));
  size_t next = 0;
  for (const GraphElement& fetch : fetches) results.push_back(fetch.is_operation() ? Tensor() : std::move(values[next++]));
  return results;
}

Callable Session::make_callable(const std::vector<GraphElement>& fetches,
                                const std::vector<GraphElement>& feed_list) const {
  std::shared_ptr<Callable::Prepared> prepared = state_->prepare(fetches, feed_list);
  prepared->session = state_;
  return Callable(std::move(prepared));
}

void Callable::run(std::span<const Tensor> feeds, std::vector<Tensor>* results) const {
  const Prepared& p = *prepared_;
  p.session->check_open();
  if (feeds.size() != p.feeds.size()) {
    throw ValueError(fmt::format("This callable takes {} feeds, got {}.", p.feeds.size(), feeds.size()));
  }
  for (size_t i = 0; i < feeds.size(); ++i) client::check_fed(p.feeds[i], feeds[i]);
  results->resize(p.fetches.size());
  BorrowedTensors run_results(kept_results);
  errors::throw_if_error(p.session->backend->run(*p.run, feeds, &run_results.values, {}, nullptr));
  distribute(p, run_results.values, feeds, *results);
}

runtime::SessionBackend& client::backend_of(const Session& session) { return *Session::State::of(session).backend; }

void Session::close() const {
  if (state_->closed.exchange(true)) return;
  errors::throw_if_error(state_->backend->close());
}

void Session::reset(const std::vector<std::string>& containers) const {
  errors::throw_if_error(state_->backend->reset(containers));
}

Graph Session::graph() const { return state_->graph; }

std::vector<std::string> Session::list_devices() const {
  std::vector<std::string> names;
  for (SessionDevice& device : devices_of(*this)) names.push_back(std::move(device.name));
  return names;
}

std::vector<SessionDevice> devices_of(const Session& session) {
  auto devices = Session::State::of(session).backend->list_devices();
  if (!devices.ok()) errors::from_status(devices.status());
  std::vector<SessionDevice> result;
  for (auto& d : *devices) result.push_back({std::move(d.name), std::move(d.type), d.memory_limit_bytes, d.incarnation});
  return result;
}

Session::DefaultScope Session::as_default() const { return DefaultScope(*this); }
Session::DefaultScope::DefaultScope(const Session& session) : graph_(session.graph()) {
  default_sessions().push_back(session.state_);
}
Session::DefaultScope::~DefaultScope() { default_sessions().pop_back(); }

std::optional<Session> get_default_session() {
  if (default_sessions().empty()) return std::nullopt;
  return Session(default_sessions().back());
}

namespace {

// The session of eval() and run().
Session session_for(const graph::Node& node, const char* no_session, const char* other_graph) {
  const std::optional<Session> session = get_default_session();
  if (!session) throw ValueError(no_session);
  if (&session->graph().impl() != &node.graph()) throw ValueError(other_graph);
  return *session;
}

constexpr const char* kNoSessionToEval =
    "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with sess.as_default()` or pass an "
    "explicit session to `eval(session=sess)`";
constexpr const char* kOtherGraphToEval =
    "Cannot use the default session to evaluate tensor: the tensor's graph is different from the session's graph. Pass "
    "an explicit session to `eval(session=sess)`.";
constexpr const char* kNoSessionToRun =
    "Cannot execute operation using `run()`: No default session is registered. Use `with sess.as_default():` or pass "
    "an explicit session to `run(session=sess)`";
constexpr const char* kOtherGraphToRun =
    "Cannot use the default session to execute operation: the operation's graph is different from the session's graph. "
    "Pass an explicit session to run(session=sess).";

}  // namespace

Tensor Output::eval() const { return eval(FeedDict()); }
Tensor Output::eval(const FeedDict& feed_dict) const {
  return session_for(*node_, kNoSessionToEval, kOtherGraphToEval).run(*this, feed_dict);
}
void Operation::run() const { run(FeedDict()); }
void Operation::run(const FeedDict& feed_dict) const {
  session_for(*node_, kNoSessionToRun, kOtherGraphToRun).run(*this, feed_dict);
}
void Variable::load(const Tensor& value) const {
  const std::optional<Session> session = get_default_session();
  if (!session) {
    throw ValueError("Either session argument should be provided or default session should be established");
  }
  session->run(initializer(), {{initializer().inputs()[1], value}});
}

Tensor Variable::eval() const {
  return session_for(*op().node(), kNoSessionToEval, kOtherGraphToEval).run(*this);
}

}  // namespace reflow
