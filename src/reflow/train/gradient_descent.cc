#include "reflow/client/operators.h"
#include "reflow/train/optimizers.h"
#include "reflow/train/update_ops.h"

namespace reflow::train {

GradientDescentOptimizer::GradientDescentOptimizer(Hyperparameter learning_rate, const GradientDescentOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name), learning_rate_(std::move(learning_rate)) {}

void GradientDescentOptimizer::_prepare() { learning_rate_.convert("learning_rate"); }

TrainingOpOptimizer::Update GradientDescentOptimizer::_update_of(const Variable&, DType type) {
  return {.op = "GradientDescent", .slots = {}, .before = {cast_to(learning_rate_.tensor, type)}, .after = {}, .attrs = {}};
}

Operation GradientDescentOptimizer::_apply_sparse_duplicate_indices(const IndexedSlices& grad, const Variable& var) {
  const Output delta = grad.values * cast_to(learning_rate_.tensor, var.dtype());
  return Operation(client::make_op("ScatterSub", "", {var.ref(), grad.indices, delta}, {{"use_locking", use_locking()}}));
}

Operation GradientDescentOptimizer::_resource_apply_sparse_duplicate_indices(const Output& grad, const Variable& var,
                                                                             const Output& indices) {
  const Output delta = -grad * learning_rate_.value();
  return Operation(client::make_op("ResourceScatterAdd", "", {var.handle(), indices, delta}));
}

ProximalGradientDescentOptimizer::ProximalGradientDescentOptimizer(Hyperparameter learning_rate,
                                                                   const ProximalGradientDescentOptions& options)
    : TrainingOpOptimizer(options.use_locking, options.name),
      learning_rate_(std::move(learning_rate)),
      l1_(options.l1_regularization_strength),
      l2_(options.l2_regularization_strength) {}

void ProximalGradientDescentOptimizer::_prepare() {
  learning_rate_.convert("learning_rate");
  l1_.convert("l1_regularization_strength");
  l2_.convert("l2_regularization_strength");
}

TrainingOpOptimizer::Update ProximalGradientDescentOptimizer::_update_of(const Variable&, DType type) {
  Update update;
  update.op = "ProximalGradientDescent";
  for (const HyperTensor* h : {&learning_rate_, &l1_, &l2_}) update.before.push_back(cast_to(h->tensor, type));
  return update;
}

}  // namespace reflow::train
