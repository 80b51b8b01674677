#include "reflow/autodiff/body_gradient.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "reflow/autodiff/walk.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_to_function.h"

namespace reflow::autodiff {

namespace {

void set_handle_data(Node* node, Endpoint handle) {
  if (!is_variable_handle(handle)) return;
  Shape shape;
  const DType dtype = variable_type(handle, &shape);
  node->set_attr("_handle_dtypes", std::vector<DType>{dtype});
  node->set_attr("_handle_shapes", std::vector<Shape>{shape});
}

}  // namespace

StatusOr<Endpoint> emit_argument(Graph& graph, Endpoint like, const Shape& shape) {
  ASSIGN_OR_RETURN(Node* const node, graph::create_op(graph, "Placeholder", {}, {{"dtype", base_type(like.dtype())}, {"shape", shape}},
                                                      {.name = like.node->name().substr(like.node->name().rfind('/') + 1)}));
  if (base_type(like.dtype()) == DType::kResource) set_handle_data(node, like);
  return node->output(0);
}

std::string unused_function_name(const Graph& library, const std::string& name, std::string_view suffix) {
  static std::atomic<int64_t> number{0};
  std::string full = fmt::format("{}{}", name, suffix);
  while (library.functions().contains(full)) full = fmt::format("{}{}_{}", name, suffix, number.fetch_add(1));
  return full;
}

StatusOr<BodyGradient> BodyGradient::begin(const Graph& library, const graph::NameAttrList& function,
                                           std::span<const Endpoint> arguments, std::span<const Shape> shapes) {
  static const graph::AttrMap kNone;
  BodyGradient made;
  ASSIGN_OR_RETURN(made.body_,
                   graph::instantiate_function(library, function.name, function.attrs ? *function.attrs : kNone, shapes));
  if (made.body_.arguments.size() != arguments.size()) {
    return invalid_argument("Function {} takes {} arguments, but {} are given", function.name, made.body_.arguments.size(),
                            arguments.size());
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (base_type(arguments[i].dtype()) == DType::kResource) set_handle_data(made.body_.arguments[i], arguments[i]);
  }
  made.num_nodes_ = made.graph().num_node_ids();
  return made;
}

Status BodyGradient::differentiate(std::span<const Endpoint> dys, std::span<const int> xs, UnconnectedGradients unconnected) {
  std::vector<Endpoint> ys, sources;
  GradientOptions options;
  options.unconnected_gradients = unconnected;
  dys_.assign(body_.results.size(), Endpoint());
  dxs_.assign(body_.arguments.size(), Gradient());
  for (size_t i = 0; i < dys.size(); ++i) {
    if (!dys[i]) continue;
    ASSIGN_OR_RETURN(dys_[i], emit_argument(graph(), dys[i], dys[i].shape()));
    ys.push_back(body_.results[i]);
    options.grad_ys.emplace_back(dys_[i]);
  }
  for (const int x : xs) sources.push_back(body_.arguments[x]->output(0));
  if (ys.empty() || xs.empty()) return OkStatus();
  ASSIGN_OR_RETURN(std::vector<Gradient> gradients, autodiff::gradients(graph(), ys, sources, options));
  for (size_t i = 0; i < xs.size(); ++i) dxs_[xs[i]] = gradients[i];
  return OkStatus();
}

// Nodes that gradients of control flow within the function have added to what it needs are ahead, too.
void BodyGradient::mark_ahead(Node* node) {
  std::vector<Node*> waiting{node};
  while (!waiting.empty()) {
    Node* const next = waiting.back();
    waiting.pop_back();
    ahead_.resize(graph().num_node_ids(), false);
    ahead_[next->id()] = true;
    const auto add = [&](Node* source) {
      if (!is_ahead(source)) waiting.push_back(source);
    };
    for (const Endpoint& input : next->inputs()) add(input.node);
    for (Node* control : next->control_inputs()) add(control);
  }
}

void BodyGradient::set_gradient_results(std::vector<Endpoint> results) {
  gradient_results_ = std::move(results);
  ahead_.assign(graph().num_node_ids(), false);
  for (int id = 0; id < num_nodes_; ++id) {
    if (Node* const node = graph().node(id)) mark_ahead(node);
  }
  std::vector<bool> needed(graph().num_node_ids(), false);
  std::vector<Node*> waiting;
  const auto need = [&](Node* node) {
    if (is_ahead(node) || needed[node->id()]) return;
    needed[node->id()] = true;
    waiting.push_back(node);
  };
  for (const Endpoint& result : gradient_results_) need(result.node);
  while (!waiting.empty()) {
    Node* const node = waiting.back();
    waiting.pop_back();
    for (const Endpoint& input : node->inputs()) need(input.node);
    for (Node* control : node->control_inputs()) need(control);
  }
  std::vector<Node*> sources;
  for (int id = 0; id < graph().num_node_ids(); ++id) {
    if (needed[id]) nodes_behind_.push_back(graph().node(id));
  }
  for (const Endpoint& dy : dys_) {
    if (dy) sources.push_back(dy.node);
  }
  behind_ = graph().copy(sources, &copies_behind_);
  for (const Node* node : nodes_behind_) {
    for (const Endpoint& input : node->inputs()) {
      if (is_ahead(input.node) && std::ranges::find(taken_, input) == taken_.end()) taken_.push_back(input);
    }
  }
}

int BodyGradient::argument_index(Endpoint e) const {
  const auto found = std::ranges::find(body_.arguments, e.node);
  return found == body_.arguments.end() ? -1 : static_cast<int>(found - body_.arguments.begin());
}

int BodyGradient::result_index(Endpoint e) const {
  const auto found = std::ranges::find(body_.results, e);
  return found == body_.results.end() ? -1 : static_cast<int>(found - body_.results.begin());
}

int BodyGradient::argument_of_handle(Endpoint handle) const {
  while (true) {
    if (const int index = argument_index(handle); index >= 0) return index;
    const std::string& type = handle.node->type();
    const bool is_loop = type == "While" || type == "StatelessWhile";
    if (type != "Identity" && !(is_loop && handle.index < handle.node->num_inputs())) return -1;
    handle = handle.node->input(is_loop ? handle.index : 0);
  }
}

StatusOr<Node*> BodyGradient::add_ahead(std::string_view type, std::vector<graph::OpInput> inputs, graph::AttrMap attrs,
                                        std::string name) {
  ASSIGN_OR_RETURN(Node* const node, graph::create_op(graph(), type, std::move(inputs), std::move(attrs), {.name = std::move(name)}));
  mark_ahead(node);
  return node;
}

StatusOr<Endpoint> BodyGradient::add_argument(DType dtype, const Shape& shape, std::string name) {
  ASSIGN_OR_RETURN(Node* const node, add_ahead("Placeholder", {}, {{"dtype", dtype}, {"shape", shape}}, std::move(name)));
  body_.arguments.push_back(node);
  return node->output(0);
}

StatusOr<std::string> BodyGradient::define_ahead(const std::string& name, std::span<const Endpoint> more, Graph* library) {
  std::vector<Node*> nodes, mapping;
  for (int id = 0; id < std::ssize(ahead_); ++id) {
    if (ahead_[id]) nodes.push_back(graph().node(id));
  }
  const std::unique_ptr<Graph> ahead = graph().copy(nodes, &mapping);
  graph::FunctionOutline outline;
  outline.name = name;
  for (Node* argument : body_.arguments) {
    Node* const copy = mapping[argument->id()];
    copy->clear_attr("_shape");
    outline.inputs.push_back(copy->output(0));
  }
  const auto add = [&](const Endpoint& e) { outline.outputs.push_back({mapping[e.node->id()], e.index}); };
  for (const Endpoint& result : body_.results) add(result);
  for (const Endpoint& result : more) add(result);
  for (Node* effect : body_.side_effects) outline.control_outputs.push_back(mapping[effect->id()]);
  return graph::add_function(*ahead, outline, library);
}

StatusOr<Endpoint> BodyGradient::copy_constant(Endpoint ahead) {
  ASSIGN_OR_RETURN(Node* const copy, graph::create_op(*behind_, "Const", {}, {{"value", *ahead.node->find_attr("value")},
                                                                             {"dtype", ahead.dtype()}},
                                                      {.name = ahead.node->name()}));
  set_stand_in(ahead, copy->output(0));
  return copy->output(0);
}

StatusOr<Endpoint> BodyGradient::copy_behind(Endpoint e) {
  if (!is_ahead(e.node)) return Endpoint{copies_behind_[e.node->id()], e.index};
  const auto found = stand_ins_.find({e.node, e.index});
  if (found == stand_ins_.end()) return internal_error("Nothing stands for {} in the gradient of its function", e.name());
  return found->second;
}

StatusOr<std::string> BodyGradient::define_behind(const std::string& name, std::vector<Endpoint> arguments,
                                                  std::vector<Endpoint> first, const std::vector<Endpoint>& last, Graph* library) {
  copies_behind_.resize(graph().num_node_ids(), nullptr);
  for (const Node* node : nodes_behind_) {
    if (copies_behind_[node->id()] != nullptr) continue;
    graph::NodeSpec spec{.name = behind_->unique_full_name(node->name()), .op = &node->op(), .attrs = node->attrs(),
                         .device = node->device()};
    spec.attrs.erase("_class");
    spec.output_types.assign(node->output_types().begin(), node->output_types().end());
    for (const Endpoint& input : node->inputs()) {
      ASSIGN_OR_RETURN(const Endpoint source, copy_behind(input));
      if (!source.node) return internal_error("The gradient of function {} is out of order", name);
      spec.inputs.push_back(source);
    }
    for (const Node* control : node->control_inputs()) {
      if (!is_ahead(control) && copies_behind_[control->id()]) spec.control_inputs.push_back(copies_behind_[control->id()]);
    }
    ASSIGN_OR_RETURN(Node* const copy, behind_->add_node(std::move(spec)));
    for (int i = 0; i < copy->num_outputs(); ++i) copy->set_output_shape(i, node->output_shape(i));
    copies_behind_[node->id()] = copy;
  }
  graph::FunctionOutline outline;
  outline.name = name;
  outline.inputs = std::move(arguments);
  outline.outputs = std::move(first);
  for (const Endpoint& result : gradient_results_) {
    ASSIGN_OR_RETURN(const Endpoint copy, copy_behind(result));
    outline.outputs.push_back(copy);
  }
  outline.outputs.insert(outline.outputs.end(), last.begin(), last.end());
  return graph::add_function(*behind_, outline, library);
}

bool BodyGradient::is_stateful_behind() const {
  return std::ranges::any_of(behind_->nodes(), [](const Node* node) { return node->op().is_stateful; });
}

}  // namespace reflow::autodiff
