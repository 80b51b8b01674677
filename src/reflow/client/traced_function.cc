#include "reflow/client/traced_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/automatic_control.h"
#include "reflow/client/backward_function.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/trace.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/node_builder.h"

namespace reflow::function {
namespace {

using graph::Endpoint;
using graph::Node;

// What TensorFlow puts into each call: a serialized ConfigProto of one CPU and no GPU, with soft placement.
constexpr std::string_view kConfig("\n\x07\n\x03GPU\x10\x00\n\x07\n\x03" "CPU\x10\x01" "2\x02J\x00" "8\x01", 24);

int64_t next_number() {
  static std::atomic<int64_t> number{0};
  return number.fetch_add(1);
}

std::vector<Endpoint> to_endpoints(const std::vector<Output>& outputs) {
  std::vector<Endpoint> endpoints;
  for (const Output& output : outputs) endpoints.push_back(client::to_endpoint(output));
  return endpoints;
}

std::vector<Output> to_outputs(const std::vector<Endpoint>& endpoints) {
  std::vector<Output> outputs;
  for (const Endpoint& e : endpoints) outputs.push_back(client::to_output(e));
  return outputs;
}

}  // namespace

TracedFunction::~TracedFunction() = default;

std::shared_ptr<TracedFunction> TracedFunction::trace(const std::string& name, const std::vector<Argument>& arguments,
                                                          const Body& body) {
  std::shared_ptr<TracedFunction> made(new TracedFunction);
  TracedFunction& f = *made;
  f.base_name_ = name;
  f.graph_ = std::make_unique<Graph>();
  graph::Graph& impl = f.graph_->impl();
  f.graph_->state().functional_control_flow = f.graph_->state().orders_effects = true;
  Trace trace(*f.graph_, Trace::ControlInputs::kOwn);
  std::vector<Output> inputs;
  for (const Argument& argument : arguments) inputs.push_back(placeholder(argument.dtype, argument.shape, {.name = argument.name}));
  std::vector<Output> returned;
  for (const Output& result : body(inputs)) returned.push_back(client::apply_op("Identity", "", {result}));
  f.outline_.outputs = to_endpoints(returned);
  f.outline_.inputs = to_endpoints(inputs);
  for (const auto& [outside, inside] : trace.captured()) {
    f.captured_.push_back(client::to_output(outside));
    f.held_.emplace_back(outside.node);
    f.outline_.inputs.push_back(inside);
  }
  f.created_ = trace.created();
  const std::vector<Node*> nodes = impl.nodes();
  client::order_stateful_ops(impl, nodes, f.outline_.outputs);
  f.finish();
  return made;
}

void TracedFunction::forget_foreign_colocation() { client::forget_colocation_with_arguments(body(), outline_.inputs); }

void TracedFunction::finish() {
  forget_foreign_colocation();
  is_stateful_ = std::ranges::any_of(body().nodes(), [](const Node* node) { return node->op().is_stateful; });
  outline_.name = fmt::format("__inference_{}_{}", base_name_, next_number());
  gradient_name_ = fmt::format("PartitionedCall-{}", next_number());
}

std::vector<Output> TracedFunction::inputs() const { return to_outputs(outline_.inputs); }
std::vector<Output> TracedFunction::outputs() const { return to_outputs(outline_.outputs); }

void TracedFunction::add_to(graph::Graph* library) {
  if (library->functions().contains(outline_.name)) return;
  if (backward_) {
    check_building(graph::add_function(*written_, backward_->inference, library));
  } else {
    check_building(graph::add_function(body(), outline_, library));
  }
}

void TracedFunction::add_to_graph() { add_to(&client::default_graph()); }

graph::AttrMap TracedFunction::call_attrs(const std::string& function, const std::vector<Endpoint>& outputs) const {
  std::vector<DType> in, out;
  for (const Endpoint& e : outline_.inputs) in.push_back(base_type(e.dtype()));
  for (const Endpoint& e : outputs) out.push_back(base_type(e.dtype()));
  graph::AttrMap attrs{{"Tin", std::move(in)}, {"Tout", std::move(out)}, {"f", graph::NameAttrList{function, nullptr}},
                       {"config_proto", std::string(kConfig)}};
  if (!outputs.empty()) attrs.set("_gradient_op_type", gradient_name_);
  return attrs;
}

Operation TracedFunction::make_call(const std::vector<Output>& inputs, const std::string& function,
                                      const graph::FunctionOutline& outline) {
  TensorLike::List list;
  for (const Output& input : inputs) list.emplace_back(input);
  Node* const node = client::make_op(is_stateful_ ? "StatefulPartitionedCall" : "PartitionedCall", "",
                                     {TensorLike(std::make_shared<const TensorLike::List>(std::move(list)))},
                                     call_attrs(function, outline.outputs));
  if (!graph::is_immediate(node->graph())) {
    for (int i = 0; i < node->num_outputs(); ++i) node->set_output_shape(i, outline.outputs[i].shape());
  }
  return Operation(node);
}

Operation TracedFunction::call(const std::vector<Output>& arguments) {
  add_to_graph();
  register_gradient();
  std::vector<Output> inputs = arguments;
  inputs.insert(inputs.end(), captured_.begin(), captured_.end());
  if (inputs.size() != outline_.inputs.size()) {
    throw TypeError(fmt::format("Expected {} arguments, got {}", outline_.inputs.size() - captured_.size(), arguments.size()));
  }
  return make_call(inputs, outline_.name, outline_);
}

Operation TracedFunction::call_forward(const std::vector<Output>& arguments) {
  BackwardFunction& backward = this->backward();
  backward.forward->add_to_graph();
  std::vector<Output> inputs = arguments;
  inputs.insert(inputs.end(), captured_.begin(), captured_.end());
  return make_call(inputs, backward.forward->name(), backward.forward->outline_);
}

std::vector<Gradient> TracedFunction::call_backward(const std::vector<Output>& dys,
                                                      const std::vector<Output>& forward_results) {
  BackwardFunction& backward = this->backward();
  std::vector<Gradient> dxs(outline_.inputs.size());
  if (backward.results.empty()) return dxs;
  std::vector<Output> arguments;
  for (const int i : backward.differentiated) arguments.push_back(dys[i]);
  for (const int i : backward.intermediates) arguments.push_back(forward_results[i]);
  const std::vector<Output> found = backward.function->call(arguments).outputs();
  for (const BackwardFunction::Result& result : backward.results) {
    if (result.indices < 0) dxs[result.input] = Gradient(found[result.values]);
    else dxs[result.input] = Gradient(IndexedSlices{found[result.values], found[result.indices],
                                                    result.shape < 0 ? Output() : found[result.shape]});
  }
  return dxs;
}

BackwardFunction& TracedFunction::backward() {
  if (!backward_) {
    auto made = std::make_unique<BackwardFunction>();
    check_building(made->make(*this));
    backward_ = std::move(made);
  }
  return *backward_;
}

void TracedFunction::register_gradient() {
  op::GradFn fn;
  if (op::GradientRegistry::global().find(gradient_name_, &fn) != op::GradientRegistry::Kind::kUnregistered) return;
  check_building(op::GradientRegistry::global().add(
      gradient_name_, [self = shared_from_this()](op::GradContext& g) { return self->differentiate(g); }));
}

// Makes the call one of the forward function, and calls the backward one.
Status TracedFunction::differentiate(op::GradContext& g) {
  if (!backward_) {
    auto made = std::make_unique<BackwardFunction>();
    RETURN_IF_ERROR(made->make(*this));
    backward_ = std::move(made);
  }
  BackwardFunction& backward = *backward_;
  if (backward.results.empty()) return OkStatus();
  Node& node = g.node();
  graph::Graph& graph = node.graph();
  std::vector<Endpoint> inputs;
  for (const int i : backward.differentiated) {
    const Endpoint dy = g.dy(i);
    inputs.push_back(dy ? dy : g.zeros_like(g.y(i)));
  }
  backward.forward->add_to(&graph);
  backward.forward->register_gradient();
  const std::vector<Endpoint>& results = backward.forward->outline_.outputs;
  if (node.num_outputs() != static_cast<int>(results.size())) {
    graph::NodeSpec spec{.name = node.name(), .op = &node.op(), .attrs = node.attrs()};
    spec.inputs.assign(node.inputs().begin(), node.inputs().end());
    spec.control_inputs.assign(node.control_inputs().begin(), node.control_inputs().end());
    for (const Endpoint& e : results) spec.output_types.push_back(base_type(e.dtype()));
    spec.attrs.set("Tout", spec.output_types);
    spec.attrs.set("f", graph::NameAttrList{backward.forward->name(), nullptr});
    spec.attrs.set("_gradient_op_type", backward.forward->gradient_name_);
    graph.rewrite_node(&node, std::move(spec));
    for (int i = 0; i < node.num_outputs(); ++i) node.set_output_shape(i, results[i].shape());
  }
  for (const int i : backward.intermediates) inputs.push_back(node.output(i));
  TracedFunction& function = *backward.function;
  function.add_to(&graph);
  function.register_gradient();
  Node* const call = g.ops(function.is_stateful_ ? "StatefulPartitionedCall" : "PartitionedCall", {inputs},
                           function.call_attrs(function.name(), function.outline_.outputs));
  if (call == nullptr) return g.status();
  for (int i = 0; i < call->num_outputs(); ++i) call->set_output_shape(i, function.outline_.outputs[i].shape());
  for (const BackwardFunction::Result& result : backward.results) {
    if (result.indices < 0) g.dx(result.input) = op::Gradient(call->output(result.values));
    else g.dx(result.input) = op::Gradient(call->output(result.values), call->output(result.indices),
                                           result.shape < 0 ? Endpoint() : call->output(result.shape));
  }
  return g.status();
}

}  // namespace reflow::function
