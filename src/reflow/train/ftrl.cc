#include "reflow/client/errors.h"
#include "reflow/client/scopes.h"
#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

#include <fmt/format.h>

namespace reflow::train {

FtrlOptimizer::FtrlOptimizer(Hyperparameter learning_rate, const FtrlOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      l1_(options.l1_regularization_strength),
      l2_(options.l2_regularization_strength),
      l2_shrinkage_(options.l2_shrinkage_regularization_strength),
      learning_rate_power_(options.learning_rate_power),
      options_(options) {
  const auto check = [](const char* name, double value, bool right, const char* rule) {
    if (!right) throw ValueError(fmt::format("{} {:f} needs to be {} or zero", name, value, rule));
  };
  const auto& o = options_;
  check("initial_accumulator_value", o.initial_accumulator_value, o.initial_accumulator_value >= 0, "positive");
  check("learning_rate_power", o.learning_rate_power, o.learning_rate_power <= 0, "negative");
  check("l1_regularization_strength", o.l1_regularization_strength, o.l1_regularization_strength >= 0, "positive");
  check("l2_regularization_strength", o.l2_regularization_strength, o.l2_regularization_strength >= 0, "positive");
  check("l2_shrinkage_regularization_strength", o.l2_shrinkage_regularization_strength,
        o.l2_shrinkage_regularization_strength >= 0, "positive");
}

void FtrlOptimizer::_create_slots(const std::vector<Variable>& var_list) {
  const std::string& accum_name = options_.accum_name.empty() ? name() : options_.accum_name;
  const std::string& linear_name = options_.linear_name.empty() ? name() : options_.linear_name;
  for (const Variable& v : var_list) {
    colocate_with colocation(v.op());
    const Output initial =
        constant(options_.initial_accumulator_value, {.dtype = base_type(v.dtype()), .shape = v.shape()});
    _get_or_make_slot(v, initial, "accum", accum_name);
    _zeros_slot(v, "linear", linear_name);
  }
}

void FtrlOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  l1_.convert("l1_regularization_strength");
  l2_.convert("l2_regularization_strength");
  l2_shrinkage_.convert("l2_shrinkage_regularization_strength");
  learning_rate_power_.convert("learning_rate_power");
}

TrainingOpOptimizer::Update FtrlOptimizer::_update_of(const Variable& var, DType type) {
  const bool shrinks = options_.l2_shrinkage_regularization_strength > 0.0;
  Update update;
  update.op = shrinks ? "FtrlV2" : "Ftrl";
  update.slots = {slot(var, "accum"), slot(var, "linear")};
  for (const HyperTensor* h : {&learning_rate_, &l1_, &l2_}) update.after.push_back(cast_to(h->tensor, type));
  if (shrinks) update.after.push_back(cast_to(l2_shrinkage_.tensor, type));
  update.after.push_back(cast_to(learning_rate_power_.tensor, type));
  return update;
}

}  // namespace reflow::train
