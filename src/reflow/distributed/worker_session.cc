#include "reflow/distributed/worker_session.h"

#include <algorithm>

namespace reflow::distributed {

std::shared_ptr<WorkerSession> WorkerSession::isolated(std::string handle, const Devices& devices, ThreadPool* pool) {
  auto session = std::make_shared<WorkerSession>(std::move(handle), nullptr, pool);
  for (const auto& device : devices) {
    session->own_devices_.push_back(std::make_unique<op::Device>(device->name(), device->type(), &device->pool()));
  }
  session->devices_ = &session->own_devices_;
  return session;
}

WorkerSession::~WorkerSession() { cancel(); }

StatusOr<std::string> WorkerSession::register_graph(const tensorflow::GraphDef& def, const runtime::SessionOptions& options) {
  auto graph = std::make_shared<RegisteredGraph>(
      RegisteredGraph::Surroundings{options, *devices_, pool_, &cancellation_, &compile_mutex_, &kernels_});
  RETURN_IF_ERROR(graph->load(def));
  const std::lock_guard lock(mutex_);
  std::string handle = fmt::format("{:016x}", ++next_graph_);
  graphs_.emplace(handle, std::move(graph));
  return handle;
}

StatusOr<std::shared_ptr<RegisteredGraph>> WorkerSession::find(const std::string& graph_handle) {
  const std::lock_guard lock(mutex_);
  const auto found = graphs_.find(graph_handle);
  if (found == graphs_.end()) {
    return aborted("Graph handle is not found: {}. Possibly, this worker just restarted.", graph_handle);
  }
  return found->second;
}

bool WorkerSession::has_functions() {
  const std::lock_guard lock(mutex_);
  const auto has = [](const std::shared_ptr<RegisteredGraph>& graph) { return graph->has_functions(); };
  return std::ranges::any_of(graphs_, has, [](const auto& entry) { return entry.second; }) || std::ranges::any_of(given_up_, has);
}

Status WorkerSession::deregister(const std::string& graph_handle) {
  const std::lock_guard lock(mutex_);
  const auto found = graphs_.find(graph_handle);
  if (found == graphs_.end()) {
    return aborted("Graph handle is not found: {}. Possibly, this worker just restarted.", graph_handle);
  }
  given_up_.push_back(std::move(found->second));
  graphs_.erase(found);
  return OkStatus();
}

}  // namespace reflow::distributed
