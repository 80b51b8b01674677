#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/initializers.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {
namespace {

void check_positive(const char* name, double value) {
  if (value > 0.0) return;
  throw ValueError(std::string(name) + " must be positive: " + client::python_repr(value));
}

// A constant of the variable's shape and type, placed with it.
Output constant_like(const Variable& v, double value) {
  colocate_with colocation(v.op());
  return constant(value, {.dtype = base_type(v.dtype()), .shape = v.shape()});
}

}  // namespace

AdagradOptimizer::AdagradOptimizer(Hyperparameter learning_rate, const AdagradOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      initial_accumulator_value_(options.initial_accumulator_value) {
  check_positive("initial_accumulator_value", initial_accumulator_value_);
}

void AdagradOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  for (const Variable& v : var_list) {
    const DType dtype = base_type(v.dtype());
    if (v.shape().fully_defined()) {
      const Initializer init = constant_initializer(initial_accumulator_value_, {.dtype = dtype});
      _get_or_make_slot_with_initializer(v, init, v.shape(), dtype, "accumulator", name());
    } else {
      const Output filled = fill(shape(v.initialized_value()), initial_accumulator_value_);
      _get_or_make_slot(v, client::convert(cast_to(filled, dtype), dtype, ""), "accumulator", name());
    }
  }
}

void AdagradOptimizer::_prepare() { learning_rate_.convert("learning_rate"); }

TrainingOpOptimizer::Update AdagradOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = "Adagrad";
  update.slots = {slot(var, "accumulator")};
  update.before = {cast_to(learning_rate_.tensor, type)};
  return update;
}

AdagradDAOptimizer::AdagradDAOptimizer(Hyperparameter learning_rate, const Variable& global_step,
                                       const AdagradDAOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      global_step_(global_step),
      initial_value_(options.initial_gradient_squared_accumulator_value),
      l1_(options.l1_regularization_strength),
      l2_(options.l2_regularization_strength) {
  check_positive("initial_gradient_squared_accumulator_value", initial_value_);
}

void AdagradDAOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  for (const Variable& v : var_list) {
    const Output zero = constant_like(v, 0.0), initial = constant_like(v, initial_value_);
    _get_or_make_slot(v, zero, "gradient_accumulator", name());
    _get_or_make_slot(v, initial, "gradient_squared_accumulator", name());
  }
}

void AdagradDAOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  colocate_with colocation(learning_rate_.tensor);
  global_step_on_worker_ = identity(global_step_) + 1;
}

TrainingOpOptimizer::Update AdagradDAOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = "AdagradDA";
  update.slots = {slot(var, "gradient_accumulator"), slot(var, "gradient_squared_accumulator")};
  Output step;
  {
    device placement(var.device());
    step = identity(global_step_on_worker_);
  }
  update.after = {cast_to(learning_rate_.tensor, type)};
  update.after.push_back(cast_to(l1_, type));
  update.after.push_back(cast_to(l2_, type));
  update.after.push_back(step);
  return update;
}

ProximalAdagradOptimizer::ProximalAdagradOptimizer(Hyperparameter learning_rate, const ProximalAdagradOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      l1_(options.l1_regularization_strength),
      l2_(options.l2_regularization_strength),
      initial_accumulator_value_(options.initial_accumulator_value) {
  check_positive("initial_accumulator_value", initial_accumulator_value_);
}

void ProximalAdagradOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  for (const Variable& v : var_list) {
    _get_or_make_slot(v, constant_like(v, initial_accumulator_value_), "accumulator", name());
  }
}

void ProximalAdagradOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  l1_.convert("l1_regularization_strength");
  l2_.convert("l2_regularization_strength");
}

TrainingOpOptimizer::Update ProximalAdagradOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = "ProximalAdagrad";
  update.slots = {slot(var, "accumulator")};
  for (const HyperTensor* h : {&learning_rate_, &l1_, &l2_}) update.before.push_back(cast_to(h->tensor, type));
  return update;
}

}  // namespace reflow::train
