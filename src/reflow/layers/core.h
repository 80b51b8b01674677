#pragma once

// Layers of units that are all connected, dropout, flattening: tf.layers.

#include <cstdint>
#include <optional>
#include <string>

#include "reflow/client/initializers.h"
#include "reflow/client/tensor_like.h"
#include "reflow/layers/layer.h"

namespace reflow::layers {

// activation(inputs * kernel + bias), along the last dimension.
struct DenseOptions {
  Activation activation;
  bool use_bias = true;
  Initializer kernel_initializer;
  Initializer bias_initializer = zeros_initializer();
  Regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
  Constraint kernel_constraint, bias_constraint;
  LayerOptions layer;
};
class Dense : public Layer {
 public:
  explicit Dense(int64_t units, const DenseOptions& options = {});
  // ValueError: "The last dimension of the inputs to `Dense` should be defined. Found `None`.", or a vector.
  // TypeError: "Unable to build `Dense` layer with non-floating point dtype <dtype: 'int32'>".
  Output operator()(const Output& inputs);

 private:
  void build(const Shape& input_shape) override;
  int64_t units_;
  DenseOptions options_;
  Variable kernel_, bias_;
};
Output dense(const Output& inputs, int64_t units, const DenseOptions& options = {});

// All dimensions but the batch as one.
struct FlattenOptions {
  std::string data_format = "channels_last";
  std::string name;
};
Output flatten(const Output& inputs, const FlattenOptions& options = {});

struct DropoutLayerOptions {
  TensorLike rate = 0.5;
  TensorLike noise_shape;  // elements along a dimension of size 1 are kept or dropped together
  std::optional<int64_t> seed;
  TensorLike training = false;  // or a bool tensor; false: the inputs as they are
  std::string name;
  std::optional<VariableScope> scope;  // in place of one of the name
};
Output dropout(const Output& inputs, const DropoutLayerOptions& options = {});

}  // namespace reflow::layers
