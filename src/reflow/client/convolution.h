#pragma once

// Convolutions in one to three dimensions: dilated, transposed, depthwise and separable ones. conv2d is in conv_ops.h.
// Strides and dilations are one number for all spatial dimensions, one for each of these, or one for each dimension.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/space_to_batch.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct ConvolutionOptions {
  std::vector<int64_t> strides, dilation_rate;  // default: 1
  std::string name, data_format;                // default: channels last
};
// The convolution of `input`, [batch, ..., channels], in as many dimensions as it has; dilated ones are made of others.
// ValueError: "rank of input or filter must be known", "strides > 1 not supported in conjunction with dilation_rate > 1".
Output convolution(const TensorLike& input, const TensorLike& filter, const std::string& padding,
                   const ConvolutionOptions& options = {});

// A convolution of tensors whose static shapes are known, as layers call it. Its constants are made with it.
class Convolution {
 public:
  // ValueError: "number of input channels does not match corresponding dimension of filter, 3 != 4" and the above.
  Convolution(const Shape& input_shape, const Shape& filter_shape, const std::string& padding,
              const ConvolutionOptions& options = {});
  Output operator()(const Output& input, const TensorLike& filter) const { return (*call_)(input, filter); }

 private:
  std::optional<WithSpaceToBatch> call_;
};

struct Conv1dOptions {
  std::string data_format = "NWC";  // or "NCW"
  std::string name;
  std::vector<int64_t> dilations = {1};
};
// [batch, width, channels] with [width, channels, outputs].
Output conv1d(const TensorLike& value, const TensorLike& filters, const std::vector<int64_t>& stride,
              const std::string& padding, const Conv1dOptions& options = {});

struct Conv3dOptions {
  std::string data_format = "NDHWC";  // or "NCDHW"
  std::vector<int64_t> dilations = {1, 1, 1, 1, 1};
  std::string name;
};
// [batch, depth, height, width, channels] with [depth, height, width, channels, outputs].
Output conv3d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
              const std::string& padding, const Conv3dOptions& options = {});

struct AtrousConvOptions {
  std::string name;
};
// The convolution with filters that have holes of rate - 1 pixels.
Output atrous_conv2d(const TensorLike& value, const TensorLike& filters, int64_t rate, const std::string& padding,
                     const AtrousConvOptions& options = {});

struct ConvTransposeOptions {
  std::string padding = "SAME";
  std::string data_format;  // default: channels last
  std::string name;
  std::vector<int64_t> dilations;
};
// The gradients of convolutions to their inputs; filters are [..., outputs, channels].
Output conv1d_transpose(const TensorLike& input, const TensorLike& filters, const TensorLike& output_shape,
                        const std::vector<int64_t>& strides, const ConvTransposeOptions& options = {});
Output conv2d_transpose(const TensorLike& value, const TensorLike& filter, const TensorLike& output_shape,
                        const std::vector<int64_t>& strides, const ConvTransposeOptions& options = {});
Output conv3d_transpose(const TensorLike& value, const TensorLike& filter, const TensorLike& output_shape,
                        const std::vector<int64_t>& strides, const ConvTransposeOptions& options = {});

struct DepthwiseConvOptions {
  std::vector<int64_t> rate = {1, 1};
  std::string name, data_format = "NHWC";
};
// The convolution of each channel with filters of its own, [height, width, channels, multiplier].
Output depthwise_conv2d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
                        const std::string& padding, const DepthwiseConvOptions& options = {});
// That, and at each point a convolution of all channels, [1, 1, channels * multiplier, outputs].
Output separable_conv2d(const TensorLike& input, const TensorLike& depthwise_filter, const TensorLike& pointwise_filter,
                        const std::vector<int64_t>& strides, const std::string& padding,
                        const DepthwiseConvOptions& options = {});

}  // namespace reflow::nn

namespace reflow::client {

// One number for each of all n + 2 dimensions. ValueError: "strides should be of length 1, 2 or 4 but was 3".
std::vector<int64_t> all_sizes(const std::vector<int64_t>& value, int n, bool channels_first, const std::string& name);

}  // namespace reflow::client
