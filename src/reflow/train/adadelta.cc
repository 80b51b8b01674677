#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {

AdadeltaOptimizer::AdadeltaOptimizer(Hyperparameter learning_rate, const AdadeltaOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      rho_(options.rho),
      epsilon_(options.epsilon) {}

void AdadeltaOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  for (const Variable& v : var_list) {
    _zeros_slot(v, "accum", name());
    _zeros_slot(v, "accum_update", name());
  }
}

void AdadeltaOptimizer::_prepare() {
  learning_rate_.convert("lr");
  rho_.convert("rho");
  epsilon_.convert("epsilon");
}

TrainingOpOptimizer::Update AdadeltaOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = "Adadelta";
  update.slots = {slot(var, "accum"), slot(var, "accum_update")};
  for (const HyperTensor* h : {&learning_rate_, &rho_, &epsilon_}) update.before.push_back(cast_to(h->tensor, type));
  return update;
}

}  // namespace reflow::train
