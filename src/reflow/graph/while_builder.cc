#include <algorithm>

#include "reflow/graph/node_builder.h"
#include "reflow/graph/shape_text.h"
#include "reflow/graph/while_context.h"

namespace reflow::graph {
namespace {

// True when every tensor of shape `a` has shape `b`.
bool is_at_most(const Shape& a, const Shape& b) {
  if (!b.known_rank()) return true;
  if (a.rank() != b.rank()) return false;
  for (int i = 0; i < b.rank(); ++i) {
    if (b.dim(i) >= 0 && a.dim(i) != b.dim(i)) return false;
  }
  return true;
}

StatusOr<Node*> make(Graph& graph, Endpoint x, std::string_view type) {
  return create_op(graph, is_ref(x.dtype()) ? "Ref" + std::string(type) : type, {x}, {}, {.name = std::string(type)});
}

Status check_invariant(Endpoint merge, Endpoint next) {
  if (is_at_most(next.shape(), merge.shape())) return OkStatus();
  const Endpoint initial = merge.node->input(0).node->input(0);
  return invalid_argument(
      "Input tensor '{}' enters the loop with shape {}, but has shape {} after one iteration. To allow the shape to vary "
      "across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific shape.",
      initial.name(), shape_text(initial.shape()), shape_text(next.shape()));
}

}  // namespace

StatusOr<Endpoint> add_back_edge(Endpoint merge, Endpoint value) {
  Graph& graph = merge.node->graph();
  ASSIGN_OR_RETURN(Node * node, make(graph, value, "NextIteration"));
  const Endpoint next = node->output(0);
  if (base_type(next.dtype()) != base_type(merge.dtype())) {
    return invalid_argument("Input 1 of node {} was passed {} from {} incompatible with expected {}.",
                            merge.node->name(), dtype_name(next.dtype()), next.name(), dtype_name(merge.dtype()));
  }
  const std::lock_guard lock(graph.mutex());
  RETURN_IF_ERROR(graph.set_input(merge.node, 1, next));
  return next;
}

StatusOr<std::vector<Endpoint>> WhileBuilder::begin(const std::vector<Endpoint>& loop_vars,
                                                    const std::vector<Shape>& invariants) {
  context_->set_values(loop_vars);
  std::vector<Endpoint> inputs = loop_vars, enters;
  ControlFlowContext* const outer = context_->outer();
  for (Endpoint& x : inputs) {
    if (outer == nullptr) break;
    ASSIGN_OR_RETURN(x, outer->add_value(x));
  }
  {
    const NoControlDependencies none(graph_);
    for (const Endpoint& x : inputs) {
      ASSIGN_OR_RETURN(const Endpoint enter, context_->enter(x, /*is_constant=*/false, /*keeps_shape=*/false));
      graph_.prevent_feeding(enter.node);
      enters.push_back(enter);
    }
  }
  Node* pivot = nullptr;
  for (const ControlFlowContext* c = outer; c && pivot == nullptr; c = c->outer()) pivot = c->pivot();
  for (size_t i = 0; i < enters.size(); ++i) {
    const Endpoint x = inputs[i];
    // An invariant of the loop around is there before that begins an iteration.
    const AttrValue* constant = is_enter(*x.node) ? x.node->find_attr("is_constant") : nullptr;
    if (pivot && constant && constant->get<bool>() && *constant->get<bool>()) graph_.add_control_input(enters[i].node, pivot);
    if (!is_at_most(x.shape(), invariants[i])) {
      return invalid_argument(
          "The shape invariant specified for {} is not compatible with the initial shape of the loop variable. It enters "
          "the loop with shape {}, but the specified shape invariant is {}.",
          x.name(), shape_text(x.shape()), shape_text(invariants[i]));
    }
    refine_shape(enters[i], invariants[i]);
  }
  for (const Endpoint& enter : enters) context_->fix_control_inputs(enter);
  context_->set_values(enters);
  context_->loop_enters = enters;
  for (const Endpoint& enter : enters) {
    ASSIGN_OR_RETURN(Node * merge, create_op(graph_, is_ref(enter.dtype()) ? "RefMerge" : "Merge",
                                             {std::vector<Endpoint>{enter, enter}}, {}, {.name = "Merge"}));
    merges_.push_back(merge->output(0));
  }
  context_->pivot_for_pred = merges_.front();
  return merges_;
}

StatusOr<std::vector<Endpoint>> WhileBuilder::set_condition(Endpoint condition) {
  ASSIGN_OR_RETURN(Node * loop_cond, create_op(graph_, "LoopCond", {condition}));
  context_->condition = loop_cond->output(0);
  for (const Endpoint& merge : merges_) {
    ASSIGN_OR_RETURN(Node * node, switch_ref_or_tensor(merge, context_->condition));
    switches_.push_back(node);
  }
  std::vector<Endpoint> body;
  for (Node* node : switches_) {
    ASSIGN_OR_RETURN(Node * identity, make(graph_, node->output(1), "Identity"));
    body.push_back(identity->output(0));
  }
  context_->pivot_for_body = body.front();
  return body;
}

StatusOr<std::vector<Endpoint>> WhileBuilder::end(const std::vector<Endpoint>& results) {
  if (results.size() != merges_.size()) {
    return invalid_argument("Number of inputs and outputs of body must match loop_vars: {}, {}", merges_.size(),
                            results.size());
  }
  for (size_t i = 0; i < results.size(); ++i) {
    ASSIGN_OR_RETURN(const Endpoint next, add_back_edge(merges_[i], results[i]));
    RETURN_IF_ERROR(check_invariant(merges_[i], next));
  }
  std::vector<Endpoint> exits;
  for (Node* node : switches_) {
    ASSIGN_OR_RETURN(Node * exit, make(graph_, node->output(0), "Exit"));
    exits.push_back(exit->output(0));
  }
  context_->loop_exits = exits;
  context_->exit_result(exits);
  return exits;
}

}  // namespace reflow::graph
