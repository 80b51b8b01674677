#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow {

namespace runtime {
struct RunMetadata;
}

// One entry of a FeedDict: the value that a tensor has in a run. Numbers, lists and strings take the tensor's type.
class Feed {
 public:
  Feed(const GraphElement& key, const Tensor& value) : key_(key), tensor_(value) {}
  Feed(const GraphElement& key, TensorLike value) : key_(key), other_(std::move(value)) {}
  const GraphElement& key() const { return key_; }
  const Tensor& tensor() const { return tensor_; }     // may be !valid(); then other() says it
  const TensorLike& other() const { return other_; }

 private:
  GraphElement key_;
  Tensor tensor_;
  TensorLike other_;
};

// {{x, images}, {y_, labels}}: the values that a run is given.
class FeedDict {
 public:
  FeedDict() = default;
  FeedDict(std::initializer_list<Feed> feeds) : feeds_(feeds) {}
  FeedDict(std::vector<Feed> feeds) : feeds_(std::move(feeds)) {}
  void add(const GraphElement& key, TensorLike value) { feeds_.emplace_back(key, std::move(value)); }
  void add(const GraphElement& key, const Tensor& value) { feeds_.emplace_back(key, value); }
  const std::vector<Feed>& feeds() const { return feeds_; }

 private:
  std::vector<Feed> feeds_;
};

// What ConfigProto says of a session, as far as Reflow obeys it.
struct SessionConfig {
  std::map<std::string, int> device_count;  // {{"CPU", 2}}
  int intra_op_parallelism_threads = 0;     // 0: as many as cores
  int inter_op_parallelism_threads = 0;
  bool allow_soft_placement = false;        // devices that aren't there: use another
  bool log_device_placement = false;
  int64_t operation_timeout_in_ms = 0;      // 0: none
  int64_t build_cost_model = 0;             // every so many runs have a cost graph in their RunMetadata; 0: none
  int64_t build_cost_model_after = 0;       // runs before the first that counts
  std::set<std::string> disabled_passes;    // graph rewrites that are not to run; "all": none runs

  // What a serialized ConfigProto says. Optimizer levels and rewriter switches become disabled_passes; GPU and RPC
  // options are read and mean nothing here. ValueError: not a ConfigProto.
  static SessionConfig parse(std::string_view config_proto);
};

struct SessionOptions {
  std::string target;  // "": this process
  std::optional<Graph> graph;  // default: the default graph
  SessionConfig config;
};

// Ends runs from another thread: those whose RunOptions have it, now and later. Copies are the same. Thread-safe.
class Cancellation {
 public:
  Cancellation();
  void cancel() const;
  bool cancelled() const;

  struct State;

 private:
  friend class Session;
  std::shared_ptr<State> state_;
};

struct RunOptions {
  enum TraceLevel : int { NO_TRACE = 0, SOFTWARE_TRACE = 1, HARDWARE_TRACE = 2, FULL_TRACE = 3 };
  TraceLevel trace_level = NO_TRACE;  // else: fill RunMetadata with what each node did
  int64_t timeout_in_ms = 0;          // 0: the session's
  int inter_op_thread_pool = 0;       // there is one
  bool output_partition_graphs = false;
  bool report_tensor_allocations_upon_oom = false;
  std::optional<Cancellation> cancellation;

  // What a serialized RunOptions message says. ValueError: it isn't one.
  static RunOptions parse(std::string_view run_options_proto);
};

// When and where a node ran.
struct NodeRunStats {
  std::string node, op, device;
  int64_t start_us = 0, duration_ns = 0, output_bytes = 0;
};
// What a run told of itself.
class RunMetadata {
 public:
  std::vector<NodeRunStats> nodes;  // in the order of their ends

  // As a serialized RunMetadata message: step_stats, cost_graph, partition_graphs.
  std::string serialize() const;

 private:
  friend class Session;
  std::shared_ptr<const runtime::RunMetadata> details_;
};

// What make_callable gives: fetches and feeds checked and compiled once; then only executed. Any thread may call it.
// Good as long as the session is open.
class Callable {
 public:
  // feeds[i] is the value of the i-th entry of the feed list, of its type; results are those of the fetches, empty
  // tensors for operations. Reuses the memory of `*results`.
  void run(std::span<const Tensor> feeds, std::vector<Tensor>* results) const;
  template <typename... Tensors>
  std::vector<Tensor> operator()(const Tensors&... feeds) const {
    const std::array<Tensor, sizeof...(feeds)> values{feeds...};
    std::vector<Tensor> results;
    run(values, &results);
    return results;
  }

  struct Prepared;
  explicit Callable(std::shared_ptr<const Prepared> prepared) : prepared_(std::move(prepared)) {}

 private:
  std::shared_ptr<const Prepared> prepared_;
};

// Runs a graph, and keeps the values of its variables. A handle: copies are the same session, which closes with the
// last of them. Any thread may run; runs go on side by side. The graph may grow between runs.
//
// Errors: TypeError and ValueError for fetches and feeds that don't fit ("Cannot feed value of shape (2,) for Tensor
// 'x:0', which has shape '(?, 3)'"), RuntimeError for a closed session or an empty graph, tf::errors::OpError with the
// name of the node for what fails in the run.
class Session {
 public:
  Session() : Session(SessionOptions()) {}
  explicit Session(const SessionOptions& options);

  // The value of a tensor or variable; an operation is run and gives an empty tensor.
  Tensor run(const GraphElement& fetch, const FeedDict& feed_dict = {}) const;
  // The element of this name: run("loss:0").
  Tensor run(const std::string& fetch, const FeedDict& feed_dict = {}) const;
  Tensor run(const char* fetch, const FeedDict& feed_dict = {}) const { return run(std::string(fetch), feed_dict); }
  std::vector<Tensor> run(std::initializer_list<GraphElement> fetches, const FeedDict& feed_dict = {}) const;
  std::vector<Tensor> run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict = {}) const;
  std::vector<Tensor> run(const std::vector<GraphElement>& fetches, const FeedDict& feed_dict,
                          const RunOptions& options, RunMetadata* run_metadata = nullptr) const;
  // auto [loss, _] = sess.run<2>({loss, train_op}, ...);
  template <size_t N>
  std::array<Tensor, N> run(const GraphElement (&fetches)[N], const FeedDict& feed_dict = {}) const {
    std::array<Tensor, N> results;
    run_into(fetches, feed_dict, results);
    return results;
  }

  // Checks and compiles once what is to be run often.
  Callable make_callable(const std::vector<GraphElement>& fetches,
                         const std::vector<GraphElement>& feed_list = {}) const;

  // Begins a run that is fed and fetched in several calls of partial_run; what it returns names it. Feeds that aren't on
  // the list keep the values of the graph.
  std::string partial_run_setup(const std::vector<GraphElement>& fetches, const std::vector<GraphElement>& feeds = {}) const;
  // Goes on with it: feeds some of its feeds, and returns some of its fetches, which depend on nothing not yet fed; each
  // once. InvalidArgumentError: "The fetch add:0 was not specified in partial_run_setup.", and the like.
  std::vector<Tensor> partial_run(const std::string& handle, const std::vector<GraphElement>& fetches,
                                  const FeedDict& feed_dict = {}) const;

  // Ends it: variables are freed, runs that wait are cancelled.
  void close() const;
  // Forgets the variables, queues and other resources of these containers ("": the default one, "localhost"); of all,
  // when there are none. Nodes that have been run already keep theirs.
  void reset(const std::vector<std::string>& containers = {}) const;
  Graph graph() const;
  std::vector<std::string> list_devices() const;

  // Makes this the session of Output::eval() and Operation::run(), and its graph the default one, for the calling
  // thread, until the returned object dies.
  class DefaultScope;
  [[nodiscard]] DefaultScope as_default() const;

  struct State;
  explicit Session(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  void run_into(std::span<const GraphElement> fetches, const FeedDict& feed_dict, std::span<Tensor> results,
                const RunOptions* options = nullptr, RunMetadata* metadata = nullptr) const;
  std::shared_ptr<State> state_;
};

class [[nodiscard]] Session::DefaultScope {
 public:
  explicit DefaultScope(const Session& session);
  ~DefaultScope();
  DefaultScope(const DefaultScope&) = delete;
  DefaultScope& operator=(const DefaultScope&) = delete;

 private:
  Graph::DefaultScope graph_;
};

// A session that is the default one from its making to its end.
class InteractiveSession : public Session {
 public:
  InteractiveSession() : InteractiveSession(SessionOptions()) {}
  explicit InteractiveSession(const SessionOptions& options) : Session(options), default_(*this) {}

 private:
  DefaultScope default_;
};

// Of the calling thread; none: no session is the default one.
std::optional<Session> get_default_session();

}  // namespace reflow
