#pragma once

// Layers of pictures and vectors: tf.layers.

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "reflow/client/initializers.h"
#include "reflow/client/tensor_like.h"
#include "reflow/layers/layer.h"

namespace reflow::layers {

using Activation = std::function<Output(const Output&)>;

// activation(inputs * kernel + bias), along the last dimension of matrices.
struct DenseOptions {
  Activation activation;
  bool use_bias = true;
  Initializer kernel_initializer;
  Initializer bias_initializer = zeros_initializer();
  Regularizer kernel_regularizer, bias_regularizer;
  LayerOptions layer;
};
class Dense : public Layer {
 public:
  explicit Dense(int64_t units, const DenseOptions& options = {});
  // ValueError: "The last dimension of the inputs to `Dense` should be defined. Found `None`.", or not a matrix.
  Output operator()(const Output& inputs);

 private:
  void build(const Shape& input_shape) override;
  int64_t units_;
  DenseOptions options_;
  Variable kernel_, bias_;
};
Output dense(const Output& inputs, int64_t units, const DenseOptions& options = {});

// The convolution of [batch, height, width, channels].
struct Conv2DOptions {
  std::array<int64_t, 2> strides = {1, 1};
  std::string padding = "valid";  // or "same"
  Activation activation;
  bool use_bias = true;
  Initializer kernel_initializer;
  Initializer bias_initializer = zeros_initializer();
  Regularizer kernel_regularizer, bias_regularizer;
  LayerOptions layer;
};
class Conv2D : public Layer {
 public:
  Conv2D(int64_t filters, std::array<int64_t, 2> kernel_size, const Conv2DOptions& options = {});
  // ValueError: "The channel dimension of the inputs should be defined. Found `None`.", or not of rank 4.
  Output operator()(const Output& inputs);

 private:
  void build(const Shape& input_shape) override;
  int64_t filters_;
  std::array<int64_t, 2> kernel_size_;
  Conv2DOptions options_;
  Variable kernel_, bias_;
};
Output conv2d(const Output& inputs, int64_t filters, std::array<int64_t, 2> kernel_size,
              const Conv2DOptions& options = {});

struct PoolingOptions {
  std::string padding = "valid";
  std::string name;
};
Output max_pooling2d(const Output& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides,
                     const PoolingOptions& options = {});
Output average_pooling2d(const Output& inputs, std::array<int64_t, 2> pool_size, std::array<int64_t, 2> strides,
                         const PoolingOptions& options = {});

// All dimensions but the batch as one.
Output flatten(const Output& inputs, const LayerOptions& options = {});

struct DropoutLayerOptions {
  double rate = 0.5;
  std::optional<int64_t> seed;
  bool training = false;  // false: the inputs as they are
  std::string name;
};
Output dropout(const Output& inputs, const DropoutLayerOptions& options = {});

}  // namespace reflow::layers
