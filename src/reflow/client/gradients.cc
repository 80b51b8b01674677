#include "reflow/client/gradients.h"

#include <algorithm>
#include <utility>

#include "reflow/autodiff/emit.h"
#include "reflow/autodiff/gradients.h"
#include "reflow/client/capture.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/trace.h"
#include "reflow/client/variable.h"
#include "reflow/graph/immediate.h"
#include "reflow/op/late_slices.h"

namespace reflow {
namespace {

graph::Endpoint endpoint(const Output& output) { return {output.node(), output.index()}; }
Output output_of(const graph::Endpoint& e) { return e ? Output(e.node, e.index) : Output(); }

op::Gradient to_graph(const Gradient& gradient) {
  if (!gradient) return {};
  if (!gradient.is_slices()) return op::Gradient(endpoint(gradient.values()));
  const IndexedSlices& slices = gradient.slices();
  return op::Gradient(endpoint(slices.values), endpoint(slices.indices), endpoint(slices.dense_shape));
}

Gradient from_graph(const op::Gradient& gradient) {
  if (!gradient.is_slices()) return Gradient(output_of(gradient.values));
  return Gradient(
      IndexedSlices{output_of(gradient.values), output_of(gradient.indices), output_of(gradient.dense_shape)});
}

}  // namespace

Gradient::operator Output() const {
  if (!valid()) throw ValueError("None values not supported.");
  if (!is_slices()) return slices_.values;
  return output_of(check_building(autodiff::emit_dense(slices_.values.node()->graph(), to_graph(*this))));
}

TensorLike::TensorLike(const Gradient& gradient) : TensorLike(static_cast<Output>(gradient)) {}

GradientSource::GradientSource(const Variable& x) : output_(x.ref()) {}

GradientSources::GradientSources(const std::vector<Variable>& xs) {
  for (const Variable& x : xs) list_.emplace_back(x);
}

std::vector<Gradient> gradients(const GradientTargets& ys, const GradientSources& xs, const GradientsOptions& options) {
  autodiff::GradientOptions graph_options;
  for (const Gradient& grad_y : options.grad_ys) graph_options.grad_ys.push_back(to_graph(grad_y));
  for (const Output& stop : options.stop_gradients) graph_options.stop_gradients.push_back(endpoint(stop));
  graph_options.name = options.name;
  graph_options.colocate_gradients_with_ops = options.colocate_gradients_with_ops;
  graph_options.gate_gradients = options.gate_gradients;
  graph_options.aggregation_method = static_cast<autodiff::AggregationMethod>(options.aggregation_method);
  graph_options.unconnected_gradients = static_cast<autodiff::UnconnectedGradients>(options.unconnected_gradients);
  std::vector<graph::Endpoint> targets, sources;
  for (const Output& y : ys.list()) targets.push_back(endpoint(y));
  for (const GradientSource& x : xs.list()) sources.push_back(endpoint(x.output()));
  // In a branch of a cond, or in a loop, gradients of what stands in the graph around are computed there.
  const function::Trace* const trace = function::Trace::of(client::default_graph());
  const bool is_outside = trace && trace->is_part_of_graph() && !targets.empty() &&
                          std::ranges::none_of(targets, [](const graph::Endpoint& y) { return &y.node->graph() == &client::default_graph(); });
  if (is_outside) {
    const Graph::DefaultScope scope(trace->around());
    return gradients(ys, xs, options);
  }
  if (const client::Capture* const capture = client::capture_of(client::default_graph())) {
    // Tensors from outside of the function that is being built: what stands for them in it.
    for (std::vector<graph::Endpoint>* list : {&targets, &sources, &graph_options.stop_gradients}) {
      for (graph::Endpoint& e : *list) {
        if (e && &e.node->graph() != &client::default_graph()) e = capture->stand_in(e);
      }
    }
  }
  for (const std::vector<graph::Endpoint>* list : {&targets, &sources, &graph_options.stop_gradients}) {
    for (const graph::Endpoint& e : *list) {
      if (!e || !graph::is_immediate(e.node->graph())) continue;
      throw RuntimeError("Attempting to capture an EagerTensor without building a function.");
    }
  }
  auto result = autodiff::gradients(client::default_graph(), targets, sources, graph_options);
  if (result.status().code() == StatusCode::kNotFound) throw LookupError(std::string(message_of(result.status())));
  std::vector<Gradient> found;
  for (const op::Gradient& gradient : check_building(std::move(result))) found.push_back(from_graph(gradient));
  return found;
}

void RegisterGradient(std::string_view op_type, GradientFunction fn) {
  const Status status = op::GradientRegistry::global().add(op_type, [fn = std::move(fn)](op::GradContext& g) {
    std::vector<Output> grads;
    for (int i = 0; i < g.num_outputs(); ++i) grads.push_back(output_of(op::dense_dy(g, i)));
    RETURN_IF_ERROR(g.status());
    const std::vector<Gradient> dx = fn(Operation(&g.node()), grads);
    if (static_cast<int>(dx.size()) != g.num_inputs()) {
      return invalid_argument("Num gradients {} generated for op {} do not match num inputs {}", dx.size(),
                              g.node().name(), g.num_inputs());
    }
    for (int i = 0; i < g.num_inputs(); ++i) g.dx(i) = to_graph(dx[i]);
    return OkStatus();
  });
  if (!status.ok()) throw KeyError(std::string(message_of(status)));
}

void NotDifferentiable(std::string_view op_type) {
  const Status status = op::GradientRegistry::global().add_not_differentiable(op_type);
  if (!status.ok()) throw KeyError(std::string(message_of(status)));
}

}  // namespace reflow
