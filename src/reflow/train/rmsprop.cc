#include "reflow/client/array_ops.h"
#include "reflow/client/initializers.h"
#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {

RMSPropOptimizer::RMSPropOptimizer(Hyperparameter learning_rate, const RMSPropOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      decay_(options.decay),
      momentum_(options.momentum),
      epsilon_(options.epsilon),
      centered_(options.centered) {}

void RMSPropOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  for (const Variable& v : var_list) {
    const DType dtype = base_type(v.dtype());
    if (v.shape().fully_defined()) {
      _get_or_make_slot_with_initializer(v, ones_initializer(dtype), v.shape(), dtype, "rms", name());
    } else {
      _get_or_make_slot(v, ones_like(v.initialized_value()), "rms", name());
    }
    if (centered_) _zeros_slot(v, "mg", name());
    _zeros_slot(v, "momentum", name());
  }
}

void RMSPropOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  decay_.convert("decay");
  momentum_.convert("momentum");
  epsilon_.convert("epsilon");
}

TrainingOpOptimizer::Update RMSPropOptimizer::_update_of(const Variable& var, DType type) {
  Update update;
  update.op = centered_ ? "CenteredRMSProp" : "RMSProp";
  if (centered_) update.slots.push_back(slot(var, "mg"));
  update.slots.push_back(slot(var, "rms"));
  update.slots.push_back(slot(var, "momentum"));
  for (const HyperTensor* h : {&learning_rate_, &decay_, &momentum_, &epsilon_}) {
    update.before.push_back(cast_to(h->tensor, type));
  }
  return update;
}

}  // namespace reflow::train
