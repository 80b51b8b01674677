#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/op/cancellation.h"
#include "reflow/runtime/run_metadata.h"
#include "reflow/tensor/tensor.h"

namespace reflow::runtime {

// What ConfigProto says, as far as the engine obeys it.
struct SessionOptions {
  int intra_op_parallelism_threads = 0;  // 0: as many as cores, the process's pool
  int inter_op_parallelism_threads = 0;
  int cpu_devices = 1;                   // device_count["CPU"]
  bool allow_soft_placement = false;
  bool log_device_placement = false;     // on standard output and error, as TensorFlow does
  int64_t operation_timeout_ms = 0;      // 0: none
  // Every so many runs tell in RunMetadata what each node cost (0: none does), after the first `build_cost_model_after`.
  int64_t build_cost_model = 0, build_cost_model_after = 0;
  std::string config_proto;              // the same and more as a serialized ConfigProto, for masters
  // Passes that are not to run, by name ("constant_folding", "common_subexpressions", "fusion", ...); "all": none runs.
  std::set<std::string> disabled_passes;
};

// What a run feeds, fetches and executes. Two runs with equal signatures share a plan.
struct Signature {
  std::vector<graph::Endpoint> feeds, fetches;
  std::vector<graph::Node*> targets;
  bool operator==(const Signature&) const = default;
};

struct RunOptions {
  int64_t timeout_ms = 0;  // 0: the session's
  bool trace = false;      // collect step stats
  bool partition_graphs = false;      // tell what graphs were run
  bool report_allocations_on_oom = false;  // an error for lack of memory tells which nodes hold how much
  op::CancellationManager* cancellation = nullptr;  // of the caller; may be null
};

// A signature compiled for a session: what make_callable gives. Shared; any thread may run it.
class Plan;

// Runs a graph on this machine's devices. The graph may grow between runs; it has to outlive the session. Any thread may
// call any function; runs go on side by side.
class DirectSession {
 public:
  // InvalidArgument: an option out of range.
  static StatusOr<std::unique_ptr<DirectSession>> create(graph::Graph* graph, const SessionOptions& options);
  ~DirectSession();  // closes

  // The plan of the signature, compiled when it is new. Errors: a feed or fetch that is not there or may not be fed,
  // "{} is both fed and fetched.", placement, kernels that are missing, constructors of kernels.
  StatusOr<std::shared_ptr<Plan>> prepare(const Signature& signature);

  // feeds[i] is the value of signature.feeds[i] and is only borrowed; fetches[i] becomes that of signature.fetches[i],
  // never sharing memory with a variable, a constant or a feed. Errors of kernels end with "\n\t [[{{node NAME}}]]".
  // Cancelled: closed or cancelled. DeadlineExceeded: the timeout.
  Status run(Plan& plan, std::span<const Tensor> feeds, std::vector<Tensor>* fetches, const RunOptions& options = {},
             RunMetadata* metadata = nullptr);
  Status run(const Signature& signature, std::span<const Tensor> feeds, std::vector<Tensor>* fetches,
             const RunOptions& options = {}, RunMetadata* metadata = nullptr);

  // Begins a run whose feeds are given and whose fetches are taken bit by bit, each once; the handle names it.
  StatusOr<std::string> partial_run_setup(const Signature& signature);
  // Gives some feeds, and waits for some fetches. InvalidArgument: "Must run 'setup' before performing partial runs!",
  // "The fetch {} was not specified in partial_run_setup.", "Fetch {} can't be computed from the feeds that have been
  // fed so far.".
  Status partial_run(const std::string& handle, std::span<const std::pair<graph::Endpoint, Tensor>> feeds,
                     std::span<const graph::Endpoint> fetches, std::vector<Tensor>* values);

  // Ends runs that wait, and forbids new ones ("Session has been closed."). Variables are freed with the session.
  Status close();
  // Names of the devices.
  std::vector<std::string> list_devices() const;
  // Forgets the resources of the containers (all, when empty).
  Status reset(std::span<const std::string> containers);

 private:
  struct Impl;
  explicit DirectSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reflow::runtime
