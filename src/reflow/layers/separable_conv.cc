#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/layers/convolutional.h"

namespace reflow::layers {
namespace {

ConvOptions conv_options(const SeparableConvOptions& options) {
  return {.strides = options.strides,
          .padding = options.padding,
          .data_format = options.data_format,
          .dilation_rate = options.dilation_rate,
          .activation = options.activation,
          .use_bias = options.use_bias,
          .bias_initializer = options.bias_initializer,
          .bias_regularizer = options.bias_regularizer,
          .activity_regularizer = options.activity_regularizer,
          .bias_constraint = options.bias_constraint,
          .layer = options.layer};
}

}  // namespace

SeparableConv::SeparableConv(int rank, std::string base_name, int64_t filters, const SpatialSizes& kernel_size,
                             const SeparableConvOptions& options)
    : Conv(rank, std::move(base_name), filters, kernel_size, conv_options(options)), separable_(options) {}

void SeparableConv::build(const Shape& input_shape) {
  const int64_t channels = channels_of(input_shape);
  depthwise_kernel_ = add_weight("depthwise_kernel", kernel_shape(kernel_size_, channels, separable_.depth_multiplier),
                                 {.initializer = separable_.depthwise_initializer,
                                  .regularizer = separable_.depthwise_regularizer,
                                  .constraint = separable_.depthwise_constraint});
  const std::vector<int64_t> ones(static_cast<size_t>(rank_), 1);
  pointwise_kernel_ = add_weight("pointwise_kernel",
                                 kernel_shape(ones, separable_.depth_multiplier * channels, filters_),
                                 {.initializer = separable_.pointwise_initializer,
                                  .regularizer = separable_.pointwise_regularizer,
                                  .constraint = separable_.pointwise_constraint});
  add_bias();
}

Output SeparableConv::with_bias(const Output& outputs) {
  return options_.use_bias ? nn::bias_add(outputs, bias_, {.data_format = data_format(4)}) : outputs;
}

Output SeparableConv::convolved(const Output& inputs) {
  if (rank_ == 2) {
    return with_bias(nn::separable_conv2d(inputs, depthwise_kernel_, pointwise_kernel_,
                                          for_all_dims(strides_, channels_first_), padding_,
                                          {.rate = dilation_rate_, .data_format = data_format(4)}));
  }
  const int height = channels_first_ ? 2 : 1;  // sequences are pictures of one row
  const Output tall = expand_dims(inputs, height);
  const Output depthwise = expand_dims(depthwise_kernel_, 0);
  const Output pointwise = expand_dims(pointwise_kernel_, 0);
  const std::vector<int64_t> strides = for_all_dims({strides_[0], strides_[0]}, channels_first_);
  const Output outputs = nn::separable_conv2d(tall, depthwise, pointwise, strides, padding_,
                                              {.rate = {1, dilation_rate_[0]}, .data_format = data_format(4)});
  return squeeze(with_bias(outputs), std::vector<int>{height});
}

SeparableConv1D::SeparableConv1D(int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options)
    : SeparableConv(1, "separable_conv1d", filters, kernel_size, options) {}
SeparableConv2D::SeparableConv2D(int64_t filters, const SpatialSizes& kernel_size, const SeparableConvOptions& options)
    : SeparableConv(2, "separable_conv2d", filters, kernel_size, options) {}

Output separable_conv1d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const SeparableConvOptions& options) {
  return SeparableConv1D(filters, kernel_size, options)(inputs);
}
Output separable_conv2d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const SeparableConvOptions& options) {
  return SeparableConv2D(filters, kernel_size, options)(inputs);
}

}  // namespace reflow::layers
