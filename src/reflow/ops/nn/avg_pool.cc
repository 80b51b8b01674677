// AvgPool in two and three dimensions and its gradient. Padding doesn't count: a window at the border has less elements.

#include <vector>

#include "convolution_shape.h"
#include "pooling.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T, int kRank>
class AvgPoolKernel : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit AvgPoolKernel(KernelInit& c) : attrs_(PoolingAttrs::of(c, kRank)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Pooling p, attrs_.sizes(c.input(0).shape()));
    if (p.depth_window > 1) return unimplemented("Non-spatial pooling is not yet supported. Volunteers? :)");
    ASSIGN_OR_RETURN(const Tensor images, channels_last(c, c.input(0), attrs_.channels_first));
    const T* x = images.data<T>();
    return into_output<T>(c, attrs_.channels_first, [&](T* y) {
      const int64_t area = p.out_area(), channels = p.channels;
      c.pool().parallel_for(p.batch * area, 0.15 * channels * p.window_area() + 5, [&](int64_t begin, int64_t end) {
        std::vector<C> buffer(channels);
        simd_loop([&, sums = buffer.data()]() REFLOW_SIMD_BODY {
          for (int64_t o = begin; o < end; ++o) {
            const T* image = x + o / area * p.in_area() * channels;
            for (int64_t j = 0; j < channels; ++j) sums[j] = C(0);
            int64_t count = 0;
            for_each_tap(p, o % area, [&](int64_t at) REFLOW_SIMD_BODY {
              for (int64_t j = 0; j < channels; ++j) sums[j] += static_cast<C>(image[at + j]);
              ++count;
            });
            const C n = static_cast<C>(count);
            for (int64_t j = 0; j < channels; ++j) y[o * channels + j] = static_cast<T>(sums[j] / n);
          }
        });
      });
      return OkStatus();
    });
  }

 private:
  const PoolingAttrs attrs_;
};

template <typename T, int kRank>
class AvgPoolGradKernel : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit AvgPoolGradKernel(KernelInit& c) : attrs_(PoolingAttrs::of(c, kRank)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Pooling p, attrs_.sizes(c.output(0).shape()));
    if (p.depth_window > 1) return unimplemented("Non-spatial pooling is not yet supported. Volunteers? :)");
    RETURN_IF_ERROR(check_pooled_shape(p, ImageFormat(attrs_.channels_first, kRank + 2), c.input(1).shape(), "grad"));
    ASSIGN_OR_RETURN(const Tensor grad, channels_last(c, c.input(1), attrs_.channels_first));
    const T* dy = grad.data<T>();
    return into_output<T>(c, attrs_.channels_first, [&](T* dx) {
      const int64_t area = p.out_area(), size = p.in_area() * p.channels, channels = p.channels;
      c.pool().parallel_for(p.batch, 0.3 * area * channels * p.window_area() + size, [&](int64_t begin, int64_t end) {
        std::vector<C> sums(std::is_same_v<C, T> ? 0 : size), shares(channels);
        for (int64_t n = begin; n < end; ++n) {
          C* to;
          if constexpr (std::is_same_v<C, T>) {
            to = dx + n * size;
          } else {
            to = sums.data();
          }
          simd_loop([&, share = shares.data()]() REFLOW_SIMD_BODY {
            for (int64_t i = 0; i < size; ++i) to[i] = C(0);
            for (int64_t o = 0; o < area; ++o) {
              int64_t count = 0;
              for_each_tap(p, o, [&](int64_t) REFLOW_SIMD_BODY { ++count; });
              const T* g = dy + (n * area + o) * channels;
              const C divisor = static_cast<C>(count);
              for (int64_t j = 0; j < channels; ++j) share[j] = static_cast<C>(g[j]) / divisor;
              for_each_tap(p, o, [&](int64_t at) REFLOW_SIMD_BODY {
                for (int64_t j = 0; j < channels; ++j) to[at + j] += share[j];
              });
            }
          });
          if constexpr (!std::is_same_v<C, T>) {
            for (int64_t i = 0; i < size; ++i) dx[n * size + i] = static_cast<T>(to[i]);
          }
        }
      });
      return OkStatus();
    });
  }

 private:
  const PoolingAttrs attrs_;
};

template <typename T>
using AvgPool = AvgPoolKernel<T, 2>;
template <typename T>
using AvgPoolGrad = AvgPoolGradKernel<T, 2>;
template <typename T>
using AvgPool3D = AvgPoolKernel<T, 3>;
template <typename T>
using AvgPool3DGrad = AvgPoolGradKernel<T, 3>;

AttrMap window_attrs(GradContext& g) { return copied_attrs(g, {"ksize", "strides", "padding", "data_format"}); }

REFLOW_OP("AvgPool")
    .input("value: T")
    .output("output: T")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("T: {half, bfloat16, float, double}")
    .doc("The average of each window of value [batch, height, width, channels]; padding doesn't count.")
    .shape(avg_pool_shape)
    .kernel<AvgPool>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint shape = g.shape(g.x(0));
      g.dx(0) = g.op("AvgPoolGrad", {shape, g.dy(0)}, window_attrs(g));
    });

REFLOW_OP("AvgPoolGrad")
    .input("orig_input_shape: int32")
    .input("grad: T")
    .output("output: T")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("T: {half, bfloat16, float, double}")
    .doc("The gradient of AvgPool to its input, of shape orig_input_shape: each element of grad is shared out to its window.")
    .shape(shape_from_input<0, 4>)
    .kernel<AvgPoolGrad>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("StopGradient", {g.x(0)});
      g.dx(1) = g.op("AvgPool", {g.dy(0)}, window_attrs(g));
    });

REFLOW_OP("AvgPool3D")
    .input("input: T")
    .output("output: T")
    .attr("ksize: list(int) >= 5")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("T: {half, bfloat16, float, double}")
    .doc("The average of each window of input [batch, depth, height, width, channels]; padding doesn't count.")
    .shape(pool3d_shape)
    .kernel<AvgPool3D>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      const Endpoint shape = g.shape(g.x(0));
      g.dx(0) = g.op("AvgPool3DGrad", {shape, g.dy(0)}, window_attrs(g));
    });

REFLOW_OP("AvgPool3DGrad")
    .input("orig_input_shape: int32")
    .input("grad: T")
    .output("output: T")
    .attr("ksize: list(int) >= 5")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("T: {half, bfloat16, float, double}")
    .doc("The gradient of AvgPool3D to its input, of shape orig_input_shape.")
    .shape(shape_from_input<0, 5>)
    .kernel<AvgPool3DGrad>(kCpu, kFloatTypes)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("StopGradient", {g.x(0)});
      g.dx(1) = g.op("AvgPool3D", {g.dy(0)}, window_attrs(g));
    });

}  // namespace
}  // namespace reflow::ops
