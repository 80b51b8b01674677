#include "reflow/graph/immediate.h"

#include <absl/strings/cord.h>

namespace reflow::graph {
namespace {

constexpr char kExecutionError[] = "execution_error";

std::atomic<MakeImmediateExecutor> maker{nullptr};

}  // namespace

void set_immediate_executor(MakeImmediateExecutor make) { maker.store(make, std::memory_order_release); }

void make_immediate(Graph& graph) {
  immediate_internal::executor.store(maker.load(std::memory_order_acquire)(graph), std::memory_order_release);
  immediate_internal::graph.store(&graph, std::memory_order_release);
}

Status execution_error(Status status) {
  status.SetPayload(kExecutionError, absl::Cord());
  return status;
}

bool is_execution_error(const Status& status) { return status.GetPayload(kExecutionError).has_value(); }

}  // namespace reflow::graph
