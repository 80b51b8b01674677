#include "reflow/client/pool_ops.h"

#include <fmt/format.h>

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/convolution.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/pool3d_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::nn {

using client::all_sizes;
using client::apply_op;
using client::make_op;
using Sizes = std::vector<int64_t>;

namespace {

bool channels_first(const std::string& data_format) { return data_format.starts_with("NC"); }

Output pool_op(const char* op, const TensorLike& value, const Sizes& ksize, const Sizes& strides,
               const std::string& padding, const std::string& data_format, const std::string& name) {
  return apply_op(op, name, {value},
                  {{"ksize", ksize}, {"strides", strides}, {"padding", padding}, {"data_format", data_format}});
}

Output pool1d(const char* op, const char* default_name, const TensorLike& input, const Sizes& ksize,
              const Sizes& strides, const std::string& padding, const Pool1dOptions& options) {
  const name_scope scope(options.name, default_name);
  const bool first = channels_first(options.data_format);
  const auto with_height = [&](const Sizes& given, const char* name) {
    Sizes all = all_sizes(given, 1, first, name);
    all.insert(all.begin(), 1);
    return all;
  };
  const int height = options.data_format == "NWC" ? 1 : 2;
  const Output tall = expand_dims(input, height);
  const Output result = pool_op(op, tall, with_height(ksize, "ksize"), with_height(strides, "strides"), padding,
                                options.data_format == "NWC" ? "NHWC" : "NCHW", scope.name());
  return squeeze(result, std::vector<int>{height});
}

Output pool2d(const char* op, const char* default_name, const TensorLike& input, const Sizes& ksize,
              const Sizes& strides, const std::string& padding, const PoolOptions& options) {
  const name_scope scope(options.name, default_name);
  const bool first = channels_first(options.data_format);
  return pool_op(op, input, all_sizes(ksize, 2, first, "ksize"), all_sizes(strides, 2, first, "strides"), padding,
                 options.data_format, scope.name());
}

Output pool_of_rank(bool largest, const TensorLike& input_like, const Sizes& ksize, const Sizes& strides,
                    const std::string& padding, const PoolAnyOptions& options) {
  const Output input = convert_to_tensor(input_like);
  if (!input.shape().known_rank() && options.data_format.empty()) {
    throw ValueError("The input must have a rank or a data format must be given.");
  }
  const int n = (input.shape().known_rank() ? input.shape().rank() : static_cast<int>(options.data_format.size())) - 2;
  if (n < 1 || n > 3) throw ValueError(fmt::format("Input tensor must be of rank 3, 4 or 5 but was {}.", n + 2));
  const bool first = channels_first(options.data_format);
  const Sizes windows = all_sizes(ksize, n, first, "ksize"), steps = all_sizes(strides, n, first, "strides");
  const std::string format =
      !options.data_format.empty() ? options.data_format : n == 1 ? "NWC" : n == 2 ? "NHWC" : "NDHWC";
  if (n == 1) {
    const Pool1dOptions inner{.data_format = format, .name = options.name};
    return largest ? max_pool1d(input, windows, steps, padding, inner) : avg_pool1d(input, windows, steps, padding, inner);
  }
  const char* op = n == 2 ? (largest ? "MaxPool" : "AvgPool") : (largest ? "MaxPool3D" : "AvgPool3D");
  return pool_op(op, input, windows, steps, padding, format, options.name);
}

}  // namespace

Output max_pool1d(const TensorLike& input, const Sizes& ksize, const Sizes& strides, const std::string& padding,
                  const Pool1dOptions& options) {
  return pool1d("MaxPool", "MaxPool1d", input, ksize, strides, padding, options);
}
Output avg_pool1d(const TensorLike& input, const Sizes& ksize, const Sizes& strides, const std::string& padding,
                  const Pool1dOptions& options) {
  return pool1d("AvgPool", "AvgPool1D", input, ksize, strides, padding, options);
}
Output max_pool2d(const TensorLike& input, const Sizes& ksize, const Sizes& strides, const std::string& padding,
                  const PoolOptions& options) {
  return pool2d("MaxPool", "MaxPool2d", input, ksize, strides, padding, options);
}
Output avg_pool2d(const TensorLike& input, const Sizes& ksize, const Sizes& strides, const std::string& padding,
                  const PoolOptions& options) {
  return pool2d("AvgPool", "AvgPool2D", input, ksize, strides, padding, options);
}
Output max_pool_v2(const TensorLike& input, const Sizes& ksize, const Sizes& strides, const std::string& padding,
                   const PoolAnyOptions& options) {
  return pool_of_rank(true, input, ksize, strides, padding, options);
}
Output avg_pool_v2(const TensorLike& input, const Sizes& ksize, const Sizes& strides, const std::string& padding,
                   const PoolAnyOptions& options) {
  return pool_of_rank(false, input, ksize, strides, padding, options);
}

PoolWithArgmax max_pool_with_argmax(const TensorLike& input, const Sizes& ksize, const Sizes& strides,
                                    const std::string& padding, const PoolWithArgmaxOptions& options) {
  graph::Node* node = make_op("MaxPoolWithArgmax", options.name, {input},
                              {{"ksize", ksize},
                               {"strides", strides},
                               {"padding", padding},
                               {"Targmax", options.Targmax},
                               {"include_batch_in_index", options.include_batch_in_index}});
  return {Output(node, 0), Output(node, 1)};
}

namespace {

// One for each spatial dimension, all positive.
Sizes spatial(const Sizes& given, int n, const char* name) {
  if (given.empty()) return Sizes(static_cast<size_t>(n), 1);
  if (static_cast<int>(given.size()) != n) {
    throw ValueError(fmt::format("len({})={} but should be {}", name, given.size(), n));
  }
  if (std::ranges::any_of(given, [](int64_t x) { return x < 1; })) {
    throw ValueError(fmt::format("all values of {} must be positive", name));
  }
  return given;
}

}  // namespace

Output pool(const TensorLike& input_like, const Sizes& window_shape, const std::string& pooling_type,
            const std::string& padding, const PoolKindOptions& options) {
  const bool largest = pooling_type == "MAX";
  const name_scope scope(options.name, pooling_type == "AVG" ? "avg_pool" : "max_pool");
  const Output input = convert_to_tensor(input_like, {.name = "input"});
  const int n = static_cast<int>(window_shape.size());
  if (n < 1 || n > 3) throw ValueError("It is required that 1 <= num_spatial_dims <= 3.");
  if (!largest && pooling_type != "AVG") throw ValueError(fmt::format("{}-D {} pooling is not supported.", n, pooling_type));
  if (input.shape().known_rank() && input.shape().rank() != n + 2) {
    throw ValueError(fmt::format("Shape {} must have rank {}", input.shape().str(), n + 2));
  }
  const Sizes strides = spatial(options.strides, n, "strides"), rate = spatial(options.dilation_rate, n, "dilation_rate");
  const auto above_one = [](int64_t x) { return x > 1; };
  if (std::ranges::any_of(strides, above_one) && std::ranges::any_of(rate, above_one)) {
    throw ValueError("strides > 1 not supported in conjunction with dilation_rate > 1");
  }
  if (padding == "SAME" && std::ranges::any_of(rate, above_one)) {
    throw ValueError("pooling with SAME padding is not implemented for dilation_rate > 1");
  }
  for (int i = 0; i < n; ++i) {
    if (strides[i] > window_shape[i]) {
      throw ValueError(
          "strides > window_shape not supported due to inconsistency between CPU and GPU implementations");
    }
  }
  std::string format = options.data_format;
  const bool first = channels_first(format);
  if (n == 1 && !format.empty() && format != "NWC" && format != "NCW") {
    throw ValueError("data_format must be either \"NWC\" or \"NCW\".");
  }
  Sizes windows = all_sizes(window_shape, n, first, "window_shape"), steps = all_sizes(strides, n, first, "strides");
  if (n == 1) {
    windows.insert(windows.begin(), 1);
    steps.insert(steps.begin(), 1);
    format = first ? "NCHW" : "NHWC";
  } else if (format.empty()) {
    format = n == 2 ? "NHWC" : "NDHWC";
  }
  const char* op = n == 3 ? (largest ? "MaxPool3D" : "AvgPool3D") : (largest ? "MaxPool" : "AvgPool");
  const std::vector<int> height = {first ? 2 : 1};
  const auto build_op = [&](const std::string& chosen) -> BlockOp {
    return [&, chosen](const Output& given, const TensorLike&) {
      const Output value = n == 1 ? expand_dims(given, height[0]) : given;
      const Output result = pool_op(op, value, windows, steps, chosen, format, scope.name());
      return n == 1 ? squeeze(result, height) : result;
    };
  };
  return WithSpaceToBatch(input.shape(), rate, padding, build_op,
                          {.filter_shape = window_shape, .channels_first = first})(input);
}

namespace {

FractionalPool fractional(const char* op, const TensorLike& value, const std::vector<double>& ratio,
                          const FractionalPoolOptions& options) {
  graph::Node* node = make_op(op, options.name, {value},
                              {{"pooling_ratio", std::vector<float>(ratio.begin(), ratio.end())},
                               {"pseudo_random", options.pseudo_random},
                               {"overlapping", options.overlapping},
                               {"deterministic", options.deterministic},
                               {"seed", options.seed},
                               {"seed2", options.seed2}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

}  // namespace

FractionalPool fractional_max_pool(const TensorLike& value, const std::vector<double>& pooling_ratio,
                                   const FractionalPoolOptions& options) {
  return fractional("FractionalMaxPool", value, pooling_ratio, options);
}
FractionalPool fractional_avg_pool(const TensorLike& value, const std::vector<double>& pooling_ratio,
                                   const FractionalPoolOptions& options) {
  return fractional("FractionalAvgPool", value, pooling_ratio, options);
}

Output dilation2d(const TensorLike& input, const TensorLike& filter, const Sizes& strides, const Sizes& rates,
                  const std::string& padding, const NameOptions& options) {
  return apply_op("Dilation2D", options.name, {input, filter},
                  {{"strides", strides}, {"rates", rates}, {"padding", padding}});
}

Output erosion2d(const TensorLike& value, const TensorLike& kernel, const Sizes& strides, const Sizes& rates,
                 const std::string& padding, const NameOptions& options) {
  const name_scope scope(options.name, "erosion2d");
  const Output negated = negative(value);
  const Output turned = reverse(kernel, TensorLike{0, 1});
  return negative(dilation2d(negated, turned, strides, rates, padding, {scope.name()}));
}

}  // namespace reflow::nn
