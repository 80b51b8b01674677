#include "reflow/runtime/compiler.h"

#include <algorithm>

#include "reflow/op/function_runner.h"
#include "reflow/passes/pass.h"
#include "reflow/runtime/inline_functions.h"
#include "reflow/runtime/placement_log.h"
#include "reflow/runtime/placer.h"

namespace reflow::runtime {

using graph::Node;

StatusOr<std::shared_ptr<op::Kernel>> KernelCache::find_or_make(
    const Node& node, const std::function<StatusOr<std::unique_ptr<op::Kernel>>()>& make) {
  const std::string key = node.name() + '\0' + node.type();
  if (const auto known = kernels_.find(key); known != kernels_.end()) return known->second;
  ASSIGN_OR_RETURN(std::unique_ptr<op::Kernel> kernel, make());
  return kernels_.emplace(key, std::move(kernel)).first->second;
}

StatusOr<std::shared_ptr<Plan>> Compiler::compile(graph::Subgraph subgraph, const graph::Graph& original,
                                                  KernelCache& kernels, const std::set<std::string>& disabled_passes) {
  const std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(check_acyclic(*subgraph.graph));  // which passes count on
  RETURN_IF_ERROR(inline_functions(*subgraph.graph, original));
  RETURN_IF_ERROR(place(*subgraph.graph, devices_, options_.allow_soft_placement));

  passes::PassContext context;
  context.graph = subgraph.graph.get();
  context.roots = subgraph.fetches;
  context.roots.insert(context.roots.end(), subgraph.targets.begin(), subgraph.targets.end());
  RETURN_IF_ERROR(passes::run_pipeline(context, disabled_passes));

  auto plan = std::make_shared<Plan>();
  plan->pool = pool_;
  plan->functions = functions_;
  RETURN_IF_ERROR(compile_plan(std::move(subgraph), devices_,
                               [&](const Node& node) { return kernel_of(node, kernels); }, plan.get()));
  return plan;
}

StatusOr<std::shared_ptr<op::Kernel>> Compiler::kernel_of(const Node& node, KernelCache& kernels) {
  op::Device* const device = devices_[std::max(0, node.assigned_device())].get();
  const bool is_call = graph::OpRegistry::global().find(node.type()) != &node.op();
  const auto make = [&]() -> StatusOr<std::unique_ptr<op::Kernel>> {
    if (!is_call) return op::make_kernel(node, device, functions_);
    op::KernelInit init(node, device, functions_);
    std::unique_ptr<op::Kernel> kernel = op::make_call_kernel(init);
    RETURN_IF_ERROR(init.status());
    return kernel;
  };
  // What passes have made is named for the signature that it was made for.
  if (node.op().is_stateful && !node.type().starts_with('_')) return kernels.find_or_make(node, make);
  ASSIGN_OR_RETURN(std::unique_ptr<op::Kernel> kernel, make());
  return std::shared_ptr<op::Kernel>(std::move(kernel));
}

Status Compiler::log_placement(const graph::Graph& graph) {
  if (!options_.log_device_placement) return OkStatus();
  const std::lock_guard lock(graph.mutex());
  if (graph.num_node_ids() == num_logged_) return OkStatus();
  const std::unique_ptr<graph::Graph> placed = graph.copy();
  RETURN_IF_ERROR(place(*placed, devices_, options_.allow_soft_placement));
  num_logged_ = graph.num_node_ids();
  runtime::log_placement(placed->nodes(), [this](int device) -> const std::string& { return devices_[device]->name(); });
  return OkStatus();
}

}  // namespace reflow::runtime
