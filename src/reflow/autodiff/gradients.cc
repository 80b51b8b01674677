#include "reflow/autodiff/gradients.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "reflow/autodiff/aggregate.h"
#include "reflow/autodiff/emit.h"
#include "reflow/autodiff/loops.h"
#include "reflow/autodiff/walk.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/shape_text.h"
#include "reflow/graph/tensor_text.h"
#include "reflow/op/function_runner.h"
#include "reflow/op/late_slices.h"

namespace reflow::autodiff {
namespace {

using op::GradientRegistry;
using op::GradFn;

// Checks that `grad_y` can be the gradient of `y`; texts as TensorFlow's.
Status check_grad_y(Endpoint y, const Gradient& grad_y) {
  const DType y_type = base_type(y.dtype()), type = base_type(grad_y.values.dtype());
  const auto mistake = [&](std::string_view what, std::string_view rule) {
    return graph::type_error(fmt::format("Gradient type {} generated for {} {} with type {} must be {}", dtype_name(type),
                                         what, graph::tensor_text(y), dtype_name(y_type), rule));
  };
  const auto real = [](DType t) { return is_floating(t) || is_integer(t); };
  if (real(y_type)) return real(type) ? OkStatus() : mistake("real or integer-valued tensor", "real or integer");
  if (is_complex(y_type)) return is_complex(type) ? OkStatus() : mistake("complex-valued tensor", "real");
  if (y_type == DType::kVariant) return type == DType::kVariant ? OkStatus() : mistake("variant tensor", "variant");
  if (y_type == DType::kResource) {
    if (type != DType::kResource) return OkStatus();
    return graph::type_error(fmt::format("Input gradient {} for resource tensor {} should not be a resource",
                                         graph::tensor_text(grad_y.values), graph::tensor_text(y)));
  }
  return graph::type_error(fmt::format("Tensor {} with type {} must be numeric to obtain a default gradient", graph::tensor_text(y),
                                       dtype_name(y_type)));
}

// The reverse walk of one call of gradients().
class Backprop {
 public:
  Backprop(Graph& graph, std::span<const Endpoint> ys, std::span<const Endpoint> xs, const GradientOptions& options)
      : graph_(graph), ys_(ys), xs_(xs), options_(options), emitter_(graph), loops_(graph) {}

  Status run();
  // What is made when all gradients are known, in the caller's name scope.
  Status finish();
  StatusOr<Gradient> gradient_of(Endpoint x);

 private:
  StatusOr<Gradient> initial_gradient(int i);
  Status visit(Node* node);
  // Sums up what arrived at each output of `node`.
  Status collect(Node* node, std::vector<Gradient>* dy, bool* any);
  Status add_loops();
  // The exits of loops on which no y depends, where all are such.
  Status begin_with_unused_exits();
  Status add_zeros_for_exit(Endpoint exit);
  // Tells the nodes before `node` that it has been visited.
  Status advance(Node* node);
  Status defer_exit(Endpoint exit);
  Status initial_value_error(Node* node) const;
  Status differentiate(Node* node, const GradFn& fn, std::vector<Gradient> dy);
  Status propagate(Node* node, std::vector<Gradient>& dx);

  Graph& graph_;
  std::span<const Endpoint> ys_, xs_;
  const GradientOptions& options_;
  GraphEmitter emitter_;
  Loops loops_;
  std::optional<Walk> walk_;
  GradientTable table_;
};

StatusOr<Gradient> Backprop::initial_gradient(int i) {
  const Endpoint y = ys_[i];
  std::optional<graph::ColocateWith> colocation;
  if (options_.colocate_gradients_with_ops) colocation.emplace(graph_, y.node, false);
  const std::string name = fmt::format("grad_ys_{}", i);
  if (options_.grad_ys.empty() || !options_.grad_ys[i]) {
    if (is_complex(y.dtype())) {
      return graph::type_error(
          fmt::format("Gradients of complex tensors must set grad_ys (y.dtype = tf.{})", dtype_name(y.dtype())));
    }
    ASSIGN_OR_RETURN(Endpoint shape, emit_shape(graph_, y));
    ASSIGN_OR_RETURN(Tensor one, scalar_of(y.dtype(), 1));
    ASSIGN_OR_RETURN(Endpoint value, emit_constant(graph_, std::move(one), name));
    ASSIGN_OR_RETURN(Endpoint ones, emit(graph_, "Fill", {shape, value}));
    return Gradient(ones);
  }
  Gradient given = options_.grad_ys[i];
  RETURN_IF_ERROR(check_grad_y(y, given));
  if (!given.is_slices()) {
    ASSIGN_OR_RETURN(given.values, emit(graph_, "Identity", {given.values}, {}, name));
    return given;
  }
  ASSIGN_OR_RETURN(given.indices, emit(graph_, "Identity", {given.indices}, {}, name + "_indices"));
  ASSIGN_OR_RETURN(given.values, emit(graph_, "Identity", {given.values}, {}, name + "_values"));
  if (given.dense_shape) {
    ASSIGN_OR_RETURN(given.dense_shape, emit(graph_, "Identity", {given.dense_shape}, {}, name + "_shape"));
  }
  return given;
}

Status Backprop::collect(Node* node, std::vector<Gradient>* dy, bool* any) {
  dy->assign(node->num_outputs(), {});
  *any = false;
  if (!table_.has(node)) return OkStatus();
  for (int i = 0; i < node->num_outputs(); ++i) {
    GradientTable::Entry& entry = table_.entry(node->output(i));
    if (!entry.more.empty()) {
      std::vector<Gradient> terms{entry.sum};
      terms.insert(terms.end(), entry.more.begin(), entry.more.end());
      ASSIGN_OR_RETURN(entry.sum, aggregate(node, terms, options_.aggregation_method));
      entry.more.clear();
    }
    entry.is_summed = true;
    (*dy)[i] = entry.sum;
    *any |= static_cast<bool>(entry.sum);
  }
  return OkStatus();
}

// The gradient of a node that calls a function of the graph: SymbolicGradient of the arguments and dy.
Status call_gradient(op::GradContext& g) {
  const Node& node = g.node();
  std::vector<Endpoint> inputs;
  std::vector<DType> types;
  for (int i = 0; i < node.num_inputs(); ++i) {
    inputs.push_back(node.input(i));
    types.push_back(base_type(node.input(i).dtype()));
  }
  std::vector<DType> dx_types = types;
  for (int i = 0; i < node.num_outputs(); ++i) {
    const Endpoint dy = g.dy(i);
    inputs.push_back(dy ? dy : g.zeros_like(g.y(i)));
    types.push_back(base_type(inputs.back().dtype()));
  }
  Node* const made = g.ops("SymbolicGradient", {inputs}, {{"Tin", std::move(types)}, {"Tout", std::move(dx_types)},
                                                         {"f", *op::called_function(node)}});
  for (int i = 0; made != nullptr && i < node.num_inputs(); ++i) {
    if (is_trainable(node.input(i).dtype())) g.dx(i) = made->output(i);
  }
  return g.status();
}

// The gradient function of `node`; null: it has none by intention.
Status find_gradient(const Node& node, GradFn* fn) {
  const graph::AttrValue* override_type = node.find_attr("_gradient_op_type");
  const std::string* name = override_type ? override_type->get<std::string>() : nullptr;
  if (GradientRegistry::global().find(name ? *name : node.type(), fn) == GradientRegistry::Kind::kUnregistered) {
    if (!op::called_function(node)) {
      return not_found("No gradient defined for operation '{}' (op type: {})", node.name(), node.type());
    }
    *fn = call_gradient;
  }
  return OkStatus();
}

// Names the x that is nearest to the Switch of a loop variable.
Status Backprop::initial_value_error(Node* node) const {
  std::vector<Node*> nodes{node};
  std::vector<bool> seen(graph_.num_node_ids());
  const auto is_x = [&](const Node* n) { return std::ranges::any_of(xs_, [n](const Endpoint& x) { return x.node == n; }); };
  size_t i = 0;
  for (; i < nodes.size() && !is_x(nodes[i]); ++i) {
    for (const Endpoint& input : nodes[i]->inputs()) {
      if (seen[input.node->id()]) continue;
      seen[input.node->id()] = true;
      nodes.push_back(input.node);
    }
  }
  return invalid_argument(
      "Cannot compute gradient inside while loop with respect to op '{}'. We do not support taking the gradient wrt or "
      "through the initial value of a loop variable. Gradients can be computed through loop invariants or wrt the "
      "input parameters to the loop body.",
      i < nodes.size() ? nodes[i]->name() : node->name());
}

Status Backprop::visit(Node* node) {
  std::optional<graph::ColocateWith> colocation;
  if (options_.colocate_gradients_with_ops) colocation.emplace(graph_, node, false);
  std::vector<Gradient> dy;
  bool any;
  {
    const LoopGradient* loop = loops_.gradient_of(*node, /*before=*/true);
    const graph::EnteredContext entered(graph_, loop ? loop->grad_context() : nullptr);
    RETURN_IF_ERROR(collect(node, &dy, &any));
  }
  GradFn fn;
  if (any && !walk_->stops_at(node) && node->num_inputs() > 0) RETURN_IF_ERROR(find_gradient(*node, &fn));
  const LoopGradient* loop = loops_.gradient_of(*node, /*before=*/false);
  const graph::EnteredContext entered(graph_, loop ? loop->grad_context() : nullptr);
  if (graph::is_switch(*node) && node->context() && node->context()->is_while() &&
      node->context() == graph_.scope().context) {
    return initial_value_error(node);
  }
  if (!fn) return OkStatus();
  for (int i = 0; i < node->num_outputs(); ++i) {
    if (dy[i] || !is_trainable(node->output_type(i))) continue;
    const bool is_handle_in_loop = node->output_type(i) == DType::kResource && (node->type() == "While" || node->type() == "StatelessWhile");
    if (is_handle_in_loop && !is_variable_handle(node->output(i))) continue;
    Endpoint zeros;
    if (loops_.empty()) {
      ASSIGN_OR_RETURN(zeros, zeros_like_outside_loop(graph_, node, i));
    } else {
      ASSIGN_OR_RETURN(zeros, loops_.zeros_like(node, i));
    }
    if (!zeros) continue;
    dy[i] = Gradient(zeros);
    table_.entry(node->output(i)).sum = dy[i];
  }
  return differentiate(node, fn, std::move(dy));
}

Status Backprop::differentiate(Node* node, const GradFn& fn, std::vector<Gradient> dy) {
  NameScope scope(graph_, node->name() + "_grad");
  op::GradContext context(node, std::move(dy), emitter_);
  std::vector<Gradient>& dx = context.all_dx();
  {
    const op::LateSlices late;
    RETURN_IF_ERROR(fn(context));
    RETURN_IF_ERROR(context.status());
    late.settle(dx);
  }
  if (options_.gate_gradients) {
    int count = 0;
    for (const Gradient& g : dx) count += static_cast<bool>(g);
    if (count > 1) {
      DeviceScope device(graph_, "", true);
      graph::ColocateWith colocation(graph_, nullptr, true);
      RETURN_IF_ERROR(emit_tuple(graph_, dx));
    }
  }
  return propagate(node, dx);
}

Status Backprop::propagate(Node* node, std::vector<Gradient>& dx) {
  // A loop may have got more inputs meanwhile.
  for (int i = 0; i < static_cast<int>(dx.size()); ++i) {
    if (!dx[i]) continue;
    const Endpoint x = node->input(i);
    if (!dx[i].is_slices() && base_type(x.dtype()) != DType::kResource && !graph::refine_shape(dx[i].values, x.shape())) {
      return invalid_argument(
          "Incompatible shapes between op input and calculated input gradient.  Forward operation: {}.  Input index: "
          "{}. Original input shape: {}.  Calculated input gradient shape: {}",
          node->name(), i, graph::shape_text(x.shape()), graph::shape_text(dx[i].values.shape()));
    }
    table_.add(x, dx[i]);
  }
  return OkStatus();
}

Status Backprop::run() {
  RETURN_IF_ERROR(graph::check_scope_name(graph_, options_.name));
  NameScope scope(graph_, options_.name.empty() ? "gradients" : options_.name);
  graph_.unique_name("uid");  // TensorFlow takes a name for each call
  std::vector<Gradient> grad_ys;
  for (size_t i = 0; i < ys_.size(); ++i) {
    ASSIGN_OR_RETURN(Gradient grad_y, initial_gradient(static_cast<int>(i)));
    grad_ys.push_back(grad_y);
  }
  walk_.emplace(graph_, ys_, xs_);
  RETURN_IF_ERROR(add_loops());
  walk_->start(ys_);
  table_.reset(graph_.num_node_ids());
  for (size_t i = 0; i < ys_.size(); ++i) table_.add(ys_[i], grad_ys[i]);
  RETURN_IF_ERROR(begin_with_unused_exits());
  walk_->set_stops(xs_, options_.stop_gradients);
  while (Node* node = walk_->next()) {
    RETURN_IF_ERROR(visit(node));
    RETURN_IF_ERROR(advance(node));
  }
  return OkStatus();
}

Status Backprop::finish() {
  for (const auto& [_, loop] : loops_.all()) RETURN_IF_ERROR(loop->close_open_merges());
  return OkStatus();
}

Status Backprop::add_loops() {
  for (size_t i = 0; i < walk_->between().size(); ++i) {
    Node* const node = walk_->between()[i];
    if (!graph::is_exit(*node)) continue;
    std::optional<graph::ColocateWith> colocation;
    if (options_.colocate_gradients_with_ops) colocation.emplace(graph_, node, false);
    ASSIGN_OR_RETURN(const std::vector<Endpoint> exits, loops_.add(node));
    for (const Endpoint& exit : exits) walk_->include(exit.node);
  }
  return OkStatus();
}

Status Backprop::add_zeros_for_exit(Endpoint exit) {
  ASSIGN_OR_RETURN(const Endpoint zeros, loops_.zeros_like_exit(exit));
  table_.add(exit, Gradient(zeros));
  return OkStatus();
}

Status Backprop::begin_with_unused_exits() {
  std::vector<Endpoint> exits;
  for (const auto& [forward, loop] : loops_.all()) {
    for (const Endpoint& exit : loop->forward_exits) {
      if (walk_->pending(exit.node) != 0) continue;
      --loop->pending_exits;
      if (!walk_->began_with(exit.node)) loop->unused_exits.push_back(exit);
      if (loop->pending_exits == 0) exits.insert(exits.end(), loop->unused_exits.begin(), loop->unused_exits.end());
    }
    // Second derivatives go through the ways into the loop too.
    for (const Endpoint& enter : forward->loop_enters) {
      if (walk_->pending(enter.node) == 0) walk_->set_pending(enter.node, 1);
    }
  }
  for (const Endpoint& exit : exits) {
    if (!is_trainable(exit.dtype())) continue;
    RETURN_IF_ERROR(add_zeros_for_exit(exit));
    walk_->push(exit.node);
  }
  return OkStatus();
}

Status Backprop::advance(Node* node) {
  for (const Endpoint& x : node->inputs()) {
    const int left = walk_->count_down(x.node);
    // The Switch of a loop variable is visited when the exit has been, and again at the end of the body.
    const bool ready = left == 0 || (left > 0 && !loops_.empty() && graph::is_loop_switch(*x.node));
    if (!ready) continue;
    if (graph::is_exit(*x.node)) {
      RETURN_IF_ERROR(defer_exit(x));
    } else {
      walk_->push(x.node);
    }
  }
  return OkStatus();
}

// A loop is differentiated when the gradients of all of its exits are there.
Status Backprop::defer_exit(Endpoint exit) {
  LoopGradient& loop = *loops_.gradient_of(*exit.node, /*before=*/false);
  loop.deferred_exits.push_back(exit);
  if (--loop.pending_exits > 0) return OkStatus();
  bool any = false;
  for (const Endpoint& y : loop.deferred_exits) {
    if (table_.has(y.node) && table_.entry(y).sum) {
      any = true;
      walk_->push(y.node);
    } else {
      loop.unused_exits.push_back(y);
    }
  }
  for (const Endpoint& y : loop.unused_exits) {
    if (any && is_trainable(y.dtype())) RETURN_IF_ERROR(add_zeros_for_exit(y));
    walk_->push(y.node);
  }
  return OkStatus();
}

StatusOr<Gradient> Backprop::gradient_of(Endpoint x) {
  if (table_.has(x.node)) return table_.entry(x).sum;
  if (options_.unconnected_gradients == UnconnectedGradients::kNone) return Gradient();
  Endpoint zeros;
  if (base_type(x.dtype()) == DType::kResource) {
    ASSIGN_OR_RETURN(Endpoint shape, emit_variable_shape(graph_, x));
    ASSIGN_OR_RETURN(zeros, emit_zeros(graph_, shape, variable_type(x, nullptr)));
  } else if (x.shape().fully_defined() && is_plain(x.dtype())) {
    ASSIGN_OR_RETURN(zeros, emit_zeros(graph_, x.shape(), x.dtype(), "zeros_like"));
  } else {
    ASSIGN_OR_RETURN(zeros, emit(graph_, "ZerosLike", {x}, {}, "zeros_like"));
  }
  return Gradient(zeros);
}

}  // namespace

StatusOr<std::vector<Gradient>> gradients(Graph& graph, std::span<const Endpoint> ys, std::span<const Endpoint> xs,
                                          const GradientOptions& options) {
  std::lock_guard lock(graph.mutex());
  if (!options.grad_ys.empty() && options.grad_ys.size() != ys.size()) {
    return invalid_argument("Passed {} grad_ys for {} ys", options.grad_ys.size(), ys.size());
  }
  Backprop backprop(graph, ys, xs, options);
  RETURN_IF_ERROR(backprop.run());
  RETURN_IF_ERROR(backprop.finish());
  std::vector<Gradient> result;
  result.reserve(xs.size());
  for (const Endpoint& x : xs) {
    ASSIGN_OR_RETURN(Gradient gradient, backprop.gradient_of(x));
    result.push_back(gradient);
  }
  return result;
}

}  // namespace reflow::autodiff
