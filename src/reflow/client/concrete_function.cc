#include "reflow/client/concrete_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/automatic_control.h"
#include "reflow/client/capture.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/graph_to_function.h"
#include "reflow/graph/node_builder.h"

namespace reflow::function {

using graph::Endpoint;
using graph::Node;

namespace {

// Those of the graph around hold in the body, too.
void inherit_seed(graph::Graph& body, const graph::Graph& outer) {
  body.has_seed = outer.has_seed;
  body.seed = outer.seed;
}

Node* make_placeholder(graph::Graph& body, DType dtype, const Shape& shape, const std::string& name) {
  graph::CreateOptions create;
  create.name = name;
  return check_building(
      graph::create_op(body, "Placeholder", {}, {{"dtype", base_type(dtype)}, {"shape", shape}}, std::move(create)));
}

}  // namespace

ConcreteFunction::ConcreteFunction(const std::string& name, const std::vector<TensorSpec>& arguments, const TraceBody& body) {
  static std::atomic<int64_t> number{0};
  graph::Graph& outer = client::default_graph();
  const Graph made;
  graph::Graph& impl = made.impl();
  made.state().functional_control_flow = made.state().orders_effects = true;
  graph::FunctionOutline outline;
  {
    inherit_seed(impl, outer);
    const Graph::DefaultScope scope(made);
    std::vector<Output> inputs;
    for (size_t i = 0; i < arguments.size(); ++i) {
      const std::string argument = fmt::format("args_{}", i);
      Node* const node = make_placeholder(impl, arguments[i].dtype, arguments[i].shape, argument);
      node->set_attr("_user_specified_name", argument);
      inputs.emplace_back(node, 0);
      outline.inputs.push_back(node->output(0));
    }
    std::vector<std::pair<Endpoint, Endpoint>> known;
    const client::Capture capture{
        [&](Endpoint from) {
          const auto found = std::ranges::find(known, from, &std::pair<Endpoint, Endpoint>::first);
          if (found != known.end()) return found->second;
          const control_dependencies none(nullptr);  // an argument is outside of all control flow
          Node* const node = make_placeholder(impl, from.dtype(), from.shape(), from.node->name());
          known.emplace_back(from, node->output(0));
          outline.inputs.push_back(node->output(0));
          captured_.emplace_back(from.node, from.index);
          return node->output(0);
        },
        true};
    const client::CaptureScope captures(impl, capture);
    for (const Output& result : body(inputs)) {
      Node* const node = client::make_op("Identity", "", {result}, {});
      outline.outputs.push_back(node->output(0));
      results_.push_back({node->output_shape(0), base_type(node->output_type(0))});
    }
    const std::vector<Node*> nodes = impl.nodes();
    outline.control_outputs = client::order_stateful_ops(impl, nodes, outline.outputs);
    client::forget_colocation_with_arguments(impl, outline.inputs);
  }
  is_stateful_ = std::ranges::any_of(outline.control_outputs, [](const Node* node) { return !node->type().ends_with("Dataset"); });
  outline.name = fmt::format("__inference_{}_{}", name, number.fetch_add(1));
  name_ = check_building(graph::add_function(impl, outline, &outer));
}

namespace {

// Copies nodes of another graph, with what they are made of. A node that is used twice is there twice, as in TensorFlow.
class Copier {
 public:
  Copier(graph::Graph& body, const std::set<std::string>& stateful) : body_(body), stateful_(stateful) {}

  Endpoint copy(Endpoint from) {
    for (const auto& [outer, inner] : known_) {
      if (outer == from) return inner;
    }
    return {copy_node(*from.node), from.index};
  }

 private:
  Node* copy_node(Node& node) {
    constexpr int kMaxNodes = 100000;
    if (++num_copied_ > kMaxNodes) throw ValueError("The dataset is made of too many nodes to be copied into a function.");
    if (node.op().is_stateful && !stateful_.contains(node.name())) {
      throw ValueError(fmt::format("Cannot capture a stateful node (name:{}, type:{}) by value.", node.name(), node.type()));
    }
    if (node.type() == "Placeholder" || node.type() == "PlaceholderV2") {
      throw ValueError(fmt::format("Cannot capture a placeholder (name:{}, type:{}) by value.", node.name(), node.type()));
    }
    std::vector<Endpoint> inputs;
    for (const Endpoint& input : node.inputs()) inputs.push_back({copy_node(*input.node), input.index});
    std::vector<int> sizes;
    check_building(graph::input_arg_sizes(node.op(), node.attrs(), &sizes));
    std::vector<graph::OpInput> arguments;
    size_t next = 0;
    for (size_t a = 0; a < sizes.size(); ++a) {
      std::vector<Endpoint> list(inputs.begin() + next, inputs.begin() + next + sizes[a]);
      next += sizes[a];
      if (node.op().inputs[a].is_list()) arguments.emplace_back(std::move(list));
      else arguments.emplace_back(list.at(0));
    }
    graph::CreateOptions create;
    create.name = node.name();
    Node* const made = check_building(graph::create_op(body_, node.type(), std::move(arguments), node.attrs(), std::move(create)));
    for (int i = 0; i < made->num_outputs(); ++i) known_.emplace_back(node.output(i), made->output(i));
    return made;
  }

  graph::Graph& body_;
  const std::set<std::string>& stateful_;
  std::vector<std::pair<Endpoint, Endpoint>> known_;
  int num_copied_ = 0;
};

}  // namespace

std::string define_by_value(const std::string& name, const std::string& description,
                            const std::set<std::string>& stateful, const std::function<Output()>& body) {
  graph::Graph& outer = client::default_graph();
  const Graph made;
  graph::Graph& impl = made.impl();
  graph::FunctionOutline outline;
  {
    const Graph::DefaultScope scope(made);
    Copier copier(impl, stateful);
    const client::CaptureScope captures(impl, client::Capture{[&](Endpoint from) { return copier.copy(from); }, true});
    outline.outputs.push_back(client::to_endpoint(body()));
  }
  outline.name = name;
  outline.append_hash = true;
  outline.description = description;
  outline.attrs = {{"_disable_call_shape_inference", true}};
  // The functions that copied nodes call are in the library of the graph that they are copied from, which is this one.
  return check_building(graph::add_function(impl, outline, &outer));
}

}  // namespace reflow::function
