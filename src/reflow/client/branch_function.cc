#include "reflow/client/branch_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "reflow/client/array_ops.h"
#include "reflow/client/automatic_control.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/trace.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/node_builder.h"

namespace reflow::client {

using graph::Endpoint;
using graph::Node;

namespace {

std::atomic<bool> all_functional{false};

}  // namespace

bool builds_functional_control_flow() {
  return default_state().functional_control_flow || all_functional.load(std::memory_order_relaxed);
}
void enable_control_flow_v2(bool enable) { all_functional.store(enable, std::memory_order_relaxed); }
bool control_flow_v2_enabled() { return all_functional.load(std::memory_order_relaxed); }

BranchFunction::BranchFunction(const std::vector<Argument>& arguments, const std::vector<Output>& captured, const Body& body)
    : num_arguments_(arguments.size()) {
  GraphState &inner = graph_.state(), &outer = default_state();
  inner.functional_control_flow = true;
  inner.orders_effects = outer.orders_effects;
  const auto devices = outer.graph.scope().devices;
  function::Trace trace(graph_, function::Trace::ControlInputs::kCaptured);
  graph::Graph& impl = graph_.impl();
  impl.scope().devices = devices;
  std::vector<Output> given;
  for (const Argument& argument : arguments) {
    outline_.inputs.push_back(placeholder(argument.dtype, argument.shape, argument.name));
    given.push_back(to_output(outline_.inputs.back()));
  }
  for (const Output& tensor : captured) trace.stand_in(to_endpoint(tensor));
  for (Output result : body(given)) {
    if (inner.orders_effects) result = identity(result);
    else if (result.node()->graph().id() != impl.id()) result = to_output(trace.stand_in(to_endpoint(result)));
    outline_.outputs.push_back(to_endpoint(result));
  }
  for (const auto& [outside, inside] : trace.captured()) {
    captured_.push_back(to_output(outside));
    outline_.inputs.push_back(inside);
  }
  for (Node* node : trace.control_captured()) control_captured_.emplace_back(Operation(node));
  if (inner.orders_effects) {
    const std::vector<Node*> nodes = impl.nodes();
    outline_.control_outputs = order_stateful_ops(impl, nodes, outline_.outputs);
  }
  forget_colocation_with_arguments(impl, outline_.inputs);
}

Endpoint BranchFunction::placeholder(DType dtype, const Shape& shape, const std::string& name) {
  return check_building(graph::create_op(graph_.impl(), "Placeholder", {}, {{"dtype", base_type(dtype)}, {"shape", shape}},
                                         {.name = name}))->output(0);
}

void BranchFunction::take(const std::vector<Output>& tensors, bool named) {
  std::vector<Endpoint> inputs(outline_.inputs.begin(), outline_.inputs.begin() + num_arguments_);
  for (const Output& tensor : tensors) {
    const auto found = std::ranges::find(captured_, tensor);
    inputs.push_back(found != captured_.end() ? outline_.inputs[num_arguments_ + (found - captured_.begin())]
                                              : placeholder(tensor.dtype(), tensor.shape(), named ? tensor.node()->name() : ""));
  }
  outline_.inputs = std::move(inputs);
  captured_ = tensors;
}

void BranchFunction::give_captured() {
  outline_.outputs.insert(outline_.outputs.end(), outline_.inputs.begin() + num_arguments_, outline_.inputs.end());
}

std::vector<DType> BranchFunction::result_types() const {
  std::vector<DType> types;
  for (const Endpoint& e : outline_.outputs) types.push_back(base_type(e.dtype()));
  return types;
}

std::vector<Shape> BranchFunction::result_shapes() const {
  std::vector<Shape> shapes;
  for (const Endpoint& e : outline_.outputs) shapes.push_back(e.shape());
  return shapes;
}

bool BranchFunction::has(const Output& tensor) const { return &tensor.node()->graph() == &graph_.impl(); }

bool BranchFunction::is_stateful() const {
  return std::ranges::any_of(graph_.impl().nodes(), [](const Node* node) { return node->op().is_stateful; });
}

void BranchFunction::define(const std::string& name) {
  outline_.name = name;
  check_building(graph::add_function(graph_.impl(), outline_, &default_graph()));
}

std::string branch_function_name(const std::string& scope, const std::string& name) {
  static std::atomic<int64_t> count{0};
  graph::Graph& library = default_graph();
  std::string full;
  do {
    full = fmt::format("{}{}_{}", scope, name, count.fetch_add(1));
    std::ranges::replace(full, '/', '_');
  } while (library.functions().contains(full));
  return full;
}

std::vector<Output> match_captures(const std::vector<BranchFunction*>& branches, const std::vector<std::string>& names) {
  std::vector<Output> all;
  for (size_t b = 0; b < branches.size(); ++b) {
    for (const Output& tensor : branches[b]->captured()) {
      for (size_t other = 0; other < branches.size(); ++other) {
        if (!branches[other]->has(tensor)) continue;
        throw ValueError(fmt::format("Tensor {} in {} is accessed from {}.", tensor.name(), names[other], names[b]));
      }
      if (std::ranges::find(all, tensor) == all.end()) all.push_back(tensor);
    }
  }
  for (BranchFunction* branch : branches) branch->take(all, /*named=*/false);
  return all;
}

std::vector<Shape> common_result_shapes(const std::vector<BranchFunction*>& branches) {
  std::vector<Shape> common = branches[0]->result_shapes();
  for (const BranchFunction* branch : branches) {
    const std::vector<Shape> shapes = branch->result_shapes();
    for (size_t i = 0; i < common.size(); ++i) {
      if (common[i].rank() < 0 || common[i].rank() != shapes[i].rank()) common[i] = Shape::unknown();
      for (int d = 0; d < common[i].rank(); ++d) {
        if (common[i].dim(d) != shapes[i].dim(d)) common[i].set_dim(d, Shape::kUnknown);
      }
    }
  }
  return common;
}

}  // namespace reflow::client
