#pragma once

// Convolutions backwards, and depthwise ones as the ops are. Strides are one for each dimension, sizes are shapes.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/conv_ops.h"
#include "reflow/client/convolution.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

// The gradients of conv2d to its filter and to its input.
Output conv2d_backprop_filter(const TensorLike& input, const TensorLike& filter_sizes, const TensorLike& out_backprop,
                              const std::vector<int64_t>& strides, const std::string& padding,
                              const Conv2dOptions& options = {});
Output conv2d_backprop_input(const TensorLike& input_sizes, const TensorLike& filter, const TensorLike& out_backprop,
                             const std::vector<int64_t>& strides, const std::string& padding,
                             const Conv2dOptions& options = {});
Output conv3d_backprop_filter_v2(const TensorLike& input, const TensorLike& filter_sizes,
                                 const TensorLike& out_backprop, const std::vector<int64_t>& strides,
                                 const std::string& padding, const Conv3dOptions& options = {});
inline Output conv3d_backprop_filter(const TensorLike& input, const TensorLike& filter_sizes,
                                     const TensorLike& out_backprop, const std::vector<int64_t>& strides,
                                     const std::string& padding, const Conv3dOptions& options = {}) {
  return conv3d_backprop_filter_v2(input, filter_sizes, out_backprop, strides, padding, options);
}

// depthwise_conv2d without dilation by blocks, and its gradients.
Output depthwise_conv2d_native(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
                               const std::string& padding, const Conv2dOptions& options = {});
Output depthwise_conv2d_native_backprop_input(const TensorLike& input_sizes, const TensorLike& filter,
                                              const TensorLike& out_backprop, const std::vector<int64_t>& strides,
                                              const std::string& padding, const Conv2dOptions& options = {});
Output depthwise_conv2d_native_backprop_filter(const TensorLike& input, const TensorLike& filter_sizes,
                                               const TensorLike& out_backprop, const std::vector<int64_t>& strides,
                                               const std::string& padding, const Conv2dOptions& options = {});
inline Output depthwise_conv2d_backprop_input(const TensorLike& input_sizes, const TensorLike& filter,
                                              const TensorLike& out_backprop, const std::vector<int64_t>& strides,
                                              const std::string& padding, const Conv2dOptions& options = {}) {
  return depthwise_conv2d_native_backprop_input(input_sizes, filter, out_backprop, strides, padding, options);
}
inline Output depthwise_conv2d_backprop_filter(const TensorLike& input, const TensorLike& filter_sizes,
                                               const TensorLike& out_backprop, const std::vector<int64_t>& strides,
                                               const std::string& padding, const Conv2dOptions& options = {}) {
  return depthwise_conv2d_native_backprop_filter(input, filter_sizes, out_backprop, strides, padding, options);
}

// conv1d_transpose, conv2d_transpose or conv3d_transpose, in as many dimensions as output_shape has.
// ValueError: "output_shape must be of length 3, 4 or 5 but was 2.".
Output conv_transpose(const TensorLike& input, const TensorLike& filters, const TensorLike& output_shape,
                      const std::vector<int64_t>& strides, const ConvTransposeOptions& options = {});

// The gradient of atrous_conv2d to its input; filters are [height, width, outputs, channels].
// ValueError: shapes that don't fit, "rate 0 cannot be less than one".
Output atrous_conv2d_transpose(const TensorLike& value, const TensorLike& filters, const TensorLike& output_shape,
                               int64_t rate, const std::string& padding, const NameOptions& options = {});

}  // namespace reflow::nn
