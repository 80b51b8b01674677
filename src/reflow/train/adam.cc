#include <algorithm>

#include "reflow/client/control_flow_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {
namespace {

// grad and indices unique; m, v: the moments. As ApplyAdam, but rows without gradient keep their old moments, decayed.
struct SparseAdam {
  Variable var, m, v;
  TensorLike beta1_power, beta2_power, learning_rate, beta1, beta2, epsilon;
  bool use_locking;

  Output value_of(const TensorLike& x) const { return client::convert(x, DType::kInvalid, ""); }

  // moment = moment * decay, plus `scaled` at `indices`.
  Assignment update_moment(const Variable& moment, const TensorLike& decay, const Output& scaled,
                           const Output& indices) const {
    const Assignment decayed = assign_op(moment, "Assign", moment.value() * decay, use_locking);
    control_dependencies after({decayed.op});
    return scatter_add(moment, indices, scaled, use_locking);
  }

  Operation apply(const Output& grad, const Output& indices) const {
    const Output second_power = value_of(beta2_power);
    Output rate = value_of(learning_rate) * client::apply_op("Sqrt", "", {1 - second_power});
    const Output first_power = value_of(beta1_power);
    rate = rate / (1 - first_power);
    const Output scaled_grad = grad * (1 - value_of(beta1));
    const Assignment m_t = update_moment(m, beta1, scaled_grad, indices);
    const Output square = grad * grad;
    const Output scaled_square = square * (1 - value_of(beta2));
    const Assignment v_t = update_moment(v, beta2, scaled_square, indices);
    const Output root = client::apply_op("Sqrt", "", {v_t.value});
    const Output step = rate * m_t.value;
    const Assignment updated = assign_op(var, "AssignSub", step / (root + epsilon), use_locking);
    return group({updated.op, m_t.op, v_t.op});
  }
};

}  // namespace

AdamOptimizer::AdamOptimizer(Hyperparameter learning_rate, const AdamOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      beta1_(options.beta1),
      beta2_(options.beta2),
      epsilon_(options.epsilon) {}

void AdamOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  const Variable& first = *std::min_element(var_list.begin(), var_list.end(),
                                            [](const Variable& a, const Variable& b) { return a.name() < b.name(); });
  _create_non_slot_variable(beta1_.value(), "beta1_power", first);
  _create_non_slot_variable(beta2_.value(), "beta2_power", first);
  for (const Variable& v : var_list) {
    _zeros_slot(v, "m", name());
    _zeros_slot(v, "v", name());
  }
}

void AdamOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  beta1_.convert("beta1");
  beta2_.convert("beta2");
  epsilon_.convert("epsilon");
}

TrainingOpOptimizer::Update AdamOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = "Adam";
  update.slots = {slot(var, "m"), slot(var, "v")};
  update.before.push_back(cast_to(_get_non_slot_variable("beta1_power"), type));
  update.before.push_back(cast_to(_get_non_slot_variable("beta2_power"), type));
  for (const HyperTensor* h : {&learning_rate_, &beta1_, &beta2_, &epsilon_}) {
    update.before.push_back(cast_to(h->tensor, type));
  }
  return update;
}

Operation AdamOptimizer::_apply_sparse(const IndexedSlices& grad, const Variable& var) {
  return AdamOptimizer::_resource_apply_sparse(grad.values, var, grad.indices);
}

Operation AdamOptimizer::_resource_apply_sparse(const Output& grad, const Variable& var, const Output& indices) {
  const DType type = base_type(var.dtype());
  const SparseAdam adam{.var = var,
                        .m = slot(var, "m"),
                        .v = slot(var, "v"),
                        .beta1_power = cast_to(_get_non_slot_variable("beta1_power"), type),
                        .beta2_power = cast_to(_get_non_slot_variable("beta2_power"), type),
                        .learning_rate = cast_to(learning_rate_.tensor, type),
                        .beta1 = cast_to(beta1_.tensor, type),
                        .beta2 = cast_to(beta2_.tensor, type),
                        .epsilon = cast_to(epsilon_.tensor, type),
                        .use_locking = use_locking()};
  return adam.apply(grad, indices);
}

Operation AdamOptimizer::_finish(const std::vector<Operation>& update_ops, const std::string& name_scope) {
  std::vector<GraphElement> all(update_ops.begin(), update_ops.end());
  {
    control_dependencies after(all);
    const Variable beta1_power = _get_non_slot_variable("beta1_power");
    const Variable beta2_power = _get_non_slot_variable("beta2_power");
    colocate_with colocation(beta1_power.op());
    all.push_back(assign_op(beta1_power, "Assign", beta1_power.value() * beta1_.tensor, use_locking()).op);
    all.push_back(assign_op(beta2_power, "Assign", beta2_power.value() * beta2_.tensor, use_locking()).op);
  }
  return group(all, {.name = name_scope});
}

}  // namespace reflow::train
