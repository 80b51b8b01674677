#pragma once

// Convolutions as layers: tf.layers. Kernel sizes, strides and dilation rates are one number for all spatial dimensions
// or a list of one for each.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/convolution.h"
#include "reflow/client/initializers.h"
#include "reflow/layers/layer.h"
#include "reflow/layers/spatial_sizes.h"

namespace reflow::layers {

struct ConvOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";             // or "same"
  std::string data_format = "channels_last";  // or "channels_first"
  SpatialSizes dilation_rate = 1;
  Activation activation;
  bool use_bias = true;
  Initializer kernel_initializer;
  Initializer bias_initializer = zeros_initializer();
  Regularizer kernel_regularizer, bias_regularizer, activity_regularizer;
  Constraint kernel_constraint, bias_constraint;
  LayerOptions layer;
};
using Conv1DOptions = ConvOptions;
using Conv2DOptions = ConvOptions;
using Conv3DOptions = ConvOptions;

// What convolution layers share: activation(convolution of the inputs + bias).
class Conv : public Layer {
 public:
  // ValueError: "The channel dimension of the inputs should be defined. Found `None`.", or a wrong rank.
  Output operator()(const Output& inputs);

 protected:
  Conv(int rank, std::string base_name, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options);
  void build(const Shape& input_shape) override;
  virtual Output convolved(const Output& inputs);
  virtual Output with_bias(const Output& outputs);
  int64_t channels_of(const Shape& input_shape) const;
  // `sizes` and two numbers behind them: the shape of a kernel.
  Shape kernel_shape(std::vector<int64_t> sizes, int64_t next_to_last, int64_t last) const;
  void add_bias();
  std::string data_format(int ndim) const { return op_data_format(channels_first_, ndim); }

  int rank_;
  int64_t filters_;
  ConvOptions options_;
  std::vector<int64_t> kernel_size_, strides_, dilation_rate_;
  std::string padding_;
  bool channels_first_;
  Variable kernel_, bias_;

 private:
  std::optional<nn::Convolution> convolution_;
};

// The convolution of [batch, width, channels].
class Conv1D : public Conv {
 public:
  Conv1D(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};
// The convolution of [batch, height, width, channels].
class Conv2D : public Conv {
 public:
  Conv2D(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};
// The convolution of [batch, depth, height, width, channels].
class Conv3D : public Conv {
 public:
  Conv3D(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};
Output conv1d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
Output conv2d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
Output conv3d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});

// The transposes of Conv2D and Conv3D, without dilation: outputs are larger than inputs.
class ConvTranspose : public Conv {
 protected:
  ConvTranspose(int rank, std::string base_name, int64_t filters, const SpatialSizes& kernel_size,
                const ConvOptions& options);

 private:
  void build(const Shape& input_shape) override;
  Output convolved(const Output& inputs) override;
  Output with_bias(const Output& outputs) override;
  int64_t output_length(int64_t length, size_t dim) const;
};
class Conv2DTranspose : public ConvTranspose {
 public:
  Conv2DTranspose(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};
class Conv3DTranspose : public ConvTranspose {
 public:
  Conv3DTranspose(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options = {});
};
Output conv2d_transpose(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const ConvOptions& options = {});
Output conv3d_transpose(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const ConvOptions& options = {});

struct SeparableConvOptions {
  SpatialSizes strides = 1;
  std::string padding = "valid";
  std::string data_format = "channels_last";
  SpatialSizes dilation_rate = 1;
  int64_t depth_multiplier = 1;
  Activation activation;
  bool use_bias = true;
  Initializer depthwise_initializer, pointwise_initializer;
  Initializer bias_initializer = zeros_initializer();
  Regularizer depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer;
  Constraint depthwise_constraint, pointwise_constraint, bias_constraint;
  LayerOptions layer;
};
// The convolution of each channel with filters of its own, and one of all channels at each point after it.
class SeparableConv : public Conv {
 protected:
  SeparableConv(int rank, std::string base_name, int64_t filters, const SpatialSizes& kernel_size,
                const SeparableConvOptions& options);

 private:
  void build(const Shape& input_shape) override;
  Output convolved(const Output& inputs) override;
  Output with_bias(const Output& outputs) override;
  SeparableConvOptions separable_;
  Variable depthwise_kernel_, pointwise_kernel_;
};
class SeparableConv1D : public SeparableConv {
 public:
  SeparableConv1D(int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options = {});
};
class SeparableConv2D : public SeparableConv {
 public:
  SeparableConv2D(int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options = {});
};
Output separable_conv1d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const SeparableConvOptions& options = {});
Output separable_conv2d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const SeparableConvOptions& options = {});

}  // namespace reflow::layers
