#include "reflow/client/backward_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

#include "reflow/autodiff/gradients.h"
#include "reflow/autodiff/walk.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/while_context.h"

namespace reflow::function {
namespace {

using graph::Endpoint;
using graph::Node;

int64_t next_number() {
  static std::atomic<int64_t> number{0};
  return number.fetch_add(1);
}

std::vector<Endpoint> mapped(const std::vector<Endpoint>& endpoints, const std::vector<Node*>& mapping) {
  std::vector<Endpoint> result;
  for (const Endpoint& e : endpoints) result.push_back({mapping[e.node->id()], e.index});
  return result;
}

// The loops of a body.
std::set<const graph::ControlFlowContext*> loops_of(const graph::Graph& body) {
  std::set<const graph::ControlFlowContext*> loops;
  for (const Node* node : body.nodes()) {
    if (const auto* loop = graph::containing_while(node->context())) loops.insert(loop);
  }
  return loops;
}

// Puts into `forward` the nodes from `first` on that nodes of it wait for: accumulators of loops.
void add_sources(Node* node, int first, std::vector<bool>* forward, std::vector<Node*>* list) {
  const auto add = [&](Node* source) {
    if (source->id() < first || (*forward)[source->id()]) return;
    (*forward)[source->id()] = true;
    list->push_back(source);
    add_sources(source, first, forward, list);
  };
  for (const Endpoint& input : node->inputs()) add(input.node);
  for (Node* control : node->control_inputs()) add(control);
}

}  // namespace

Status BackwardFunction::make(TracedFunction& f) {
  graph::Graph& body = f.body();
  const std::lock_guard lock(body.mutex());
  std::vector<Node*> mapping;
  f.written_ = body.copy({}, &mapping);
  inference = f.outline_;
  inference.inputs = mapped(f.outline_.inputs, mapping);
  inference.outputs = mapped(f.outline_.outputs, mapping);
  const int num_nodes = body.num_node_ids();
  const std::set<const graph::ControlFlowContext*> loops = loops_of(body);
  std::vector<Endpoint> ys, dys;
  autodiff::GradientOptions options;
  for (size_t i = 0; i < f.outline_.outputs.size(); ++i) {
    const Endpoint y = f.outline_.outputs[i];
    if (!autodiff::is_trainable(y.dtype())) continue;
    ASSIGN_OR_RETURN(Node * dy, graph::create_op(body, "Placeholder", {}, {{"dtype", base_type(y.dtype())}, {"shape", y.shape()}},
                                                 {}));
    differentiated.push_back(static_cast<int>(i));
    ys.push_back(y);
    dys.push_back(dy->output(0));
    options.grad_ys.emplace_back(dy->output(0));
  }
  std::vector<Endpoint> dxs;
  if (!ys.empty()) {
    ASSIGN_OR_RETURN(const std::vector<op::Gradient> gradients, autodiff::gradients(body, ys, f.outline_.inputs, options));
    for (size_t i = 0; i < gradients.size(); ++i) {
      const op::Gradient& dx = gradients[i];
      if (!dx) continue;
      Result result{static_cast<int>(i), static_cast<int>(dxs.size()), -1, -1};
      const auto give = [&](Endpoint e) -> Status {
        ASSIGN_OR_RETURN(Node * identity, graph::create_op(body, "Identity", {e}, {}, {}));
        dxs.push_back(identity->output(0));
        return OkStatus();
      };
      RETURN_IF_ERROR(give(dx.values));
      if (dx.is_slices()) {
        result.indices = static_cast<int>(dxs.size());
        RETURN_IF_ERROR(give(dx.indices));
        if (dx.dense_shape) {
          result.shape = static_cast<int>(dxs.size());
          RETURN_IF_ERROR(give(dx.dense_shape));
        }
      }
      results.push_back(result);
    }
  }
  split(f, num_nodes, loops, dys, dxs);
  return OkStatus();
}

// The nodes that were there, those that gradients have added to their loops, and what these wait for are the forward function's,
// the rest the backward one's: what these take of the others they take as arguments.
void BackwardFunction::split(TracedFunction& f, int num_nodes, const std::set<const graph::ControlFlowContext*>& loops,
                             const std::vector<Endpoint>& dys, const std::vector<Endpoint>& dxs) {
  graph::Graph& body = f.body();
  std::vector<bool> is_forward(body.num_node_ids(), false);
  std::vector<Node*> ahead, behind;
  for (int id = 0; id < num_nodes; ++id) {
    if (!body.node(id)) continue;
    is_forward[id] = true;
    ahead.push_back(body.node(id));
  }
  for (int id = num_nodes; id < body.num_node_ids(); ++id) {
    Node* const node = body.node(id);
    if (!node) continue;
    const bool leaves = node->type() == "Exit" && is_forward[node->input(0).node->id()];
    if (!leaves && !loops.contains(graph::containing_while(node->context()))) continue;
    is_forward[id] = true;
    ahead.push_back(node);
  }
  for (size_t i = 0, count = ahead.size(); i < count; ++i) add_sources(ahead[i], num_nodes, &is_forward, &ahead);
  std::vector<Endpoint> taken;
  for (int id = num_nodes; id < body.num_node_ids(); ++id) {
    Node* const node = body.node(id);
    if (!node || is_forward[id]) continue;
    behind.push_back(node);
    for (const Endpoint& input : node->inputs()) {
      if (is_forward[input.node->id()] && std::ranges::find(taken, input) == taken.end()) taken.push_back(input);
    }
  }

  std::vector<Node*> mapping;
  forward.reset(new TracedFunction);
  forward->base_name_ = f.base_name_;
  forward->own_ = body.copy(ahead, &mapping);
  forward->outline_ = f.outline_;
  std::vector<Endpoint>& results_ahead = forward->outline_.outputs;
  for (const Endpoint& e : taken) {
    const auto found = std::ranges::find(results_ahead, e);
    intermediates.push_back(static_cast<int>(found - results_ahead.begin()));
    if (found == results_ahead.end()) results_ahead.push_back(e);
  }
  forward->outline_.inputs = mapped(f.outline_.inputs, mapping);
  results_ahead = mapped(results_ahead, mapping);
  forward->finish();
  forward->outline_.name = fmt::format("__forward_{}_{}", f.base_name_, next_number());

  function.reset(new TracedFunction);
  function->base_name_ = fmt::format("__backward_{}_{}", f.base_name_, next_number());
  function->own_ = body.copy(behind, &mapping);
  function->outline_.inputs = mapped(dys, mapping);
  for (const Endpoint& e : taken) {
    graph::AttrMap attrs{{"dtype", base_type(e.dtype())}, {"shape", e.shape()}};
    for (const char* name : {"_handle_dtypes", "_handle_shapes"}) {
      if (const graph::AttrValue* value = e.node->find_attr(name)) attrs.set(name, *value);
    }
    Node* const stand_in = check_building(
        graph::create_op(*function->own_, "Placeholder", {}, std::move(attrs), {.name = e.node->name()}));
    function->outline_.inputs.push_back(stand_in->output(0));
    for (const graph::Consumer& consumer : e.node->consumers()) {
      Node* const reader = consumer.output == e.index && consumer.input >= 0 ? mapping[consumer.node->id()] : nullptr;
      if (reader) check_building(function->own_->set_input(reader, consumer.input, stand_in->output(0)));
    }
  }
  function->outline_.outputs = mapped(dxs, mapping);
  function->finish();
  forward->outline_.attrs.set("backward_function_name", function->name());
  function->outline_.attrs.set("forward_function_name", forward->name());
}

}  // namespace reflow::function
