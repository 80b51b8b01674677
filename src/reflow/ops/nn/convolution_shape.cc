#include "convolution_shape.h"

#include <fmt/format.h>

namespace reflow::ops {

using namespace op;

namespace {

// The index of the dimension of a data format that `strides` and its like hold for spatial dimension i.
int spatial_index(bool channels_first, int i) { return i + (channels_first ? 2 : 1); }

Status check_window_list(const std::vector<int64_t>& values, const ImageFormat& format, std::string_view what,
                         std::string_view whats) {
  const std::string_view op = format.num_spatial() == 2 ? "" : "Conv3D: ";
  if (static_cast<int>(values.size()) != format.rank) {
    return op.empty() ? invalid_argument("Sliding window {} field must specify {} dimensions", what, format.rank)
                      : invalid_argument("{} rates field must specify {} dimensions", what, format.rank);
  }
  if (values[0] != 1 || values[format.channels()] != 1) {
    return invalid_argument("Current implementation does not yet support {} in the batch and depth dimensions.", whats);
  }
  return OkStatus();
}

bool all_positive(const ConvolutionAttrs& attrs, const std::vector<int64_t>& values) {
  for (int i = 0; i < attrs.rank; ++i) {
    if (values[spatial_index(attrs.channels_first, i)] <= 0) return false;
  }
  return true;
}

// What EXPLICIT asks of explicit_paddings.
Status check_paddings(const std::vector<int64_t>& paddings, Padding padding, bool channels_first) {
  if (padding != Padding::kExplicit) {
    if (paddings.empty()) return OkStatus();
    return invalid_argument("explicit_paddings attribute must be empty if the padding attribute is not EXPLICIT");
  }
  if (paddings.size() != 8) {
    return invalid_argument("explicit_paddings attribute must contain {} values, but got: {}", 8, paddings.size());
  }
  for (const int64_t p : paddings) {
    if (p < 0) return invalid_argument("All elements of explicit_paddings must be nonnegative");
  }
  const int channels = channels_first ? 1 : 3;
  if (paddings[0] != 0 || paddings[1] != 0 || paddings[2 * channels] != 0 || paddings[2 * channels + 1] != 0) {
    return invalid_argument("Nonzero explicit padding in the batch or depth dimensions is not supported");
  }
  return OkStatus();
}

}  // namespace

ConvolutionAttrs ConvolutionAttrs::of(KernelInit& c, int rank) {
  ConvolutionAttrs a;
  a.rank = rank;
  a.data_format = c.attr_or<std::string>("data_format", rank == 2 ? "NHWC" : "NDHWC");
  a.channels_first = is_channels_first(a.data_format);
  a.padding = padding_from(c.attr<std::string>("padding"));
  a.strides = c.attr<std::vector<int64_t>>("strides");
  a.dilations = c.attr_or<std::vector<int64_t>>("dilations", std::vector<int64_t>(rank + 2, 1));
  a.paddings = c.attr_or<std::vector<int64_t>>("explicit_paddings", {});
  const auto check = [&]() -> Status {
    RETURN_IF_ERROR(check_window_list(a.strides, a.format(), "strides", "strides"));
    if (!all_positive(a, a.strides)) {
      return rank == 2 ? invalid_argument("Row and column strides should be larger than 0.")
                       : invalid_argument("Spatial strides should be larger than 0.");
    }
    RETURN_IF_ERROR(check_window_list(a.dilations, a.format(), rank == 2 ? "dilations" : "Dilation", "dilation"));
    if (!all_positive(a, a.dilations)) return invalid_argument("Dilated rates should be larger than 0.");
    return rank == 2 ? check_paddings(a.paddings, a.padding, a.channels_first) : OkStatus();
  };
  c.fail(check());
  return a;
}

void ConvolutionAttrs::set(int i, WindowDim* d) const {
  const int index = spatial_index(channels_first, i);
  d->stride = strides[index];
  d->dilation = dilations[index];
  if (padding == Padding::kExplicit) {
    d->before = paddings[2 * index];
    d->after = paddings[2 * index + 1];
  }
}

StatusOr<Convolution> convolution_sizes(const ConvolutionAttrs& attrs, const Shape& x, const Shape& filter,
                                        const Shape* dy, const std::string& op) {
  const int rank = attrs.rank + 2;
  const ImageFormat format = attrs.format();
  const std::string begin = op.empty() ? "" : op + ": ";
  if (x.rank() != rank) {
    if (op.empty()) return invalid_argument("input must be {}-dimensional{}", rank, x.str());
    return invalid_argument("{}input must be {}-dimensional", begin, rank);
  }
  if (filter.rank() != rank) {
    if (op.empty()) return invalid_argument("filter must be {}-dimensional: {}", rank, filter.str());
    return invalid_argument("{}filter must be {}-dimensional", begin, rank);
  }
  if (dy != nullptr && dy->rank() != rank) return invalid_argument("{}out_backprop must be {}-dimensional", begin, rank);
  Convolution c;
  c.rank = attrs.rank;
  c.batch = x.dim(0);
  c.in_channels = x.dim(format.channels());
  c.out_channels = filter.dim(rank - 1);
  const int64_t filter_channels = filter.dim(rank - 2);
  if (dy != nullptr && dy->dim(0) != c.batch) {
    return invalid_argument("{}input and out_backprop must have the same batch size. Input batch: {}, outbackprop batch: {}, "
                            "batch_dim: 0", begin, c.batch, dy->dim(0));
  }
  if (filter_channels == 0 ? c.in_channels != 0 : c.in_channels % filter_channels != 0) {
    if (!op.empty()) return invalid_argument("{}input depth must be evenly divisible by filter depth", begin);
    return invalid_argument("input depth must be evenly divisible by filter depth: {} vs {}", c.in_channels, filter_channels);
  }
  if (dy != nullptr && dy->dim(format.channels()) != c.out_channels) {
    return invalid_argument("{}filter and out_backprop must have the same out_depth", begin);
  }
  if (c.in_channels != filter_channels) {
    return unimplemented("The Conv{}D op currently does not support grouped convolutions on the CPU. A grouped convolution "
                         "was attempted to be run because the input depth of {} does not match the filter input depth of {}",
                         attrs.rank, c.in_channels, filter_channels);
  }
  for (int i = 0; i < attrs.rank; ++i) {
    WindowDim& d = c.dims[i];
    d.in = x.dim(format.spatial(i));
    d.kernel = filter.dim(i);
    attrs.set(i, &d);
    RETURN_IF_ERROR(d.fit(attrs.padding));
    if (dy != nullptr && dy->dim(format.spatial(i)) != d.out) {
      return invalid_argument("{}Size of out_backprop doesn't match computed: actual = {}, computed = {}, spatial_dim: {} input: {} "
                              "filter: {} output: {} stride: {} dilation: {}",
                              begin, dy->dim(format.spatial(i)), d.out, format.spatial(i), d.in, d.kernel,
                              dy->dim(format.spatial(i)), d.stride, d.dilation);
    }
  }
  return c;
}

namespace {

// What the shape functions of the forward ops read.
struct StaticWindow {
  ImageFormat format;
  Padding padding;
  std::vector<int64_t> strides, dilations, paddings;
};

StatusOr<StaticWindow> static_window(ShapeContext& c, int rank) {
  const std::string data_format = c.attr_or<std::string>("data_format", "NHWC");
  StaticWindow w{ImageFormat(is_channels_first(data_format), rank + 2), Padding::kValid, {}, {}, {}};
  ASSIGN_OR_RETURN(const std::string padding, c.attr<std::string>("padding"));
  w.padding = padding_from(padding);
  ASSIGN_OR_RETURN(w.strides, c.attr<std::vector<int64_t>>("strides"));
  w.dilations = c.attr_or<std::vector<int64_t>>("dilations", std::vector<int64_t>(rank + 2, 1));
  w.paddings = c.attr_or<std::vector<int64_t>>("explicit_paddings", {});
  return w;
}

Status set_places(ShapeContext& c, const StaticWindow& w, const Shape& x, const Shape& filter, int64_t channels) {
  int64_t places[3];
  for (int i = 0; i < w.format.num_spatial(); ++i) {
    const int at = w.format.spatial(i);
    const bool padded = w.padding == Padding::kExplicit;
    RETURN_IF_ERROR(window_places(x.dim(at), filter.dim(i), w.strides[at], w.dilations[at], w.padding,
                                  padded ? w.paddings[2 * at] : 0, padded ? w.paddings[2 * at + 1] : 0, &places[i]));
  }
  c.set_output(0, w.format.shape(x.dim(0), places, channels));
  return OkStatus();
}

// The shape about to be run, by the rules of the kernel.
Status concrete_shape(ShapeContext& c, const StaticWindow& w) {
  ConvolutionAttrs attrs;
  attrs.rank = w.format.num_spatial();
  attrs.channels_first = w.format.channels_first;
  attrs.padding = w.padding;
  attrs.strides = w.strides, attrs.dilations = w.dilations, attrs.paddings = w.paddings;
  ASSIGN_OR_RETURN(const Convolution sizes, convolution_sizes(attrs, c.input(0), c.input(1), nullptr, ""));
  const int64_t places[] = {sizes.dims[0].out, sizes.dims[1].out, sizes.dims[2].out};
  c.set_output(0, w.format.shape(sizes.batch, places, sizes.out_channels));
  return OkStatus();
}

}  // namespace

Status conv2d_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const StaticWindow w, static_window(c, 2));
  if (c.concrete()) return concrete_shape(c, w);
  Shape x, filter;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 4, &filter));
  if (w.dilations.size() != 4) {
    return invalid_argument("Conv2D requires the dilation attribute to contain 4 values, but got: {}", w.dilations.size());
  }
  if (w.strides.size() != 4) {
    return invalid_argument("Conv2D on data format {} requires the stride attribute to contain {} values, but got: {}",
                            w.format.channels_first ? "NCHW" : "NHWC", 4, w.strides.size());
  }
  const int64_t depth = x.dim(w.format.channels()), filter_depth = filter.dim(2), out_depth = filter.dim(3);
  if (depth >= 0 && filter_depth >= 0) {
    if (filter_depth == 0) return invalid_argument("Depth of filter must not be 0");
    if (depth % filter_depth != 0) {
      return invalid_argument("Depth of input ({}) is not a multiple of input depth of filter ({})", depth, filter_depth);
    }
    const int64_t groups = depth / filter_depth;
    if (groups == 0) return invalid_argument("Number of groups must not be 0");
    if (out_depth >= 0 && out_depth % groups != 0) {
      return invalid_argument("Depth of output ({}) is not a multiple of the number of groups ({})", out_depth, groups);
    }
  }
  RETURN_IF_ERROR(check_paddings(w.paddings, w.padding, w.format.channels_first));
  return set_places(c, w, x, filter, out_depth);
}

Status conv3d_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(const StaticWindow w, static_window(c, 3));
  if (c.concrete()) return concrete_shape(c, w);
  Shape x, filter;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 5, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 5, &filter));
  if (w.dilations.size() != 5) {
    return invalid_argument("Conv3D requires the dilation attribute to contain 5 values, but got: {}", w.dilations.size());
  }
  if (w.strides.size() != 5) {
    return invalid_argument("Conv3D requires the stride attribute to contain 5 values, but got: {}", w.strides.size());
  }
  int64_t depth;
  RETURN_IF_ERROR(c.merge_dim(x.dim(w.format.channels()), filter.dim(3), &depth));
  return set_places(c, w, x, filter, filter.dim(4));
}

Status depthwise_conv2d_shape(ShapeContext& c) {
  ASSIGN_OR_RETURN(StaticWindow w, static_window(c, 2));
  // TensorFlow's shape function takes no notice of dilations: neither does its kernel.
  w.dilations.assign(4, 1);
  Shape x, filter;
  if (c.concrete()) {
    if (c.input(0).rank() != 4) return invalid_argument("input must be 4-dimensional{}", c.input(0).str());
    if (c.input(1).rank() != 4) return invalid_argument("filter must be 4-dimensional: {}", c.input(1).str());
    const int64_t depth = c.input(0).dim(w.format.channels());
    if (depth != c.input(1).dim(2)) {
      return invalid_argument("input and filter must have the same depth: {} vs {}", depth, c.input(1).dim(2));
    }
  }
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &x));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 4, &filter));
  if (w.strides.size() != 4) {
    return invalid_argument("DepthwiseConv2D requires the stride attribute to contain 4 values, but got: {}",
                            w.strides.size());
  }
  int64_t depth, channels;
  RETURN_IF_ERROR(c.merge_dim(x.dim(w.format.channels()), filter.dim(2), &depth));
  RETURN_IF_ERROR(multiply_dims(depth, filter.dim(3), &channels));
  if (!c.concrete()) return set_places(c, w, x, filter, channels);
  int64_t places[2];
  for (int i = 0; i < 2; ++i) {
    WindowDim d{.in = x.dim(w.format.spatial(i)), .kernel = filter.dim(i), .stride = w.strides[w.format.spatial(i)]};
    RETURN_IF_ERROR(d.fit(w.padding));
    places[i] = d.out;
  }
  c.set_output(0, w.format.shape(x.dim(0), places, channels));
  return OkStatus();
}

}  // namespace reflow::ops
