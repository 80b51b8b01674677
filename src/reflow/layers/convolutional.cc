#include "reflow/layers/convolutional.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"

namespace reflow::layers {

Conv::Conv(int rank, std::string base_name, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : Layer(std::move(base_name), options.layer), rank_(rank), filters_(filters), options_(options),
      kernel_size_(kernel_size.of(rank, "kernel_size")), strides_(options.strides.of(rank, "strides")),
      dilation_rate_(options.dilation_rate.of(rank, "dilation_rate")), padding_(upper_padding(options.padding)),
      channels_first_(is_channels_first(options.data_format)) {}

int64_t Conv::channels_of(const Shape& input_shape) const {
  const int64_t channels = input_shape.dim(channels_first_ ? 1 : rank_ + 1);
  if (channels < 0) throw ValueError("The channel dimension of the inputs should be defined. Found `None`.");
  return channels;
}

Shape Conv::kernel_shape(std::vector<int64_t> sizes, int64_t next_to_last, int64_t last) const {
  sizes.push_back(next_to_last);
  sizes.push_back(last);
  return Shape(sizes);
}

void Conv::add_bias() {
  if (!options_.use_bias) return;
  bias_ = add_weight("bias", Shape{filters_},
                     {.initializer = options_.bias_initializer, .regularizer = options_.bias_regularizer,
                      .constraint = options_.bias_constraint});
}

void Conv::build(const Shape& input_shape) {
  kernel_ = add_weight("kernel", kernel_shape(kernel_size_, channels_of(input_shape), filters_),
                       {.initializer = options_.kernel_initializer, .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  add_bias();
  convolution_.emplace(input_shape, kernel_.shape(), padding_,
                       nn::ConvolutionOptions{.strides = strides_, .dilation_rate = dilation_rate_,
                                              .data_format = data_format(rank_ + 2)});
}

Output Conv::convolved(const Output& inputs) {
  const Output outputs = (*convolution_)(inputs, kernel_);
  return options_.use_bias ? with_bias(outputs) : outputs;
}

Output Conv::with_bias(const Output& outputs) {
  if (channels_first_ && rank_ == 1) return outputs + reshape(bias_, std::vector<int>{1, static_cast<int>(filters_), 1});
  return nn::bias_add(outputs, bias_, {.data_format = channels_first_ ? "NCHW" : "NHWC"});
}

Output Conv::operator()(const Output& inputs) {
  check_rank(inputs.shape(), rank_ + 2);
  Output outputs;
  run(inputs, [&] {
    outputs = convolved(inputs);
    if (options_.activation) outputs = options_.activation(outputs);
    regularize_activity(options_.activity_regularizer, outputs);
  });
  return outputs;
}

Conv1D::Conv1D(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : Conv(1, "conv1d", filters, kernel_size, options) {}
Conv2D::Conv2D(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : Conv(2, "conv2d", filters, kernel_size, options) {}
Conv3D::Conv3D(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : Conv(3, "conv3d", filters, kernel_size, options) {}

Output conv1d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options) {
  return Conv1D(filters, kernel_size, options)(inputs);
}
Output conv2d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options) {
  return Conv2D(filters, kernel_size, options)(inputs);
}
Output conv3d(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options) {
  return Conv3D(filters, kernel_size, options)(inputs);
}

ConvTranspose::ConvTranspose(int rank, std::string base_name, int64_t filters, const SpatialSizes& kernel_size,
                             const ConvOptions& options)
    : Conv(rank, std::move(base_name), filters, kernel_size, options) {
  if (std::any_of(dilation_rate_.begin(), dilation_rate_.end(), [](int64_t rate) { return rate != 1; })) {
    throw ValueError("Transposed convolutions as layers take no dilation_rate: see nn::conv2d_transpose");
  }
}

void ConvTranspose::build(const Shape& input_shape) {
  kernel_ = add_weight("kernel", kernel_shape(kernel_size_, filters_, channels_of(input_shape)),
                       {.initializer = options_.kernel_initializer, .regularizer = options_.kernel_regularizer,
                        .constraint = options_.kernel_constraint});
  add_bias();
}

int64_t ConvTranspose::output_length(int64_t length, size_t dim) const {
  if (length < 0) return Shape::kUnknown;
  const int64_t grown = length * strides_[dim];
  return padding_ == "VALID" ? grown + std::max<int64_t>(kernel_size_[dim] - strides_[dim], 0) : grown;
}

Output ConvTranspose::convolved(const Output& inputs) {
  const Output sizes = shape(inputs);
  const int first = channels_first_ ? 2 : 1;
  const Output batch = sizes[0];
  std::vector<Output> lengths;
  for (int i = 0; i < rank_; ++i) lengths.push_back(sizes[first + i]);
  std::vector<int64_t> known = {inputs.shape().dim(0)};
  TensorList output_sizes = {batch};
  for (int i = 0; i < rank_; ++i) {
    Output length = lengths[i] * strides_[i];
    if (padding_ == "VALID") length = length + std::max<int64_t>(kernel_size_[i] - strides_[i], 0);
    output_sizes.push_back(length);
    known.push_back(output_length(inputs.shape().dim(first + i), i));
  }
  const auto place = channels_first_ ? 1 : rank_ + 1;
  output_sizes.insert(output_sizes.begin() + place, filters_);
  known.insert(known.begin() + place, filters_);
  const Output output_shape = stack(output_sizes);
  Output outputs;
  if (rank_ == 3) {
    outputs = nn::conv3d_transpose(inputs, kernel_, output_shape, for_all_dims(strides_, channels_first_),
                                   {.padding = padding_, .data_format = data_format(5)});
  } else if (channels_first_) {  // on CPUs TensorFlow moves the channels
    const Output moved = transpose(inputs, {0, 2, 3, 1});
    TensorList moved_sizes;
    for (const int i : {0, 2, 3, 1}) moved_sizes.push_back(output_shape[i]);
    outputs = nn::conv2d_transpose(moved, kernel_, stack(moved_sizes), for_all_dims(strides_, false), {.padding = padding_});
    outputs = transpose(outputs, {0, 3, 1, 2});
  } else {
    output_shape[0];  // a node that nothing reads, as in TensorFlow's graphs
    outputs = nn::conv2d_transpose(inputs, kernel_, output_shape, for_all_dims(strides_, false), {.padding = padding_});
  }
  outputs.set_shape(Shape(known));
  return options_.use_bias ? with_bias(outputs) : outputs;
}

Output ConvTranspose::with_bias(const Output& outputs) {
  return nn::bias_add(outputs, bias_, {.data_format = data_format(4)});
}

Conv2DTranspose::Conv2DTranspose(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : ConvTranspose(2, "conv2d_transpose", filters, kernel_size, options) {}
Conv3DTranspose::Conv3DTranspose(int64_t filters, const SpatialSizes& kernel_size, const ConvOptions& options)
    : ConvTranspose(3, "conv3d_transpose", filters, kernel_size, options) {}

Output conv2d_transpose(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const ConvOptions& options) {
  return Conv2DTranspose(filters, kernel_size, options)(inputs);
}
Output conv3d_transpose(const Output& inputs, int64_t filters, const SpatialSizes& kernel_size,
                        const ConvOptions& options) {
  return Conv3DTranspose(filters, kernel_size, options)(inputs);
}

}  // namespace reflow::layers
