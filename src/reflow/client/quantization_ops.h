#pragma once

// Numbers of few bits that stand for floats between two bounds.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

struct QuantizeOptions {
  std::string mode = "MIN_COMBINED";               // or "MIN_FIRST", "SCALED"
  std::string round_mode = "HALF_AWAY_FROM_ZERO";  // or "HALF_TO_EVEN", for "SCALED" only
  std::string name;
};
struct Quantized {
  Output output, output_min, output_max;
};
// Floats as numbers of the quantized type `T`, and the bounds that these stand for.
Quantized quantize(const TensorLike& input, const TensorLike& min_range, const TensorLike& max_range, DType T,
                   const QuantizeOptions& options = {});
Quantized quantize_v2(const TensorLike& input, const TensorLike& min_range, const TensorLike& max_range, DType T,
                      const QuantizeOptions& options = {});
struct DequantizeOptions {
  std::string mode = "MIN_COMBINED";
  std::string name;
};
// Quantized numbers as floats.
Output dequantize(const TensorLike& input, const TensorLike& min_range, const TensorLike& max_range,
                  const DequantizeOptions& options = {});
struct FakeQuantArgsOptions {
  double min = -6.0;
  double max = 6.0;
  int64_t num_bits = 8;
  bool narrow_range = false;
  std::string name;
};
// The values after quantization to num_bits and back, and the gradient of that.
Output fake_quant_with_min_max_args(const TensorLike& inputs, const FakeQuantArgsOptions& options = {});
Output fake_quant_with_min_max_args_gradient(const TensorLike& gradients, const TensorLike& inputs,
                                             const FakeQuantArgsOptions& options = {});
struct FakeQuantOptions {
  int64_t num_bits = 8;
  bool narrow_range = false;
  std::string name;
};
// The same with bounds that are tensors: scalars, or one for each channel.
Output fake_quant_with_min_max_vars(const TensorLike& inputs, const TensorLike& min, const TensorLike& max,
                                    const FakeQuantOptions& options = {});
struct FakeQuantWithMinMaxVarsGradientResult {
  Output backprops_wrt_input, backprop_wrt_min, backprop_wrt_max;
};
FakeQuantWithMinMaxVarsGradientResult fake_quant_with_min_max_vars_gradient(const TensorLike& gradients,
                                                                            const TensorLike& inputs,
                                                                            const TensorLike& min,
                                                                            const TensorLike& max,
                                                                            const FakeQuantOptions& options = {});
Output fake_quant_with_min_max_vars_per_channel(const TensorLike& inputs, const TensorLike& min, const TensorLike& max,
                                                const FakeQuantOptions& options = {});
struct FakeQuantWithMinMaxVarsPerChannelGradientResult {
  Output backprops_wrt_input, backprop_wrt_min, backprop_wrt_max;
};
FakeQuantWithMinMaxVarsPerChannelGradientResult fake_quant_with_min_max_vars_per_channel_gradient(
    const TensorLike& gradients, const TensorLike& inputs, const TensorLike& min, const TensorLike& max,
    const FakeQuantOptions& options = {});
struct QuantizedConcatResult {
  Output output, output_min, output_max;
};
// Quantized tensors side by side, and the bounds of the result.
QuantizedConcatResult quantized_concat(const TensorLike& concat_dim, const TensorList& values,
                                       const TensorList& input_mins, const TensorList& input_maxes,
                                       const NameOptions& options = {});

struct QuantizeAndDequantizeOptions {
  bool signed_input = true;
  int64_t num_bits = 8;
  bool range_given = false;  // false: the bounds are those of the input
  std::string round_mode = "HALF_TO_EVEN";
  std::string name;
  bool narrow_range = false;
};

}  // namespace reflow

namespace reflow::quantization {

// Floats rounded to what numbers of num_bits can tell.
Output quantize_and_dequantize(const TensorLike& input, const TensorLike& input_min, const TensorLike& input_max,
                               const QuantizeAndDequantizeOptions& options = {});

}  // namespace reflow::quantization

namespace reflow::nn {

// Ops on quantized numbers, and the bounds of what they give. Sizes and strides have one number for each dimension of
// [batch, height, width, channels].
struct QuantizedConv2dOptions {
  DType out_type = qint32;
  std::vector<int64_t> dilations = {1, 1, 1, 1};
  std::string name;
};
Quantized quantized_conv2d(const TensorLike& input, const TensorLike& filter, const TensorLike& min_input,
                           const TensorLike& max_input, const TensorLike& min_filter, const TensorLike& max_filter,
                           const std::vector<int64_t>& strides, const std::string& padding,
                           const QuantizedConv2dOptions& options = {});
Quantized quantized_avg_pool(const TensorLike& input, const TensorLike& min_input, const TensorLike& max_input,
                             const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                             const std::string& padding, const NameOptions& options = {});
Quantized quantized_max_pool(const TensorLike& input, const TensorLike& min_input, const TensorLike& max_input,
                             const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                             const std::string& padding, const NameOptions& options = {});
struct QuantizedReluOptions {
  DType out_type = quint8;
  std::string name;
};
// Numbers between 0 and max_value.
Quantized quantized_relu_x(const TensorLike& features, const TensorLike& max_value, const TensorLike& min_features,
                           const TensorLike& max_features, const QuantizedReluOptions& options = {});

}  // namespace reflow::nn
