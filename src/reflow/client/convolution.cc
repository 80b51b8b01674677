#include "reflow/client/convolution.h"

#include <fmt/format.h>

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/conv_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/scopes.h"

namespace reflow {

std::vector<int64_t> client::all_sizes(const std::vector<int64_t>& value, int n, bool channels_first,
                                       const std::string& name) {
  const int given = static_cast<int>(value.size());
  if (given == n + 2) return value;
  if (given > 1 && given != n) {
    throw ValueError(fmt::format("{} should be of length 1, {} or {} but was {}", name, n, n + 2, given));
  }
  std::vector<int64_t> all(static_cast<size_t>(n + 2), 1);
  for (int i = 0; i < n; ++i) all[i + (channels_first ? 2 : 1)] = given == 0 ? 1 : given == 1 ? value[0] : value[i];
  return all;
}

}  // namespace reflow

namespace reflow::nn {

using client::all_sizes;
using client::apply_op;

namespace {

bool channels_first(const std::string& data_format) { return data_format.starts_with("NC"); }

// [batch, 1, width, channels]: where the height goes, and the format of pictures.
struct Format1d {
  std::string format_2d;
  int height;
};
Format1d format_1d(const std::string& data_format, bool or_2d) {
  if (data_format.empty() || data_format == "NWC" || (or_2d && data_format == "NHWC")) return {"NHWC", 1};
  if (data_format == "NCW" || (or_2d && data_format == "NCHW")) return {"NCHW", 2};
  throw ValueError("data_format must be \"NWC\" or \"NCW\".");
}

std::vector<int64_t> of_spatial_dims(const std::vector<int64_t>& value, int n, const char* name) {
  if (value.empty()) return std::vector<int64_t>(static_cast<size_t>(n), 1);
  if (static_cast<int>(value.size()) != n) {
    throw ValueError(fmt::format("len({})={} but should be {}", name, value.size(), n));
  }
  if (std::any_of(value.begin(), value.end(), [](int64_t x) { return x < 1; })) {
    throw ValueError(fmt::format("all values of {} must be positive", name));
  }
  return value;
}

bool any_above_one(const std::vector<int64_t>& values) {
  return std::any_of(values.begin(), values.end(), [](int64_t x) { return x > 1; });
}

// The convolution of inputs of a rank.
BlockOp undilated(int rank, const std::string& padding, std::string data_format, const std::vector<int64_t>& strides,
                  const std::string& name) {
  if (rank < 3 || rank > 5) throw ValueError("`input` and `filter` must have rank at least 3 and at most 5");
  if (rank == 3) {
    format_1d(data_format, true);
    return [=](const Output& x, const TensorLike& filter) {
      return conv1d(x, filter, {strides[0]}, padding, {.data_format = data_format, .name = name});
    };
  }
  const std::string last = rank == 4 ? "NHWC" : "NDHWC", first = rank == 4 ? "NCHW" : "NCDHW";
  if (data_format.empty()) data_format = last;
  if (data_format != last && data_format != first) {
    throw ValueError(fmt::format("data_format must be \"{}\" or \"{}\".", last, first) +
                     (rank == 5 ? " Have: " + data_format : ""));
  }
  const std::vector<int64_t> all = all_sizes(strides, rank - 2, data_format == first, "strides");
  if (rank == 4) {
    return [=](const Output& x, const TensorLike& filter) {
      return conv2d(x, filter, all, padding, {.data_format = data_format, .name = name});
    };
  }
  return [=](const Output& x, const TensorLike& filter) {
    return conv3d(x, filter, all, padding, {.data_format = data_format, .name = name});
  };
}

}  // namespace

Convolution::Convolution(const Shape& input_shape, const Shape& filter_shape, const std::string& padding,
                         const ConvolutionOptions& options) {
  if (!filter_shape.known_rank() && !input_shape.known_rank()) throw ValueError("rank of input or filter must be known");
  const int rank = filter_shape.known_rank() ? filter_shape.rank() : input_shape.rank();
  for (const auto& [shape, kind] : {std::pair{&input_shape, "input"}, std::pair{&filter_shape, "filter"}}) {
    if (shape->known_rank() && shape->rank() != rank) throw ValueError(fmt::format("{} tensor must have rank {}", kind, rank));
  }
  const int n = rank - 2;
  const bool first = channels_first(options.data_format);
  std::optional<std::vector<int64_t>> filter_sizes;
  if (input_shape.known_rank() && filter_shape.known_rank()) {
    const int64_t channels = input_shape.dim(first ? 1 : n + 1), wanted = filter_shape.dim(n);
    if (channels >= 0 && wanted >= 0 && channels != wanted) {
      throw ValueError(fmt::format(
          "number of input channels does not match corresponding dimension of filter, {} != {}", channels, wanted));
    }
  }
  if (filter_shape.fully_defined()) {
    filter_sizes.emplace();
    for (int i = 0; i < rank; ++i) filter_sizes->push_back(filter_shape.dim(i));
  }
  const std::vector<int64_t> rate = of_spatial_dims(options.dilation_rate, n, "dilation_rate");
  const std::vector<int64_t> strides = of_spatial_dims(options.strides, n, "strides");
  if (any_above_one(strides) && any_above_one(rate)) {
    throw ValueError("strides > 1 not supported in conjunction with dilation_rate > 1");
  }
  call_.emplace(input_shape, rate, padding,
                [&](const std::string& chosen) { return undilated(rank, chosen, options.data_format, strides, options.name); },
                SpaceToBatchOptions{.filter_shape = filter_sizes, .channels_first = first});
}

Output convolution(const TensorLike& given_input, const TensorLike& given_filter, const std::string& padding,
                   const ConvolutionOptions& options) {
  const Output input = convert_to_tensor(given_input), filter = convert_to_tensor(given_filter);
  const Shape& known = input.shape().known_rank() ? input.shape() : filter.shape();
  if (!known.known_rank()) throw ValueError("rank of input or filter must be known");
  const int n = known.rank() - 2;
  if (n < 1 || n > 3) throw ValueError(fmt::format("Input tensor must be of rank 3, 4 or 5 but was {}.", n + 2));
  const bool first = channels_first(options.data_format);
  const std::vector<int64_t> strides = all_sizes(options.strides, n, first, "strides");
  const std::vector<int64_t> rate = all_sizes(options.dilation_rate, n, first, "dilations");
  const name_scope scope(options.name, "convolution");
  if (!any_above_one(rate)) {
    if (n == 1) {
      return conv1d(input, filter, strides, padding, {.data_format = options.data_format, .name = scope.name(), .dilations = rate});
    }
    const std::string format = !options.data_format.empty() ? options.data_format : n == 2 ? "NHWC" : "NDHWC";
    if (n == 2) return conv2d(input, filter, strides, padding, {.data_format = format, .dilations = rate, .name = scope.name()});
    return conv3d(input, filter, strides, padding, {.data_format = format, .dilations = rate, .name = scope.name()});
  }
  const auto spatial = [&](const std::vector<int64_t>& all) {
    const auto begin = all.begin() + (first ? 2 : 1);
    return std::vector<int64_t>(begin, begin + n);
  };
  const Convolution op(input.shape(), filter.shape(), padding,
                       {.strides = spatial(strides), .dilation_rate = spatial(rate), .name = scope.name(),
                        .data_format = options.data_format});
  return op(input, filter);
}

Output conv1d(const TensorLike& value, const TensorLike& filters, const std::vector<int64_t>& stride,
              const std::string& padding, const Conv1dOptions& options) {
  const name_scope scope(options.name, "conv1d");
  const auto [format, height] = format_1d(options.data_format, true);
  const auto with_height = [first = format == "NCHW"](const std::vector<int64_t>& given, const char* name) {
    std::vector<int64_t> all = all_sizes(given, 1, first, name);
    all.insert(all.begin(), 1);
    return all;
  };
  const std::vector<int64_t> strides = with_height(stride, "stride"), dilations = with_height(options.dilations, "dilations");
  const Output tall = expand_dims(value, height), tall_filters = expand_dims(filters, 0);
  const Output result = conv2d(tall, tall_filters, strides, padding,
                               {.data_format = format, .dilations = dilations, .name = scope.name()});
  return squeeze(result, std::vector<int>{height});
}

Output conv3d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
              const std::string& padding, const Conv3dOptions& options) {
  return apply_op("Conv3D", options.name, {input, filter},
                  {{"strides", strides},
                   {"padding", padding},
                   {"data_format", options.data_format},
                   {"dilations", options.dilations}});
}

Output atrous_conv2d(const TensorLike& value, const TensorLike& filters, int64_t rate, const std::string& padding,
                     const AtrousConvOptions& options) {
  return convolution(value, filters, padding, {.dilation_rate = {rate, rate}, .name = options.name});
}

namespace {

Output transposed(const char* op, const TensorLike& output_shape, const TensorLike& filter, const TensorLike& value,
                  const std::vector<int64_t>& strides, const std::vector<int64_t>& dilations, const std::string& format,
                  const std::string& padding, const std::string& name) {
  return apply_op(op, name, {output_shape, filter, value},
                  {{"strides", strides}, {"padding", padding}, {"data_format", format}, {"dilations", dilations}});
}

}  // namespace

Output conv1d_transpose(const TensorLike& input, const TensorLike& filters, const TensorLike& output_shape,
                        const std::vector<int64_t>& strides, const ConvTransposeOptions& options) {
  const name_scope scope(options.name, "conv1d_transpose");
  const auto [format, height] = format_1d(options.data_format, false);
  const bool first = format == "NCHW";
  std::vector<int64_t> all_strides = all_sizes(strides, 1, first, "stride");
  std::vector<int64_t> dilations = all_sizes(options.dilations, 1, first, "dilations");
  all_strides.insert(all_strides.begin(), 1);
  dilations.insert(dilations.begin(), 1);
  const Output tall = expand_dims(input, height), tall_filters = expand_dims(filters, 0);
  TensorList parts;
  if (const auto* list = output_shape.list()) {
    const auto cut = list->begin() + height;
    parts = {TensorLike(TensorLike::List(list->begin(), cut)), TensorLike{1}, TensorLike(TensorLike::List(cut, list->end()))};
  } else {
    const Output sizes = convert_to_tensor(output_shape);
    parts = {slice_by(sizes, std::vector<Index>{Slice({}, height)}), TensorLike{1},
             slice_by(sizes, std::vector<Index>{Slice(height, {})})};
  }
  const Output result = transposed("Conv2DBackpropInput", concat(parts, 0), tall_filters, tall, all_strides, dilations,
                                   format, options.padding, scope.name());
  return squeeze(result, std::vector<int>{height});
}

Output conv2d_transpose(const TensorLike& value, const TensorLike& filter, const TensorLike& output_shape,
                        const std::vector<int64_t>& strides, const ConvTransposeOptions& options) {
  const name_scope scope(options.name, "conv2d_transpose");
  const std::string format = options.data_format.empty() ? "NHWC" : options.data_format;
  const bool first = channels_first(format);
  return transposed("Conv2DBackpropInput", output_shape, filter, value, all_sizes(strides, 2, first, "strides"),
                    all_sizes(options.dilations, 2, first, "dilations"), format, options.padding, scope.name());
}

Output conv3d_transpose(const TensorLike& value, const TensorLike& filter, const TensorLike& output_shape,
                        const std::vector<int64_t>& strides, const ConvTransposeOptions& options) {
  const name_scope scope(options.name, "conv3d_transpose");
  const std::string format = options.data_format.empty() ? "NDHWC" : options.data_format;
  const bool first = channels_first(format);
  return transposed("Conv3DBackpropInputV2", output_shape, filter, value, all_sizes(strides, 3, first, "strides"),
                    all_sizes(options.dilations, 3, first, "dilations"), format, options.padding, scope.name());
}

namespace {

Output depthwise(const Output& input, const Output& filter, const std::vector<int64_t>& strides,
                 const std::string& padding, const DepthwiseConvOptions& options, const std::string& name) {
  shape(filter);  // a constant that the paddings come from, as in TensorFlow's graphs
  std::optional<std::vector<int64_t>> sizes;
  if (filter.shape().fully_defined()) {
    sizes.emplace();
    for (int i = 0; i < filter.shape().rank(); ++i) sizes->push_back(filter.shape().dim(i));
  }
  const auto build = [&](const std::string& chosen) -> BlockOp {
    return [=](const Output& x, const TensorLike&) {
      return apply_op("DepthwiseConv2dNative", name, {x, filter},
                      {{"strides", strides}, {"padding", chosen}, {"data_format", options.data_format}});
    };
  };
  const WithSpaceToBatch op(input.shape(), options.rate, padding, build,
                            {.filter_shape = sizes, .channels_first = channels_first(options.data_format),
                             .filter_shape_made = true});
  return op(input);
}

}  // namespace

Output depthwise_conv2d(const TensorLike& input, const TensorLike& filter, const std::vector<int64_t>& strides,
                        const std::string& padding, const DepthwiseConvOptions& options) {
  const name_scope scope(options.name, "depthwise");
  const Output x = convert_to_tensor(input, {.name = "tensor_in"}), w = convert_to_tensor(filter, {.name = "filter_in"});
  return depthwise(x, w, strides, padding, options, scope.name());
}

Output separable_conv2d(const TensorLike& input, const TensorLike& depthwise_filter, const TensorLike& pointwise_filter,
                        const std::vector<int64_t>& strides, const std::string& padding,
                        const DepthwiseConvOptions& options) {
  const name_scope scope(options.name, "separable_conv2d");
  const Output x = convert_to_tensor(input, {.name = "tensor_in"});
  const Output w = convert_to_tensor(depthwise_filter, {.name = "depthwise_filter"});
  const Output points = convert_to_tensor(pointwise_filter, {.name = "pointwise_filter"});
  const Output each = depthwise(x, w, strides, padding, options, "depthwise");
  return conv2d(each, points, {1, 1, 1, 1}, "VALID", {.data_format = options.data_format, .name = scope.name()});
}

}  // namespace reflow::nn
