#include "reflow/client/conv_gradients.h"

#include <fmt/format.h>

#include <array>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/block_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/size.h"

namespace reflow::nn {

using client::apply_op;
using client::Size;
using Sizes = std::vector<int64_t>;

namespace {

template <typename Options>
Output conv_op(const char* op, std::initializer_list<TensorLike> inputs, const Sizes& strides,
               const std::string& padding, const Options& options) {
  return apply_op(op, options.name, inputs,
                  {{"strides", strides},
                   {"padding", padding},
                   {"data_format", options.data_format},
                   {"dilations", options.dilations}});
}

}  // namespace

Output conv2d_backprop_filter(const TensorLike& input, const TensorLike& filter_sizes, const TensorLike& out_backprop,
                              const Sizes& strides, const std::string& padding, const Conv2dOptions& options) {
  return conv_op("Conv2DBackpropFilter", {input, filter_sizes, out_backprop}, strides, padding, options);
}
Output conv2d_backprop_input(const TensorLike& input_sizes, const TensorLike& filter, const TensorLike& out_backprop,
                             const Sizes& strides, const std::string& padding, const Conv2dOptions& options) {
  return conv_op("Conv2DBackpropInput", {input_sizes, filter, out_backprop}, strides, padding, options);
}
Output conv3d_backprop_filter_v2(const TensorLike& input, const TensorLike& filter_sizes,
                                 const TensorLike& out_backprop, const Sizes& strides, const std::string& padding,
                                 const Conv3dOptions& options) {
  return conv_op("Conv3DBackpropFilterV2", {input, filter_sizes, out_backprop}, strides, padding, options);
}
Output depthwise_conv2d_native(const TensorLike& input, const TensorLike& filter, const Sizes& strides,
                               const std::string& padding, const Conv2dOptions& options) {
  return conv_op("DepthwiseConv2dNative", {input, filter}, strides, padding, options);
}
Output depthwise_conv2d_native_backprop_input(const TensorLike& input_sizes, const TensorLike& filter,
                                              const TensorLike& out_backprop, const Sizes& strides,
                                              const std::string& padding, const Conv2dOptions& options) {
  return conv_op("DepthwiseConv2dNativeBackpropInput", {input_sizes, filter, out_backprop}, strides, padding, options);
}
Output depthwise_conv2d_native_backprop_filter(const TensorLike& input, const TensorLike& filter_sizes,
                                               const TensorLike& out_backprop, const Sizes& strides,
                                               const std::string& padding, const Conv2dOptions& options) {
  return conv_op("DepthwiseConv2dNativeBackpropFilter", {input, filter_sizes, out_backprop}, strides, padding, options);
}

Output conv_transpose(const TensorLike& input, const TensorLike& filters, const TensorLike& output_shape,
                      const Sizes& strides, const ConvTransposeOptions& options) {
  const name_scope scope(options.name, "conv_transpose");
  int64_t count = -1;
  if (const Output* tensor = output_shape.output()) {
    count = tensor->shape().rank() == 1 ? tensor->shape().dim(0) : -1;
  } else if (const auto* list = output_shape.list()) {
    count = static_cast<int64_t>(list->size());
  } else if (const auto* shape = std::get_if<std::shared_ptr<const Shape>>(&output_shape.value())) {
    count = (*shape)->rank();
  } else if (const auto* tensor = std::get_if<std::shared_ptr<const Tensor>>(&output_shape.value())) {
    count = (*tensor)->num_elements();
  }
  if (count < 0) throw ValueError("`output_shape` must be a tensor or sized collection.");
  ConvTransposeOptions inner = options;
  inner.name = scope.name();
  if (count == 3) return conv1d_transpose(input, filters, output_shape, strides, inner);
  if (count == 4) return conv2d_transpose(input, filters, output_shape, strides, inner);
  if (count == 5) return conv3d_transpose(input, filters, output_shape, strides, inner);
  throw ValueError(fmt::format("output_shape must be of length 3, 4 or 5 but was {}.", count));
}

namespace {

struct Margins {
  Size before, behind;
};

// What makes a VALID convolution with the dilated filter one with `padding`: of height and width.
std::array<Margins, 2> dilated_margins(const Output& filters, int64_t rate, const std::string& padding) {
  if (padding == "VALID") return {Margins{0, 0}, Margins{0, 0}};
  if (padding != "SAME") throw ValueError("padding must be either VALID or SAME: " + padding);
  const bool known = filters.shape().fully_defined();
  const Output dims = known ? Output() : shape(filters);
  const auto margins = [&](int i) {
    const Size size = known ? Size(filters.shape().dim(i)) : Size(dims[i]);
    const Size total = size + (size - 1) * (rate - 1) - 1;
    const Size before = floor_div(total, 2);
    return Margins{before, total - before};
  };
  const Margins height = margins(0);
  return {height, margins(1)};
}

Size modulo(const Size& a, int64_t b) {
  if (a.known()) return ((a.number() % b) + b) % b;
  return client::binary_operator("FloorMod", "mod", a.argument(), b);
}

TensorLike list(std::initializer_list<Size> sizes) {
  TensorLike::List list;
  for (const Size& size : sizes) list.push_back(size.argument());
  return list;
}

}  // namespace

Output atrous_conv2d_transpose(const TensorLike& value_like, const TensorLike& filters_like,
                               const TensorLike& output_shape, int64_t rate, const std::string& padding,
                               const NameOptions& options) {
  const name_scope scope(options.name, "atrous_conv2d_transpose");
  const Output value = convert_to_tensor(value_like, {.name = "value"});
  const Output filters = convert_to_tensor(filters_like, {.name = "filters"});
  const auto channels = [](const Output& x) { return x.shape().rank() == 4 ? x.shape().dim(3) : -1; };
  if (channels(value) >= 0 && channels(filters) >= 0 && channels(value) != channels(filters)) {
    throw ValueError(fmt::format("value's input channels does not match filters' input channels, {} != {}",
                                 channels(value), channels(filters)));
  }
  if (rate < 1) throw ValueError(fmt::format("rate {} cannot be less than one", rate));
  if (rate == 1) {
    return conv2d_transpose(value, filters, output_shape, {1, 1, 1, 1}, {.padding = padding, .data_format = "NHWC"});
  }
  const Output shape_tensor = convert_to_tensor(output_shape, {.name = "output_shape"});
  if (!shape_tensor.shape().compatible_with(Shape{4})) {
    throw ValueError("output_shape must have shape (4,), got " + client::python_shape(shape_tensor.shape()));
  }
  // Numbers where the shape is given as such, else elements of the tensor.
  const auto size = [&](int i) {
    if (const auto* parts = output_shape.list()) return Size((*parts)[i]);
    if (output_shape.output()) return Size(shape_tensor[i]);
    return Size(client::to_tensor(output_shape, int64).data<int64_t>()[i]);
  };
  const std::array<Margins, 2> margins = dilated_margins(filters, rate, padding);
  const Size height = size(1) + margins[0].before + margins[0].behind;
  const Size width = size(2) + margins[1].before + margins[1].behind;
  const Size bottom_extra = modulo(rate - modulo(height, rate), rate);
  const Size right_extra = modulo(rate - modulo(width, rate), rate);
  const Output blocks = space_to_batch(value, {list({0, bottom_extra}), list({0, right_extra})}, rate);
  const Size batch = rate * rate * size(0);
  const Size rows = floor_div(height + bottom_extra, rate);
  const Size columns = floor_div(width + right_extra, rate);
  const Output result =
      conv2d_backprop_input(list({batch, rows, columns, size(3)}), filters, blocks, {1, 1, 1, 1}, "VALID");
  const Size below = margins[0].behind + bottom_extra, beside = margins[1].behind + right_extra;
  return batch_to_space(result, {list({margins[0].before, below}), list({margins[1].before, beside})}, rate);
}

}  // namespace reflow::nn
