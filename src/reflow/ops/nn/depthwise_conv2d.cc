// DepthwiseConv2dNative, in which each channel has filters of its own, and its backward ops.

#include <algorithm>
#include <vector>

#include "convolution_op.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

using namespace op;

// Images [batch, in.., channels], a filter [kernel.., channels, multiplier], results [batch, out.., channels * multiplier].
struct Depthwise {
  int64_t batch, channels, multiplier;
  WindowDim rows, columns;
  int64_t out_channels() const { return channels * multiplier; }
};

struct DepthwiseAttrs {
  explicit DepthwiseAttrs(KernelInit& c)
      : channels_first(is_channels_first(c.attr<std::string>("data_format"))),
        padding(padding_from(c.attr<std::string>("padding"))),
        strides(c.attr<std::vector<int64_t>>("strides")) {
    if (strides.size() != 4) {
      c.fail(invalid_argument("Sliding window strides field must specify 4 dimensions"));
    } else if (const ImageFormat format(channels_first, 4); strides[0] != 1 || strides[format.channels()] != 1) {
      c.fail(invalid_argument("Current implementation does not yet support strides in the batch and depth dimensions."));
    } else if (strides[format.spatial(0)] <= 0 || strides[format.spatial(1)] <= 0) {
      c.fail(invalid_argument("Row and column strides should be larger than 0."));
    } else if (strides[format.spatial(0)] != strides[format.spatial(1)]) {
      c.fail(invalid_argument("Current implementation only supports equal length strides in the row and column dimensions."));
    }
  }

  StatusOr<Depthwise> sizes(const Shape& x, const Shape& filter, const Shape* dy) const {
    if (x.rank() != 4) return invalid_argument("input must be 4-dimensional{}", x.str());
    if (filter.rank() != 4) return invalid_argument("filter must be 4-dimensional: {}", filter.str());
    const ImageFormat format(channels_first, 4);
    Depthwise d{x.dim(0), x.dim(format.channels()), filter.dim(3), {}, {}};
    if (d.channels != filter.dim(2)) {
      return invalid_argument("input and filter must have the same depth: {} vs {}", d.channels, filter.dim(2));
    }
    d.rows = {.in = x.dim(format.spatial(0)), .kernel = filter.dim(0), .stride = strides[format.spatial(0)]};
    d.columns = {.in = x.dim(format.spatial(1)), .kernel = filter.dim(1), .stride = strides[format.spatial(1)]};
    RETURN_IF_ERROR(d.rows.fit(padding));
    RETURN_IF_ERROR(d.columns.fit(padding));
    if (dy == nullptr) return d;
    const int64_t places[] = {d.rows.out, d.columns.out};
    if (!(*dy == format.shape(d.batch, places, d.out_channels()))) {
      return invalid_argument("out_backprop must have shape {}, the output's, but has {}",
                              format.shape(d.batch, places, d.out_channels()).str(), dy->str());
    }
    return d;
  }

  bool channels_first;
  Padding padding;
  std::vector<int64_t> strides;
};

// Calls visit(x row, filter row, begin, end): the columns of the filter that lie within the image at output column `o`.
struct Taps {
  Taps(const WindowDim& d, int64_t o) : first(o * d.stride - d.before) { d.taps(o, &begin, &end); }
  int64_t first, begin, end;
};

template <typename T>
class DepthwiseConv2d : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit DepthwiseConv2d(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Depthwise d, attrs_.sizes(c.input(0).shape(), c.input(1).shape(), nullptr));
    ASSIGN_OR_RETURN(const Tensor x, channels_last(c, c.input(0), attrs_.channels_first));
    const T* filter = c.input(1).data<T>();
    return into_output<T>(c, attrs_.channels_first, [&](T* y) {
      const double cost = 0.4 * d.columns.out * d.out_channels() * d.rows.kernel * d.columns.kernel;
      c.pool().parallel_for(d.batch * d.rows.out, cost, [&](int64_t begin, int64_t end) {
        std::vector<C> sums(d.out_channels());
        for (int64_t r = begin; r < end; ++r) row(d, x.data<T>(), filter, r, sums.data(), y);
      });
      return OkStatus();
    });
  }

 private:
  static void row(const Depthwise& d, const T* x, const T* filter, int64_t r, C* sums, T* y) {
    const int64_t n = r / d.rows.out, channels = d.channels, multiplier = d.multiplier, outs = d.out_channels();
    const Taps rows(d.rows, r % d.rows.out);
    for (int64_t o = 0; o < d.columns.out; ++o) {
      const Taps columns(d.columns, o);
      simd_loop([=, &d]() REFLOW_SIMD_BODY {
        for (int64_t j = 0; j < outs; ++j) sums[j] = C(0);
        for (int64_t i = rows.begin; i < rows.end; ++i) {
          for (int64_t k = columns.begin; k < columns.end; ++k) {
            const T* from = x + ((n * d.rows.in + rows.first + i) * d.columns.in + columns.first + k) * channels;
            const T* w = filter + (i * d.columns.kernel + k) * outs;
            if (multiplier == 1) {
              for (int64_t j = 0; j < channels; ++j) sums[j] += static_cast<C>(from[j]) * static_cast<C>(w[j]);
            } else {
              for (int64_t j = 0; j < channels; ++j) {
                const C v = static_cast<C>(from[j]);
                for (int64_t m = 0; m < multiplier; ++m) sums[j * multiplier + m] += v * static_cast<C>(w[j * multiplier + m]);
              }
            }
          }
        }
        T* to = y + (r * d.columns.out + o) * outs;
        for (int64_t j = 0; j < outs; ++j) to[j] = static_cast<T>(sums[j]);
      });
    }
  }

  const DepthwiseAttrs attrs_;
};

template <typename T>
class DepthwiseToInput : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit DepthwiseToInput(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Depthwise d, attrs_.sizes(c.output(0).shape(), c.input(1).shape(), &c.input(2).shape()));
    ASSIGN_OR_RETURN(const Tensor dy, channels_last(c, c.input(2), attrs_.channels_first));
    const T* filter = c.input(1).data<T>();
    return into_output<T>(c, attrs_.channels_first, [&](T* dx) {
      const double cost = 0.4 * d.columns.in * d.out_channels() * d.rows.kernel * d.columns.kernel / d.rows.stride;
      c.pool().parallel_for(d.batch * d.rows.in, cost, [&](int64_t begin, int64_t end) {
        std::vector<C> sums(d.columns.in * d.channels);
        for (int64_t r = begin; r < end; ++r) row(d, dy.data<T>(), filter, r, sums.data(), dx);
      });
      return OkStatus();
    });
  }

 private:
  // to[j] += the sum of g[j, m] * w[j, m] over m.
  static void add_products(const T* g, const T* w, int64_t channels, int64_t multiplier, C* to) {
    simd_loop([=]() REFLOW_SIMD_BODY {
      if (multiplier == 1) {
        for (int64_t j = 0; j < channels; ++j) to[j] += static_cast<C>(g[j]) * static_cast<C>(w[j]);
        return;
      }
      for (int64_t j = 0; j < channels; ++j) {
        C sum = 0;
        for (int64_t m = 0; m < multiplier; ++m) {
          sum += static_cast<C>(g[j * multiplier + m]) * static_cast<C>(w[j * multiplier + m]);
        }
        to[j] += sum;
      }
    });
  }

  // Row r of dL/dx gathers from the output rows whose windows have it.
  static void row(const Depthwise& d, const T* dy, const T* filter, int64_t r, C* sums, T* dx) {
    const int64_t n = r / d.rows.in, in_row = r % d.rows.in, outs = d.out_channels(), size = d.columns.in * d.channels;
    std::fill_n(sums, size, C(0));
    for (int64_t k = 0; k < d.rows.kernel; ++k) {
      const int64_t at = in_row + d.rows.before - k;
      if (at < 0 || at % d.rows.stride != 0 || at / d.rows.stride >= d.rows.out) continue;
      const T* from = dy + (n * d.rows.out + at / d.rows.stride) * d.columns.out * outs;
      for (int64_t o = 0; o < d.columns.out; ++o) {
        const Taps columns(d.columns, o);
        for (int64_t q = columns.begin; q < columns.end; ++q) {
          const T* w = filter + (k * d.columns.kernel + q) * outs;
          add_products(from + o * outs, w, d.channels, d.multiplier, sums + (columns.first + q) * d.channels);
        }
      }
    }
    for (int64_t i = 0; i < size; ++i) dx[r * size + i] = static_cast<T>(sums[i]);
  }

  const DepthwiseAttrs attrs_;
};

template <typename T>
class DepthwiseToFilter : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit DepthwiseToFilter(KernelInit& c) : attrs_(c) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Depthwise d, attrs_.sizes(c.input(0).shape(), c.output(0).shape(), &c.input(2).shape()));
    ASSIGN_OR_RETURN(const Tensor x, channels_last(c, c.input(0), attrs_.channels_first));
    ASSIGN_OR_RETURN(const Tensor dy, channels_last(c, c.input(2), attrs_.channels_first));
    T* dfilter = c.output(0).data<T>();
    // One element of the filter, for all channels, is a task of its own.
    const double cost = 0.4 * d.batch * d.rows.out * d.columns.out * d.out_channels();
    c.pool().parallel_for(d.rows.kernel * d.columns.kernel, cost, [&](int64_t begin, int64_t end) {
      std::vector<C> sums(d.out_channels()), row_sums(d.out_channels());
      for (int64_t tap = begin; tap < end; ++tap) {
        one_tap(d, x.data<T>(), dy.data<T>(), tap, sums.data(), row_sums.data(), dfilter);
      }
    });
    return OkStatus();
  }

 private:
  static void one_tap(const Depthwise& d, const T* x, const T* dy, int64_t tap, C* sums, C* row_sums, T* dfilter) {
    const int64_t i = tap / d.columns.kernel, k = tap % d.columns.kernel, outs = d.out_channels();
    std::fill_n(sums, outs, C(0));
    for (int64_t r = 0; r < d.batch * d.rows.out; ++r) {
      const int64_t in_row = r % d.rows.out * d.rows.stride - d.rows.before + i;
      if (in_row < 0 || in_row >= d.rows.in) continue;
      const T* from = x + (r / d.rows.out * d.rows.in + in_row) * d.columns.in * d.channels;
      const T* g = dy + r * d.columns.out * outs;
      simd_loop([&]() REFLOW_SIMD_BODY {
        for (int64_t j = 0; j < outs; ++j) row_sums[j] = C(0);
        for (int64_t o = 0; o < d.columns.out; ++o) {
          const int64_t column = o * d.columns.stride - d.columns.before + k;
          if (column < 0 || column >= d.columns.in) continue;
          if (outs == d.channels) {
            const T *image = from + column * outs, *gradient = g + o * outs;
            for (int64_t j = 0; j < outs; ++j) row_sums[j] += static_cast<C>(image[j]) * static_cast<C>(gradient[j]);
            continue;
          }
          for (int64_t j = 0; j < d.channels; ++j) {
            const C v = static_cast<C>(from[column * d.channels + j]);
            for (int64_t m = 0; m < d.multiplier; ++m) {
              row_sums[j * d.multiplier + m] += v * static_cast<C>(g[o * outs + j * d.multiplier + m]);
            }
          }
        }
        for (int64_t j = 0; j < outs; ++j) sums[j] += row_sums[j];
      });
    }
    for (int64_t j = 0; j < outs; ++j) dfilter[tap * outs + j] = static_cast<T>(sums[j]);
  }

  const DepthwiseAttrs attrs_;
};

AttrMap window_attrs(GradContext& g) { return copied_attrs(g, {"strides", "padding", "data_format", "dilations"}); }

REFLOW_OP("DepthwiseConv2dNative")
    .input("input: T")
    .input("filter: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Convolves each channel of input [batch, height, width, channels] with filters of its own, filter [height, width, "
         "channels, multiplier]: channel c gives the output's channels c * multiplier to (c + 1) * multiplier. As in "
         "TensorFlow, dilations are not looked at.")
    .shape(depthwise_conv2d_shape)
    .kernel<DepthwiseConv2d>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint input_shape = g.shape(g.x(0));
      g.dx(0) = g.op("DepthwiseConv2dNativeBackpropInput", {input_shape, g.x(1), g.dy(0)}, window_attrs(g));
      const Endpoint filter_shape = g.shape(g.x(1));
      g.dx(1) = g.op("DepthwiseConv2dNativeBackpropFilter", {g.x(0), filter_shape, g.dy(0)}, window_attrs(g));
    });

REFLOW_OP("DepthwiseConv2dNativeBackpropInput")
    .input("input_sizes: int32")
    .input("filter: T")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Computes the gradient of DepthwiseConv2dNative to its input, of shape input_sizes.")
    .shape(shape_from_input<0, 4>)
    .kernel<DepthwiseToInput>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint filter_shape = g.shape(g.x(1));
      g.dx(1) = g.op("DepthwiseConv2dNativeBackpropFilter", {g.dy(0), filter_shape, g.x(2)}, window_attrs(g));
      g.dx(2) = g.op("DepthwiseConv2dNative", {g.dy(0), g.x(1)}, window_attrs(g));
    });

REFLOW_OP("DepthwiseConv2dNativeBackpropFilter")
    .input("input: T")
    .input("filter_sizes: int32")
    .input("out_backprop: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double}")
    .attr("strides: list(int)")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("dilations: list(int) = [1, 1, 1, 1]")
    .doc("Computes the gradient of DepthwiseConv2dNative to its filter, of shape filter_sizes.")
    .shape(shape_from_input<1, 4>)
    .kernel<DepthwiseToFilter>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint input_shape = g.shape(g.x(0));
      g.dx(0) = g.op("DepthwiseConv2dNativeBackpropInput", {input_shape, g.dy(0), g.x(2)}, window_attrs(g));
      g.dx(2) = g.op("DepthwiseConv2dNative", {g.x(0), g.dy(0)}, window_attrs(g));
    });

}  // namespace
}  // namespace reflow::ops
