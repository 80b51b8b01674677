#pragma once

#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/op/cancellation.h"
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
  op::CancellationManager* cancellation = nullptr;  // of the caller; may be null
};

// When and where one node ran. Times in microseconds since the epoch; durations in nanoseconds.
struct NodeStats {
  std::string node, op, device;
  int64_t start_us = 0, duration_ns = 0, output_bytes = 0;
};
struct RunMetadata {
  std::vector<NodeStats> nodes;
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
