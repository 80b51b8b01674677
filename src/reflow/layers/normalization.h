#pragma once

// Batch normalisation as a layer: tf.layers. Ioffe and Szegedy, arXiv 1502.03167.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/initializers.h"
#include "reflow/layers/layer.h"

namespace reflow::layers {

struct BatchNormalizationOptions {
  std::vector<int> axis = {-1};  // the dimensions with parameters of their own, mostly the channels
  double momentum = 0.99, epsilon = 1e-3;
  bool center = true, scale = true;
  Initializer beta_initializer = zeros_initializer(), gamma_initializer = ones_initializer();
  Initializer moving_mean_initializer = zeros_initializer(), moving_variance_initializer = ones_initializer();
  Regularizer beta_regularizer, gamma_regularizer;
  Constraint beta_constraint, gamma_constraint;
  std::optional<bool> fused;  // default: pictures are normalised by one op where that can be done
  LayerOptions layer;
};

// Normalises with the statistics of the batch or, not training, with their moving averages. What brings these up to date
// is in updates() and the collection UPDATE_OPS: it has to be run beside training steps.
class BatchNormalization : public Layer {
 public:
  explicit BatchNormalization(const BatchNormalizationOptions& options = {});
  // `training` is a bool or a bool tensor.
  // ValueError: "Invalid axis: 4", "Duplicate axis: [3, 3]", an unknown rank, or an unknown size along the axis.
  Output operator()(const Output& inputs, const TensorLike& training = false);

  const Variable& gamma() const { return gamma_; }
  const Variable& beta() const { return beta_; }
  const Variable& moving_mean() const { return moving_mean_; }
  const Variable& moving_variance() const { return moving_variance_; }

 private:
  void build(const Shape& input_shape) override;
  Output fused_batch_norm(const Output& inputs, const TensorLike& training);
  Output normalized(const Output& inputs, const TensorLike& training);
  Output assign_moving_average(const Variable& variable, const Output& value, const TensorLike& momentum);

  BatchNormalizationOptions options_;
  std::vector<int> axes_;
  bool fused_ = false;
  std::string data_format_;
  Variable gamma_, beta_, moving_mean_, moving_variance_;
  Output constant_gamma_, constant_beta_;  // for the fused op, where there is no variable
};

Output batch_normalization(const Output& inputs, const TensorLike& training = false,
                           const BatchNormalizationOptions& options = {});

}  // namespace reflow::layers
