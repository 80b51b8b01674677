#include "reflow/train/optimizer.h"

#include <algorithm>
#include <any>

#include "reflow/client/collections.h"
#include "reflow/client/trace.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/eager.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/train/slot_creator.h"
#include "reflow/train/update_ops.h"

#include <fmt/format.h>

namespace reflow::train {
namespace {

std::string describe(const Variable& v) {
  return fmt::format("<tf.Variable '{}' shape={} dtype={}>", v.name(), client::python_shape(v.shape()),
                     dtype_name(v.dtype()));
}

// ["<tf.Variable 'v:0' ...>", ...]: as Python prints a list of their texts.
std::string describe(const std::vector<GradientAndVariable>& pairs) {
  std::string text = "[";
  for (const GradientAndVariable& pair : pairs) {
    if (text.size() > 1) text += ", ";
    text += "\"" + describe(pair.variable) + "\"";
  }
  return text + "]";
}

// Of the graph, or, where that is a function's that is being traced, of one around it.
bool same_graph(const Variable& v, const Graph& graph) {
  const Graph* around = &graph;
  while (around && &v.op().node()->graph() != &around->impl()) around = function::graph_around(around->impl());
  return around != nullptr;
}

void wait_for_all(std::vector<Gradient>& gradients) {
  std::vector<Output> values;
  for (const Gradient& g : gradients) values.push_back(g.values());
  values = tuple(values);
  for (size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].is_slices()) {
      gradients[i] = values[i];
    } else {
      gradients[i] = IndexedSlices{values[i], gradients[i].slices().indices, gradients[i].slices().dense_shape};
    }
  }
}

}  // namespace

Optimizer::Optimizer(bool use_locking, std::string name) : use_locking_(use_locking), name_(std::move(name)) {
  if (name_.empty()) throw ValueError("Must specify the optimizer name");
}

Operation Optimizer::minimize(const Output& loss, const MinimizeOptions& options) {
  const std::vector<GradientAndVariable> pairs =
      compute_gradients(loss, {.var_list = options.var_list,
                               .gate_gradients = options.gate_gradients,
                               .aggregation_method = options.aggregation_method,
                               .colocate_gradients_with_ops = options.colocate_gradients_with_ops,
                               .grad_loss = options.grad_loss});
  if (std::none_of(pairs.begin(), pairs.end(), [](const GradientAndVariable& p) { return p.gradient.valid(); })) {
    throw ValueError(
        fmt::format("No gradients provided for any variable, check your graph for ops that do not support gradients, "
                    "between variables {} and loss {}.",
                    describe(pairs), client::python_tensor(loss)));
  }
  return apply_gradients(pairs, {.global_step = options.global_step, .name = options.name});
}

void Optimizer::check_dtypes(const std::vector<Output>& tensors) const {
  const std::vector<DType> valid = _valid_dtypes();
  for (const Output& tensor : tensors) {
    const DType dtype = base_type(tensor.dtype());
    if (std::find(valid.begin(), valid.end(), dtype) != valid.end()) continue;
    std::string expected;
    for (const DType t : valid) expected += (expected.empty() ? "tf." : ", tf.") + dtype_name(t);
    throw ValueError(
        fmt::format("Invalid type tf.{} for {}, expected: [{}].", dtype_name(dtype), tensor.name(), expected));
  }
}

std::vector<GradientAndVariable> Optimizer::compute_gradients(const Output& loss,
                                                              const ComputeGradientsOptions& options) {
  check_dtypes({loss});
  if (options.grad_loss) check_dtypes({options.grad_loss.values()});
  std::vector<Variable> var_list;
  if (options.var_list) {
    var_list = *options.var_list;
  } else {
    var_list = trainable_variables();
    const auto resources = get_collection<Variable>("trainable_resource_variables");
    var_list.insert(var_list.end(), resources.begin(), resources.end());
  }
  if (var_list.empty()) throw ValueError("No variables to optimize.");
  GradientsOptions how;
  if (options.grad_loss) how.grad_ys = {options.grad_loss};
  how.gate_gradients = options.gate_gradients == GATE_OP;
  how.aggregation_method = options.aggregation_method;
  how.colocate_gradients_with_ops = options.colocate_gradients_with_ops;
  std::vector<Gradient> found = gradients(loss, var_list, how);
  if (options.gate_gradients == GATE_GRAPH) wait_for_all(found);
  std::vector<GradientAndVariable> pairs;
  std::vector<Output> trained;
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i] && !var_list[i].is_resource()) trained.push_back(var_list[i].ref());
    pairs.push_back({found[i], var_list[i]});
  }
  check_dtypes(trained);
  return pairs;
}

Operation Optimizer::update(const Gradient& gradient, const Variable& var) {
  if (gradient.is_slices()) {
    if (var.constraint()) throw RuntimeError("Cannot use a constraint function on a sparse variable.");
    const IndexedSlices& slices = gradient.slices();
    return var.is_resource() ? _resource_apply_sparse_duplicate_indices(slices.values, var, slices.indices)
                             : _apply_sparse_duplicate_indices(slices, var);
  }
  const Output& grad = gradient.values();
  const Operation updated = var.is_resource() ? _resource_apply_dense(grad, var) : _apply_dense(grad, var);
  if (!var.constraint()) return updated;
  control_dependencies after({updated});
  return assign_op(var, "Assign", var.constraint()(var.value()), false).op;
}

Operation Optimizer::apply_gradients(const std::vector<GradientAndVariable>& grads_and_vars,
                                     const ApplyGradientsOptions& options) {
  if (grads_and_vars.empty()) throw ValueError("No variables provided.");
  std::vector<Variable> var_list;
  for (const GradientAndVariable& pair : grads_and_vars) {
    if (pair.gradient) var_list.push_back(pair.variable);
  }
  if (var_list.empty()) {
    throw ValueError(fmt::format("No gradients provided for any variable: {}.", describe(grads_and_vars)));
  }
  {
    control_dependencies none(nullptr);
    _create_slots(var_list);
  }
  name_scope scope(options.name, name_);
  _prepare();
  std::vector<Operation> update_ops;
  for (const GradientAndVariable& pair : grads_and_vars) {
    if (!pair.gradient) continue;
    name_scope update_scope("update_" + pair.variable.op().name());
    colocate_with colocation(pair.variable.op());
    update_ops.push_back(update(pair.gradient, pair.variable));
  }
  Operation applied;
  if (!options.global_step) {
    applied = _finish(update_ops, scope.name());
  } else {
    control_dependencies after({_finish(update_ops, "update")});
    const Variable& step = *options.global_step;
    colocate_with colocation(step.op());
    if (step.is_resource()) {
      const Output one = convert_to_tensor(1, {.dtype = step.dtype()});
      applied = Operation(client::make_op("AssignAddVariableOp", scope.name(), {step.handle(), one}));
    } else {
      applied = client::apply_op("AssignAdd", scope.name(), {step.ref(), 1}).op();
    }
  }
  if (executing_eagerly()) {
    trained_.insert(var_list.begin(), var_list.end());
    return applied;
  }
  // Programs put tensors there too.
  const std::vector<std::any> train_ops = get_default_graph().get_items(GraphKeys::TRAIN_OP);
  const bool is_known = std::any_of(train_ops.begin(), train_ops.end(), [&](const std::any& item) {
    const auto* operation = std::any_cast<Operation>(&item);
    return operation && *operation == applied;
  });
  if (!is_known) add_to_collection(GraphKeys::TRAIN_OP, applied);
  return applied;
}

std::optional<Variable> Optimizer::get_slot(const Variable& var, const std::string& name) const {
  const auto slots = slots_.find(name);
  if (slots == slots_.end()) return std::nullopt;
  const auto found = slots->second.find(var.op().node());
  if (found == slots->second.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Optimizer::get_slot_names() const {
  std::vector<std::string> names;
  for (const auto& [name, _] : slots_) names.push_back(name);
  return names;
}

std::vector<Variable> Optimizer::variables() const {
  const Graph graph = get_default_graph();
  std::vector<Variable> all;
  for (const NonSlot& other : non_slots_) {
    if (same_graph(other.variable, graph)) all.push_back(other.variable);
  }
  for (const auto& [_, slots] : slots_) {
    for (const auto& [_, variable] : slots) {
      if (same_graph(variable, graph)) all.push_back(variable);
    }
  }
  std::sort(all.begin(), all.end(), [](const Variable& a, const Variable& b) { return a.name() < b.name(); });
  return all;
}

void Optimizer::_create_slots(const std::vector<Variable>&) {}
void Optimizer::_prepare() {}

Operation Optimizer::_apply_dense(const Output&, const Variable&) {
  throw NotImplementedError("Optimizer " + name_ + " doesn't update variables with dense gradients");
}

Operation Optimizer::_apply_sparse(const IndexedSlices&, const Variable&) {
  throw NotImplementedError("Optimizer " + name_ + " doesn't update variables with sparse gradients");
}

Operation Optimizer::_apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var) {
  const UniqueSlices unique = deduplicate(grad.values, grad.indices);
  return _apply_sparse({unique.values, unique.indices, grad.dense_shape}, var);
}

Operation Optimizer::_resource_apply_dense(const Output&, const Variable&) {
  throw NotImplementedError("Optimizer " + name_ + " doesn't update resource variables with dense gradients");
}

Operation Optimizer::_resource_apply_sparse(const Output&, const Variable&, const Output&) {
  throw NotImplementedError("Optimizer " + name_ + " doesn't update resource variables with sparse gradients");
}

Operation Optimizer::_resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                              const Output& indices) {
  const UniqueSlices unique = deduplicate(grad, indices);
  return _resource_apply_sparse(unique.values, var, unique.indices);
}

Operation Optimizer::_finish(const std::vector<Operation>& update_ops, const std::string& name_scope) {
  return group({update_ops.begin(), update_ops.end()}, {.name = name_scope});
}

std::vector<DType> Optimizer::_valid_dtypes() const {
  return {DType::kFloat32, DType::kFloat64, DType::kHalf, DType::kBfloat16};
}

Variable* Optimizer::find_slot(const Variable& var, const std::string& slot_name) {
  Slots& slots = slots_[slot_name];
  const auto found = slots.find(var.op().node());
  return found == slots.end() ? nullptr : &found->second;
}

Variable Optimizer::_zeros_slot(const Variable& var, const std::string& slot_name, const std::string& op_name) {
  if (const Variable* found = find_slot(var, slot_name)) return *found;
  return slots_[slot_name].emplace(var.op().node(), create_zeros_slot(var, op_name)).first->second;
}

Variable Optimizer::_get_or_make_slot(const Variable& var, const Output& val, const std::string& slot_name,
                                      const std::string& op_name) {
  if (const Variable* found = find_slot(var, slot_name)) return *found;
  return slots_[slot_name].emplace(var.op().node(), create_slot(var, val, op_name)).first->second;
}

Variable Optimizer::_get_or_make_slot_with_initializer(const Variable& var, const Initializer& initializer,
                                                       const Shape& shape, DType dtype, const std::string& slot_name,
                                                       const std::string& op_name) {
  if (const Variable* found = find_slot(var, slot_name)) return *found;
  const Variable made = create_slot_with_initializer(var, initializer, shape, dtype, op_name);
  return slots_[slot_name].emplace(var.op().node(), made).first->second;
}

Variable Optimizer::_create_non_slot_variable(const TensorLike& initial_value, const std::string& name,
                                              const Variable& colocate_with_this) {
  for (const NonSlot& other : non_slots_) {
    if (other.name == name && same_graph(other.variable, colocate_with_this.graph())) return other.variable;
  }
  colocate_with colocation(colocate_with_this.op());
  const Variable made(initial_value,
                      {.trainable = false, .name = name, .use_resource = colocate_with_this.is_resource()});
  non_slots_.push_back({name, made});
  return made;
}

Variable Optimizer::_get_non_slot_variable(const std::string& name) const {
  const Graph graph = get_default_graph();
  for (const NonSlot& other : non_slots_) {
    if (other.name == name && same_graph(other.variable, graph)) return other.variable;
  }
  return Variable();
}

std::vector<std::pair<std::string, Variable>> Optimizer::named_non_slot_variables() const {
  const Graph graph = get_default_graph();
  std::vector<std::pair<std::string, Variable>> found;
  for (const NonSlot& other : non_slots_) {
    if (same_graph(other.variable, graph)) found.emplace_back(other.name, other.variable);
  }
  return found;
}

}  // namespace reflow::train
