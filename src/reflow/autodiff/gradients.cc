#include "reflow/autodiff/gradients.h"

#include <mutex>
#include <optional>
#include <utility>

#include "reflow/autodiff/aggregate.h"
#include "reflow/autodiff/emit.h"
#include "reflow/autodiff/walk.h"
#include "reflow/graph/control_flow.h"

namespace reflow::autodiff {
namespace {

using op::GradientRegistry;
using op::GradFn;

// Checks that `grad_y` can be the gradient of `y`; texts as TensorFlow's.
Status check_grad_y(Endpoint y, const Gradient& grad_y) {
  const DType y_type = base_type(y.dtype()), type = base_type(grad_y.values.dtype());
  const auto mistake = [&](std::string_view what, std::string_view rule) {
    return graph::type_error(fmt::format("Gradient type {} generated for {} {} with type {} must be {}", dtype_name(type),
                                         what, y.name(), dtype_name(y_type), rule));
  };
  const auto real = [](DType t) { return is_floating(t) || is_integer(t); };
  if (real(y_type)) return real(type) ? OkStatus() : mistake("real or integer-valued tensor", "real or integer");
  if (is_complex(y_type)) return is_complex(type) ? OkStatus() : mistake("complex-valued tensor", "real");
  if (y_type == DType::kVariant) return type == DType::kVariant ? OkStatus() : mistake("variant tensor", "variant");
  if (y_type == DType::kResource) {
    if (type != DType::kResource) return OkStatus();
    return graph::type_error(fmt::format("Input gradient {} for resource tensor {} should not be a resource",
                                         grad_y.values.name(), y.name()));
  }
  return graph::type_error(fmt::format("Tensor {} with type {} must be numeric to obtain a default gradient", y.name(),
                                       dtype_name(y_type)));
}

// The reverse walk of one call of gradients().
class Backprop {
 public:
  Backprop(Graph& graph, std::span<const Endpoint> ys, std::span<const Endpoint> xs, const GradientOptions& options)
      : graph_(graph), ys_(ys), xs_(xs), options_(options), emitter_(graph) {}

  Status run();
  StatusOr<Gradient> gradient_of(Endpoint x);

 private:
  StatusOr<Gradient> initial_gradient(int i);
  Status visit(Node* node);
  // Sums up what arrived at each output of `node`.
  Status collect(Node* node, std::vector<Gradient>* dy, bool* any);
  StatusOr<Gradient> zeros_for(Node* node, int output);
  Status differentiate(Node* node, const GradFn& fn, std::vector<Gradient> dy);
  Status propagate(Node* node, std::vector<Gradient>& dx);

  Graph& graph_;
  std::span<const Endpoint> ys_, xs_;
  const GradientOptions& options_;
  GraphEmitter emitter_;
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
    (*dy)[i] = entry.sum;
    *any |= static_cast<bool>(entry.sum);
  }
  return OkStatus();
}

// Zeros for an output on which no y depends. On the side of a Switch that isn't taken they must be dead too, so they
// hang on a switch of their own.
StatusOr<Gradient> Backprop::zeros_for(Node* node, int output) {
  const Endpoint y = node->output(output);
  const bool resource = base_type(y.dtype()) == DType::kResource;
  const bool is_switch = node->type() == "Switch" || node->type() == "RefSwitch";
  const auto* cond = is_switch ? dynamic_cast<const graph::CondContext*>(node->context()) : nullptr;
  if (!cond) {
    if (resource) {
      ASSIGN_OR_RETURN(Endpoint shape, emit(graph_, "VariableShape", {y}));
      ASSIGN_OR_RETURN(Endpoint zeros, emit_zeros(graph_, shape, variable_type(y, nullptr)));
      return Gradient(zeros);
    }
    ASSIGN_OR_RETURN(Endpoint zeros, emit(graph_, "ZerosLike", {y}, {}, "zeros_like"));
    return Gradient(zeros);
  }
  ASSIGN_OR_RETURN(Endpoint data, emit(graph_, "Switch", {node->input(0), cond->pred()}));
  data = data.node->output(1 - cond->branch());
  ASSIGN_OR_RETURN(Endpoint pivot, emit(graph_, "Identity", {data}));
  Endpoint shape;
  if (!resource) {
    ASSIGN_OR_RETURN(shape, emit(graph_, "Shape", {data}));
  }
  ControlScope control(graph_, {pivot.node});
  if (resource) {
    ASSIGN_OR_RETURN(shape, emit(graph_, "VariableShape", {data}));
  }
  ASSIGN_OR_RETURN(Endpoint zeros, emit_zeros(graph_, shape, resource ? variable_type(y, nullptr) : y.dtype()));
  return Gradient(zeros);
}

// The gradient function of `node`; null: it has none by intention.
Status find_gradient(const Node& node, GradFn* fn) {
  const graph::AttrValue* override_type = node.find_attr("_gradient_op_type");
  const std::string* name = override_type ? override_type->get<std::string>() : nullptr;
  if (GradientRegistry::global().find(name ? *name : node.type(), fn) == GradientRegistry::Kind::kUnregistered) {
    return not_found("No gradient defined for operation '{}' (op type: {})", node.name(), node.type());
  }
  return OkStatus();
}

Status Backprop::visit(Node* node) {
  std::optional<graph::ColocateWith> colocation;
  if (options_.colocate_gradients_with_ops) colocation.emplace(graph_, node, false);
  std::vector<Gradient> dy;
  bool any;
  RETURN_IF_ERROR(collect(node, &dy, &any));
  if (!any || walk_->stops_at(node) || node->num_inputs() == 0) return OkStatus();
  GradFn fn;
  RETURN_IF_ERROR(find_gradient(*node, &fn));
  if (!fn) return OkStatus();
  if (node->type() == "Switch" && node->context() && node->context()->is_while() &&
      node->context() == graph_.scope().context) {
    return invalid_argument(
        "Cannot compute gradient inside while loop with respect to op '{}'. We do not support taking the gradient wrt or "
        "through the initial value of a loop variable. Gradients can be computed through loop invariants or wrt the "
        "input parameters to the loop body.",
        xs_[0].node->name());
  }
  for (int i = 0; i < node->num_outputs(); ++i) {
    if (dy[i] || !is_trainable(node->output_type(i))) continue;
    ASSIGN_OR_RETURN(dy[i], zeros_for(node, i));
    table_.entry(node->output(i)).sum = dy[i];
  }
  return differentiate(node, fn, std::move(dy));
}

Status Backprop::differentiate(Node* node, const GradFn& fn, std::vector<Gradient> dy) {
  NameScope scope(graph_, node->name() + "_grad");
  op::GradContext context(node, std::move(dy), emitter_);
  RETURN_IF_ERROR(fn(context));
  RETURN_IF_ERROR(context.status());
  std::vector<Gradient>& dx = context.all_dx();
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

// As Python prints a TensorShape.
std::string python_shape(const Shape& shape) {
  if (!shape.known_rank()) return "<unknown>";
  std::string text = "(";
  for (int i = 0; i < shape.rank(); ++i) {
    if (i > 0) text += ", ";
    text += shape.dim(i) < 0 ? "?" : std::to_string(shape.dim(i));
  }
  return text + (shape.rank() == 1 ? ",)" : ")");
}

// Makes known of dx's shape what x's says.
bool refine_shape(Endpoint dx, const Shape& x_shape) {
  const Shape& shape = dx.shape();
  if (!x_shape.known_rank() || shape == x_shape) return true;
  if (!shape.compatible_with(x_shape)) return false;
  Shape merged = x_shape;
  for (int i = 0; shape.known_rank() && i < shape.rank(); ++i) {
    if (merged.dim(i) < 0) merged.set_dim(i, shape.dim(i));
  }
  dx.node->set_output_shape(dx.index, std::move(merged));
  return true;
}

Status Backprop::propagate(Node* node, std::vector<Gradient>& dx) {
  for (int i = 0; i < node->num_inputs(); ++i) {
    if (!dx[i]) continue;
    const Endpoint x = node->input(i);
    if (!dx[i].is_slices() && base_type(x.dtype()) != DType::kResource && !refine_shape(dx[i].values, x.shape())) {
      return invalid_argument(
          "Incompatible shapes between op input and calculated input gradient.  Forward operation: {}.  Input index: "
          "{}. Original input shape: {}.  Calculated input gradient shape: {}",
          node->name(), i, python_shape(x.shape()), python_shape(dx[i].values.shape()));
    }
    table_.add(x, dx[i]);
  }
  return OkStatus();
}

Status Backprop::run() {
  NameScope scope(graph_, options_.name.empty() ? "gradients" : options_.name);
  graph_.unique_name("uid");  // TensorFlow takes a name for each call
  std::vector<Gradient> grad_ys;
  for (size_t i = 0; i < ys_.size(); ++i) {
    ASSIGN_OR_RETURN(Gradient grad_y, initial_gradient(static_cast<int>(i)));
    grad_ys.push_back(grad_y);
  }
  walk_.emplace(graph_, ys_, xs_, options_.stop_gradients);
  if (const Node* loop = walk_->loop_exit()) {
    return unimplemented("Gradients of while loops are not implemented: operation '{}' (op type: {})", loop->name(),
                         loop->type());
  }
  table_.reset(graph_.num_node_ids());
  for (size_t i = 0; i < ys_.size(); ++i) table_.add(ys_[i], grad_ys[i]);
  while (Node* node = walk_->next()) {
    RETURN_IF_ERROR(visit(node));
    walk_->done(node);
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
  std::vector<Gradient> result;
  result.reserve(xs.size());
  for (const Endpoint& x : xs) {
    ASSIGN_OR_RETURN(Gradient gradient, backprop.gradient_of(x));
    result.push_back(gradient);
  }
  return result;
}

}  // namespace reflow::autodiff
