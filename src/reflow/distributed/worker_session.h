#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/base/thread_pool.h"
#include "reflow/distributed/registered_graph.h"
#include "reflow/op/cancellation.h"
#include "reflow/op/device.h"
#include "reflow/runtime/compiler.h"

namespace reflow::distributed {

// A session of some master, on this task: the graphs that it has registered, and the kernels with state that they share.
// Variables and queues belong to the devices: of the server, so that all sessions share them, or, for those that ask for
// it, of their own. Thread-safe.
class WorkerSession {
 public:
  using Devices = std::vector<std::unique_ptr<op::Device>>;
  // `devices` outlive it.
  WorkerSession(std::string handle, const Devices* devices, ThreadPool* pool)
      : handle_(std::move(handle)), devices_(devices), pool_(pool) {}
  // With devices of its own, named as those of `devices`.
  static std::shared_ptr<WorkerSession> isolated(std::string handle, const Devices& devices, ThreadPool* pool);
  ~WorkerSession();

  // The handle of the graph, once it is compiled.
  StatusOr<std::string> register_graph(const tensorflow::GraphDef& def, const runtime::SessionOptions& options);
  // Aborted: "Graph handle is not found: {}. Possibly, this worker just restarted."
  StatusOr<std::shared_ptr<RegisteredGraph>> find(const std::string& graph_handle);
  Status deregister(const std::string& graph_handle);

  // Has one of its graphs functions? See RegisteredGraph.
  bool has_functions();

  // Of all its runs.
  op::CancellationManager& cancellation() { return cancellation_; }
  void cancel() { cancellation_.cancel(); }

 private:
  const std::string handle_;
  const Devices* devices_;
  Devices own_devices_;
  ThreadPool* const pool_;
  op::CancellationManager cancellation_;
  std::mutex compile_mutex_;  // guards kernels_
  runtime::KernelCache kernels_;
  std::mutex mutex_;
  int next_graph_ = 0;
  std::map<std::string, std::shared_ptr<RegisteredGraph>> graphs_;
  // Kernels of graphs that were given up may be those of others too, and use their functions.
  std::vector<std::shared_ptr<RegisteredGraph>> given_up_;
};

}  // namespace reflow::distributed
