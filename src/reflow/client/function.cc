#include "reflow/client/function.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/capture.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_to_function.h"
#include "reflow/graph/node_builder.h"

namespace reflow::function {

// Guarded by `mutex`.
class DefinedFunction {
 public:
  std::vector<DType> input_types;
  Defun::Body body;
  DefunOptions options;
  std::recursive_mutex mutex;
  std::unique_ptr<Graph> graph;  // of the body; null: not built yet
  graph::FunctionOutline outline;
  std::vector<Output> captured;
  std::string name;

  void build();
  void add_to(graph::Graph* library);
  std::string argument_name(size_t i) const {
    return i < options.arg_names.size() ? options.arg_names[i] : fmt::format("x_{}", i);
  }
};

// The body is run with its graph as the default one. What it takes from elsewhere gets a placeholder.
void DefinedFunction::build() {
  if (graph) return;
  auto made = std::make_unique<Graph>();
  graph::Graph& impl = made->impl();
  outline.inputs.clear();
  captured.clear();
  std::vector<std::pair<graph::Endpoint, graph::Endpoint>> known;
  const Graph::DefaultScope scope(*made);
  std::vector<Output> arguments;
  for (size_t i = 0; i < input_types.size(); ++i) {
    arguments.push_back(placeholder(input_types[i], Shape::unknown(), {.name = argument_name(i)}));
    outline.inputs.push_back(client::to_endpoint(arguments.back()));
  }
  const client::CaptureScope capture(impl, [&](graph::Endpoint outer) {
    for (const auto& [from, to] : known) {
      if (from == outer) return to;
    }
    graph::CreateOptions create;
    create.name = "Placeholder";
    graph::Node* const node = check_building(graph::create_op(
        impl, "Placeholder", {}, {{"dtype", base_type(outer.dtype())}, {"shape", outer.shape()}}, create));
    known.emplace_back(outer, node->output(0));
    outline.inputs.push_back(node->output(0));
    captured.emplace_back(outer.node, outer.index);
    return node->output(0);
  });
  std::vector<Output> results = body(arguments).list;
  for (Output& result : results) {
    // A tensor of another graph, given back as it is.
    if (&result.node()->graph() != &impl) result = Output(client::make_op("Identity", "", {result}, {}), 0);
  }
  outline.outputs.clear();
  for (const Output& result : results) outline.outputs.push_back(client::to_endpoint(result));
  outline.output_names = options.out_names;
  outline.description = options.description;
  outline.append_hash = options.func_name.empty();
  outline.name = options.func_name.empty() ? options.base_name : options.func_name;
  outline.attrs = {{"_disable_call_shape_inference", true}};
  if (options.noinline) outline.attrs.set("_noinline", true);
  graph = std::move(made);
}

void DefinedFunction::add_to(graph::Graph* library) {
  const std::lock_guard lock(mutex);
  build();
  name = check_building(graph::add_function(graph->impl(), outline, library));
  if (!options.grad_func) return;
  auto& gradient = const_cast<DefinedFunction&>(*options.grad_func);
  gradient.add_to(library);
  check_building(library->functions().add_gradient(name, gradient.name));
}

Defun::Defun(std::vector<DType> input_types, Body body, DefunOptions options)
    : function_(std::make_shared<DefinedFunction>()) {
  function_->input_types = std::move(input_types);
  function_->body = std::move(body);
  function_->options = std::move(options);
}

const std::string& Defun::name() const { return function_->name; }
const std::vector<Output>& Defun::captured_inputs() const { return function_->captured; }
void Defun::add_to_graph() const { function_->add_to(&client::default_graph()); }

std::vector<Output> Defun::operator()(const std::vector<TensorLike>& inputs, const std::string& name) const {
  add_to_graph();
  return call(inputs, function_->captured, name);
}

std::vector<Output> Defun::call(const std::vector<TensorLike>& inputs, const std::vector<Output>& captured,
                                const std::string& name) const {
  DefinedFunction& f = *function_;
  if (inputs.size() != f.input_types.size()) {
    throw ValueError(fmt::format("Expected number of arguments: {}, received: {}", f.input_types.size(), inputs.size()));
  }
  std::vector<graph::OpInput> arguments;
  for (size_t i = 0; i < inputs.size(); ++i) {
    arguments.emplace_back(client::to_endpoint(client::convert(inputs[i], f.input_types[i], "Const")));
  }
  graph::Graph& graph = client::default_graph();
  f.add_to(&graph);
  if (captured.size() != f.captured.size()) {
    throw ValueError(fmt::format("Expected number of captured inputs: {}, received: {}", f.captured.size(), captured.size()));
  }
  for (const Output& outer : captured) arguments.emplace_back(client::to_endpoint(outer));
  graph::AttrMap attrs{{"_disable_call_shape_inference", true}};
  if (f.options.noinline) attrs.set("_noinline", true);
  graph::CreateOptions create;
  create.name = name.empty() ? f.name : name;
  graph::Node* const node =
      check_building(graph::create_op(graph, f.name, std::move(arguments), std::move(attrs), std::move(create)));
  return client::all_outputs(node);
}

}  // namespace reflow::function
