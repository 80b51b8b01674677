#include "reflow/client/quantization_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;
using client::make_op;

Quantized quantize(const TensorLike& input, const TensorLike& min_range, const TensorLike& max_range, DType T,
                   const QuantizeOptions& options) {
  graph::Node* node = make_op("QuantizeV2", options.name, {input, min_range, max_range},
                              {{"T", T}, {"mode", options.mode}, {"round_mode", options.round_mode}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

Quantized quantize_v2(const TensorLike& input, const TensorLike& min_range, const TensorLike& max_range, DType T,
                      const QuantizeOptions& options) {
  return quantize(input, min_range, max_range, T, options);
}

Output dequantize(const TensorLike& input, const TensorLike& min_range, const TensorLike& max_range,
                  const DequantizeOptions& options) {
  return apply_op("Dequantize", options.name, {input, min_range, max_range}, {{"mode", options.mode}});
}

Output fake_quant_with_min_max_args(const TensorLike& inputs, const FakeQuantArgsOptions& options) {
  return apply_op("FakeQuantWithMinMaxArgs", options.name, {inputs},
                  {{"min", options.min},
                   {"max", options.max},
                   {"num_bits", options.num_bits},
                   {"narrow_range", options.narrow_range}});
}

Output fake_quant_with_min_max_args_gradient(const TensorLike& gradients, const TensorLike& inputs,
                                             const FakeQuantArgsOptions& options) {
  return apply_op("FakeQuantWithMinMaxArgsGradient", options.name, {gradients, inputs},
                  {{"min", options.min},
                   {"max", options.max},
                   {"num_bits", options.num_bits},
                   {"narrow_range", options.narrow_range}});
}

Output fake_quant_with_min_max_vars(const TensorLike& inputs, const TensorLike& min, const TensorLike& max,
                                    const FakeQuantOptions& options) {
  return apply_op("FakeQuantWithMinMaxVars", options.name, {inputs, min, max},
                  {{"num_bits", options.num_bits}, {"narrow_range", options.narrow_range}});
}

FakeQuantWithMinMaxVarsGradientResult fake_quant_with_min_max_vars_gradient(const TensorLike& gradients,
                                                                            const TensorLike& inputs,
                                                                            const TensorLike& min,
                                                                            const TensorLike& max,
                                                                            const FakeQuantOptions& options) {
  graph::Node* node = make_op("FakeQuantWithMinMaxVarsGradient", options.name, {gradients, inputs, min, max},
                              {{"num_bits", options.num_bits}, {"narrow_range", options.narrow_range}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

Output fake_quant_with_min_max_vars_per_channel(const TensorLike& inputs, const TensorLike& min, const TensorLike& max,
                                                const FakeQuantOptions& options) {
  return apply_op("FakeQuantWithMinMaxVarsPerChannel", options.name, {inputs, min, max},
                  {{"num_bits", options.num_bits}, {"narrow_range", options.narrow_range}});
}

FakeQuantWithMinMaxVarsPerChannelGradientResult fake_quant_with_min_max_vars_per_channel_gradient(
    const TensorLike& gradients, const TensorLike& inputs, const TensorLike& min, const TensorLike& max,
    const FakeQuantOptions& options) {
  graph::Node* node = make_op("FakeQuantWithMinMaxVarsPerChannelGradient", options.name, {gradients, inputs, min, max},
                              {{"num_bits", options.num_bits}, {"narrow_range", options.narrow_range}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

QuantizedConcatResult quantized_concat(const TensorLike& concat_dim, const TensorList& values,
                                       const TensorList& input_mins, const TensorList& input_maxes,
                                       const NameOptions& options) {
  graph::Node* node = make_op("QuantizedConcat", options.name,
                              {concat_dim, TensorLike(values), TensorLike(input_mins), TensorLike(input_maxes)});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

}  // namespace reflow

namespace reflow::quantization {

Output quantize_and_dequantize(const TensorLike& input, const TensorLike& input_min, const TensorLike& input_max,
                               const QuantizeAndDequantizeOptions& options) {
  return client::apply_op("QuantizeAndDequantizeV2", options.name, {input, input_min, input_max},
                          {{"signed_input", options.signed_input},
                           {"num_bits", options.num_bits},
                           {"range_given", options.range_given},
                           {"round_mode", options.round_mode},
                           {"narrow_range", options.narrow_range}});
}

}  // namespace reflow::quantization

namespace reflow::nn {
namespace {

Quantized three_outputs(graph::Node* node) { return {Output(node, 0), Output(node, 1), Output(node, 2)}; }

}  // namespace

Quantized quantized_conv2d(const TensorLike& input, const TensorLike& filter, const TensorLike& min_input,
                           const TensorLike& max_input, const TensorLike& min_filter, const TensorLike& max_filter,
                           const std::vector<int64_t>& strides, const std::string& padding,
                           const QuantizedConv2dOptions& options) {
  return three_outputs(client::make_op("QuantizedConv2D", options.name,
                                       {input, filter, min_input, max_input, min_filter, max_filter},
                                       {{"out_type", options.out_type},
                                        {"strides", strides},
                                        {"padding", padding},
                                        {"dilations", options.dilations}}));
}

Quantized quantized_avg_pool(const TensorLike& input, const TensorLike& min_input, const TensorLike& max_input,
                             const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                             const std::string& padding, const NameOptions& options) {
  return three_outputs(client::make_op("QuantizedAvgPool", options.name, {input, min_input, max_input},
                                       {{"ksize", ksize}, {"strides", strides}, {"padding", padding}}));
}

Quantized quantized_max_pool(const TensorLike& input, const TensorLike& min_input, const TensorLike& max_input,
                             const std::vector<int64_t>& ksize, const std::vector<int64_t>& strides,
                             const std::string& padding, const NameOptions& options) {
  return three_outputs(client::make_op("QuantizedMaxPool", options.name, {input, min_input, max_input},
                                       {{"ksize", ksize}, {"strides", strides}, {"padding", padding}}));
}

Quantized quantized_relu_x(const TensorLike& features, const TensorLike& max_value, const TensorLike& min_features,
                           const TensorLike& max_features, const QuantizedReluOptions& options) {
  return three_outputs(client::make_op("QuantizedReluX", options.name, {features, max_value, min_features, max_features},
                                       {{"out_type", options.out_type}}));
}

}  // namespace reflow::nn
