#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {

MomentumOptimizer::MomentumOptimizer(Hyperparameter learning_rate, Hyperparameter momentum,
                                     const MomentumOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      momentum_(std::move(momentum)),
      use_nesterov_(options.use_nesterov) {}

void MomentumOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  for (const Variable& v : var_list) _zeros_slot(v, "momentum", name());
}

void MomentumOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  momentum_.convert("momentum");
}

TrainingOpOptimizer::Update MomentumOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = "Momentum";
  update.slots = {slot(var, "momentum")};
  update.before = {cast_to(learning_rate_.tensor, type)};
  update.after = {cast_to(momentum_.tensor, type)};
  update.attrs = {{"use_nesterov", use_nesterov_}};
  return update;
}

}  // namespace reflow::train
