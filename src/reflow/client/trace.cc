#include "reflow/client/trace.h"

#include <algorithm>

#include "reflow/autodiff/emit.h"
#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/client/variable_state.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/node_builder.h"

namespace reflow::function {
namespace {

using graph::Endpoint;
using graph::Node;

// Tensors of eager execution that have as few elements are constants of the body.
constexpr int64_t kLargestConstant = 128;

thread_local std::vector<Trace*> traces;

}  // namespace

Trace::Trace(const Graph& body, ControlInputs control_inputs)
    : body_(body), around_(get_default_graph()), control_inputs_(control_inputs), scope_(body),
      captures_(body.impl(), client::Capture{[this](Endpoint outer) { return stand_in(outer); }, /*in_scope_of_op=*/true}) {
  body.impl().has_seed = around_.impl().has_seed;
  body.impl().seed = around_.impl().seed;
  traces.push_back(this);
}

Trace::~Trace() { traces.pop_back(); }

Trace* Trace::of(const graph::Graph& graph) {
  const auto found = std::ranges::find_if(traces, [&](const Trace* trace) { return &trace->body_.impl() == &graph; });
  return found != traces.end() ? *found : nullptr;
}

Endpoint Trace::stand_in(Endpoint outer) {
  for (const auto& [from, to] : captured_) {
    if (from == outer) return to;
  }
  graph::Graph& body = body_.impl();
  const bool has_value = graph::is_immediate(outer.node->graph());
  const DType type = base_type(outer.dtype());
  const graph::CreateOptions create{.name = !has_value ? outer.node->name() : type == DType::kResource ? "resource" : "input"};
  const control_dependencies outside_of_control_flow(nullptr);
  if (has_value && is_plain(type) && type != DType::kString) {
    const Tensor value = graph::immediate_executor(outer.node->graph())->value(outer);
    if (value.num_elements() <= kLargestConstant) {
      return check_building(graph::create_op(body, "Const", {}, {{"value", value.copy()}, {"dtype", type}}, create))->output(0);
    }
  }
  graph::AttrMap attrs{{"dtype", type}, {"shape", outer.shape()}};
  if (type == DType::kResource) {
    if (outer.node->type() == "VarHandleOp" || outer.node->find_attr("_handle_dtypes")) {
      Shape shape;
      attrs.set("_handle_dtypes", std::vector<DType>{autodiff::variable_type(outer, &shape)});
      attrs.set("_handle_shapes", std::vector<Shape>{shape});
    }
  }
  Node* const node = check_building(graph::create_op(body, "Placeholder", {}, std::move(attrs), create));
  captured_.emplace_back(outer, node->output(0));
  return node->output(0);
}

bool Trace::capture_control(Node* outer) {
  if (control_inputs_ == ControlInputs::kOwn || graph::is_immediate(outer->graph())) return false;
  if (std::ranges::find(control_captured_, outer) == control_captured_.end()) control_captured_.push_back(outer);
  return true;
}

Variable Trace::make_outside(const std::function<Variable()>& make) {
  const Graph::DefaultScope scope(around_);
  const Variable variable = make();
  created_.push_back(variable);
  return variable;
}

// The node, made once more in the graph around, with all that goes into it.
Endpoint Trace::lift(Endpoint e, std::vector<std::pair<Node*, Node*>>* done) {
  if (&e.node->graph() != &body_.impl()) return e;
  for (const auto& [outside, inside] : captured_) {
    if (inside == e) return outside;
  }
  for (const auto& [from, to] : *done) {
    if (from == e.node) return to->output(e.index);
  }
  if (e.node->type() == "Placeholder" || e.node->context()) {
    throw ValueError("Tensor-typed variable initializers must either be wrapped in an init_scope or callable (e.g., "
                     "`tf.Variable(lambda : tf.truncated_normal([10, 40]))`) when building functions. Please file a feature "
                     "request if this restriction inconveniences you.");
  }
  std::vector<graph::OpInput> inputs;
  std::vector<int> sizes;
  check_building(graph::input_arg_sizes(e.node->op(), e.node->attrs(), &sizes));
  int next = 0;
  for (size_t a = 0; a < sizes.size(); ++a) {
    std::vector<Endpoint> list;
    for (int i = 0; i < sizes[a]; ++i) list.push_back(lift(e.node->input(next++), done));
    if (e.node->op().inputs[a].is_list()) inputs.emplace_back(std::move(list));
    else inputs.emplace_back(list.front());
  }
  Node* const made = check_building(graph::create_op(client::default_graph(), e.node->type(), std::move(inputs),
                                                     e.node->attrs(), {.name = e.node->name()}));
  done->emplace_back(e.node, made);
  return made->output(e.index);
}

TensorLike Trace::lifted(const Output& value) {
  const Graph::DefaultScope scope(around_);
  const control_dependencies nothing(nullptr);
  std::vector<std::pair<Node*, Node*>> done;
  return client::to_output(lift(client::to_endpoint(value), &done));
}

const Graph* graph_around(const graph::Graph& graph) {
  const Trace* trace = Trace::of(graph);
  return trace ? &trace->around() : nullptr;
}

std::vector<std::pair<Output, Output>> captured_so_far() {
  std::vector<std::pair<Output, Output>> pairs;
  if (const Trace* trace = Trace::of(client::default_graph())) {
    for (const auto& [outside, inside] : trace->captured()) pairs.emplace_back(client::to_output(outside), client::to_output(inside));
  }
  return pairs;
}

Variable make_outside(const std::function<Variable()>& make) { return Trace::of(client::default_graph())->make_outside(make); }

TensorLike lifted(const TensorLike& value) {
  const Output* output = value.output();
  Trace* const trace = Trace::of(client::default_graph());
  const bool is_inside = output && trace && Trace::of(output->node()->graph()) == trace;
  return is_inside ? trace->lifted(*output) : value;
}

}  // namespace reflow::function
