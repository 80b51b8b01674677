#include "reflow/train/moving_averages.h"

#include <algorithm>
#include <set>

#include "reflow/client/apply_op.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/initializers.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable_scope.h"
#include "reflow/train/slot_creator.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {
namespace {

void check_type(DType type, const std::string& name) {
  if (!is_floating(base_type(type))) throw TypeError("The variables must be half, float, or double: " + name);
}

// `name`, or the first of name_1, name_2, ... that no variable of the current variable scope is called.
std::string unused_name(const std::string& scope, const std::string& name) {
  std::set<std::string> used;
  for (const Variable& v : global_variables()) used.insert(v.op().name());
  std::string candidate = name;
  for (int i = 1; used.count(scope + "/" + candidate) > 0; ++i) candidate = name + "_" + std::to_string(i);
  return candidate;
}

// Moves `average`, which began at zero, to the average of the values seen: it keeps a biased one and a count beside.
Assignment assign_debiased(const Variable& average, const TensorLike& value, const Output& decay,
                           const std::string& scope_name) {
  const std::string name = average.op().name();
  Variable biased, local_step;
  {
    variable_scope scope(name);
    colocate_with colocation(average.op());
    GetVariableOptions options;
    options.dtype = base_type(average.dtype());
    options.initializer = zeros_initializer();
    options.trainable = false;
    biased = get_variable(unused_name(name, "biased"), average.shape(), options);
    local_step = get_variable(unused_name(name, "local_step"), Shape{}, options);
  }
  const Assignment updated = assign_op(biased, "AssignSub", (biased.value() - value) * decay, false);
  const Assignment count = assign_op(local_step, "AssignAdd", 1, false);
  const Output kept = 1.0 - decay;
  const Output factor = 1 - client::apply_op("Pow", "", {kept, count.value});
  return assign_op(average, "Assign", updated.value / factor, true, scope_name);
}

Assignment assign_average(const Variable& variable, const TensorLike& value, const TensorLike& decay, bool zero_debias,
                          const std::string& name) {
  name_scope scope(name, "AssignMovingAvg");
  Output rate;
  if (const double* number = std::get_if<double>(&decay.value())) {
    rate = client::convert(1.0 - *number, DType::kInvalid, "decay");
  } else {
    rate = 1.0 - client::convert(decay, DType::kInvalid, "");
  }
  if (base_type(rate.dtype()) != base_type(variable.dtype())) {
    rate = client::convert(cast_to(rate, variable.dtype()), DType::kInvalid, "");
  }
  if (zero_debias) return assign_debiased(variable, value, rate, scope.name());
  return assign_op(variable, "AssignSub", (variable.value() - value) * rate, false, scope.name());
}

}  // namespace

Output assign_moving_average(const Variable& variable, const TensorLike& value, const TensorLike& decay,
                             const AssignMovingAverageOptions& options) {
  return assign_average(variable, value, decay, options.zero_debias, options.name).value;
}

ExponentialMovingAverage::ExponentialMovingAverage(TensorLike decay, const ExponentialMovingAverageOptions& options)
    : decay_(std::move(decay)),
      num_updates_(options.num_updates),
      zero_debias_(options.zero_debias),
      name_(options.name) {}

const ExponentialMovingAverage::Average* ExponentialMovingAverage::find(const Output& of) const {
  const auto found = std::find_if(averages_.begin(), averages_.end(), [&](const Average& a) { return a.of == of; });
  return found == averages_.end() ? nullptr : &*found;
}

void ExponentialMovingAverage::add(const Variable& var) {
  check_type(var.dtype(), var.name());
  if (find(var.ref())) return;
  control_dependencies none(nullptr);
  const Variable shadow = create_slot(var, var.initialized_value(), name_);
  add_to_collection(GraphKeys::MOVING_AVERAGE_VARIABLES, var);
  averages_.push_back({var.ref(), shadow, false});
}

void ExponentialMovingAverage::add(const Output& tensor) {
  check_type(tensor.dtype(), tensor.name());
  if (find(tensor)) return;
  control_dependencies none(nullptr);
  const std::string type = tensor.op().type();
  const bool colocate = type == "Variable" || type == "VariableV2" || type == "VarHandleOp";
  averages_.push_back({tensor, create_zeros_slot(tensor, name_, colocate), zero_debias_});
}

Operation ExponentialMovingAverage::apply(const std::optional<std::vector<Variable>>& var_list) {
  return apply_to_each(TensorList(var_list ? *var_list : trainable_variables()));
}

Operation ExponentialMovingAverage::apply(const std::vector<Output>& tensors) {
  return apply_to_each(TensorList(tensors));
}

Operation ExponentialMovingAverage::apply_to_each(const TensorList& variables_and_tensors) {
  std::vector<Output> keys;
  for (const TensorLike& item : variables_and_tensors) {
    if (const auto* state = std::get_if<std::shared_ptr<client::VariableState>>(&item.value())) {
      const Variable var(*state);
      add(var);
      keys.push_back(var.ref());
    } else {
      keys.push_back(client::convert(item, DType::kInvalid, ""));
      add(keys.back());
    }
  }
  return update(variables_and_tensors, keys);
}

Operation ExponentialMovingAverage::update(const std::vector<TensorLike>& values, const std::vector<Output>& keys) {
  name_scope scope(name_);
  TensorLike decay = client::convert(decay_, DType::kInvalid, "decay");
  if (!num_updates_.is_none()) {
    const Output updates = cast(num_updates_, DType::kFloat32, {.name = "num_updates"});
    const Output above = 1.0 + updates;
    const Output below = 10.0 + updates;
    decay = client::apply_op("Minimum", "", {decay, above / below});
  }
  std::vector<GraphElement> updates;
  for (size_t i = 0; i < values.size(); ++i) {
    const Average& average = *find(keys[i]);
    updates.push_back(assign_average(average.shadow, values[i], decay, average.zero_debias, "").op);
  }
  return group(updates, {.name = scope.name()});
}

std::optional<Variable> ExponentialMovingAverage::average(const Variable& var) const { return average(var.ref()); }

std::optional<Variable> ExponentialMovingAverage::average(const Output& tensor) const {
  const Average* found = find(tensor);
  if (!found) return std::nullopt;
  return found->shadow;
}

std::string ExponentialMovingAverage::average_name(const Output& tensor) const {
  if (const Average* found = find(tensor)) return found->shadow.op().name();
  return get_default_graph().unique_name(tensor.op().name() + "/" + name_, false);
}

std::map<std::string, Variable> ExponentialMovingAverage::variables_to_restore(
    const std::optional<std::vector<Variable>>& moving_avg_variables) const {
  std::vector<Variable> averaged;
  if (moving_avg_variables) {
    averaged = *moving_avg_variables;
  } else {
    averaged = trainable_variables();
    const std::vector<Variable> more = moving_average_variables();
    averaged.insert(averaged.end(), more.begin(), more.end());
  }
  std::map<std::string, Variable> names;
  std::set<std::string> taken;
  for (const Variable& v : averaged) {
    names.insert_or_assign(average_name(v), v);
    taken.insert(v.name());
  }
  for (const Variable& v : global_variables()) {
    if (taken.count(v.name()) == 0) names.emplace(v.op().name(), v);
  }
  return names;
}

}  // namespace reflow::train
