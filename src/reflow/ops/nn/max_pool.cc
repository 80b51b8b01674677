// MaxPool in two and three dimensions, its gradient and the gradient of that.

#include <algorithm>
#include <limits>
#include <vector>

#include "pooling.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename C>
constexpr C kLowest = std::numeric_limits<C>::has_infinity ? -std::numeric_limits<C>::infinity() : std::numeric_limits<C>::lowest();

// best[channel] = the largest element of the window at place `o` of an image.
template <typename T, typename C>
inline __attribute__((always_inline)) void window_max(const Pooling& p, const T* image, int64_t o, C* best) {
  for (int64_t j = 0; j < p.channels; ++j) best[j] = kLowest<C>;
  for_each_tap(p, o, [=](int64_t at) REFLOW_SIMD_BODY {
    for (int64_t j = 0; j < p.channels; ++j) {
      const C v = static_cast<C>(image[at + j]);
      best[j] = best[j] < v ? v : best[j];
    }
  });
}

// Are all windows 2x2 elements of a plane, side by side and within it?
inline bool has_quads(const Pooling& p) {
  for (int i = 0; i < 2; ++i) {
    const WindowDim& d = p.dims[i];
    if (d.kernel != 2 || d.stride != 2 || d.before != 0 || d.dilation != 1 || 2 * d.out > d.in) return false;
  }
  return p.dims[2].in == 1 && p.dims[2].kernel == 1;
}

// Where the elements of the window at place `o` lie that are within the image, at most four: their number. `quads`:
// has_quads(p).
inline __attribute__((always_inline)) int four_taps(const Pooling& p, bool quads, int64_t o, int64_t* at) {
  if (quads) {
    const int64_t width = p.dims[1].in, across = p.dims[1].out;
    at[0] = (o / across * 2 * width + o % across * 2) * p.channels;
    at[1] = at[0] + p.channels;
    at[2] = at[0] + width * p.channels;
    at[3] = at[2] + p.channels;
    return 4;
  }
  int taps = 0;
  for_each_tap(p, o, [&](int64_t place) REFLOW_SIMD_BODY { at[taps++] = place; });
  return taps;
}

// The gradient of max pooling in a plane for windows that don't overlap: every element lies in one window at most, which
// says all of its gradient.
template <typename T>
void max_pool_gradient_apart(const Pooling& p, const T* image, const T* dy, T* dx) {
  const int64_t channels = p.channels, area = p.out_area();
  const WindowDim &d1 = p.dims[0], &d2 = p.dims[1];
  const bool covered = d1.kernel == d1.stride && d1.out * d1.kernel == d1.in && d2.kernel == d2.stride &&
                       d2.out * d2.kernel == d2.in;
  const bool quads = has_quads(p);
  simd_loop([&]() REFLOW_SIMD_BODY {
    if (!covered) {
      for (int64_t i = 0; i < p.in_area() * channels; ++i) dx[i] = T(0);
    }
    int64_t at[4];
    for (int64_t o = 0; o < area; ++o) {
      const int taps = four_taps(p, quads, o, at);
      const T* g = dy + o * channels;
      if (taps == 4) {
        const T *x0 = image + at[0], *x1 = image + at[1], *x2 = image + at[2], *x3 = image + at[3];
        T *dx0 = dx + at[0], *dx1 = dx + at[1], *dx2 = dx + at[2], *dx3 = dx + at[3];
#pragma GCC ivdep
        for (int64_t j = 0; j < channels; ++j) {
          const T a = x0[j], b = x1[j], c = x2[j], d = x3[j];
          T best = kLowest<T>;
          best = best < a ? a : best, best = best < b ? b : best, best = best < c ? c : best, best = best < d ? d : best;
          T left = g[j];
          dx0[j] = a == best ? left : T(0), left = a == best ? T(0) : left;
          dx1[j] = b == best ? left : T(0), left = b == best ? T(0) : left;
          dx2[j] = c == best ? left : T(0), left = c == best ? T(0) : left;
          dx3[j] = d == best ? left : T(0);
        }
        continue;
      }
      for (int64_t j = 0; j < channels; ++j) {
        T best = kLowest<T>, left = g[j];
        for (int k = 0; k < taps; ++k) best = best < image[at[k] + j] ? image[at[k] + j] : best;
        for (int k = 0; k < taps; ++k) {
          const bool here = image[at[k] + j] == best;
          dx[at[k] + j] = here ? left : T(0);
          left = here ? T(0) : left;
        }
      }
    }
  });
}

// Are the windows those that max_pool_gradient_apart is for?
inline bool are_apart(const Pooling& p) {
  const WindowDim &d1 = p.dims[0], &d2 = p.dims[1];
  return d1.kernel <= d1.stride && d2.kernel <= d2.stride && d1.kernel * d2.kernel <= 4;
}

// The same for windows of four elements, written to y; false: some of them lie beyond the border.
template <typename T>
inline __attribute__((always_inline)) bool four_max(const Pooling& p, bool quads, const T* image, int64_t o, T* y) {
  int64_t at[4];
  if (four_taps(p, quads, o, at) != 4) return false;
  const T *x0 = image + at[0], *x1 = image + at[1], *x2 = image + at[2], *x3 = image + at[3];
  for (int64_t j = 0; j < p.channels; ++j) {
    T best = kLowest<T>;
    best = best < x0[j] ? x0[j] : best, best = best < x1[j] ? x1[j] : best;
    best = best < x2[j] ? x2[j] : best, best = best < x3[j] ? x3[j] : best;
    y[j] = best;
  }
  return true;
}

template <typename T>
void pool_places(ThreadPool& threads, const Pooling& p, const T* x, T* y) {
  using C = ComputeType<T>;
  const int64_t area = p.out_area();
  threads.parallel_for(p.batch * area, 0.15 * p.channels * p.window_area() + 5, [&](int64_t begin, int64_t end) {
    std::vector<C> best(p.channels);
    const bool four = std::is_same_v<C, T> && p.window_area() == 4, quads = has_quads(p);
    simd_loop([&]() REFLOW_SIMD_BODY {
      C* b = best.data();
      for (int64_t o = begin; o < end; ++o) {
        if (four && four_max(p, quads, x + o / area * p.in_area() * p.channels, o % area, y + o * p.channels)) continue;
        window_max(p, x + o / area * p.in_area() * p.channels, o % area, b);
        for (int64_t j = 0; j < p.channels; ++j) y[o * p.channels + j] = static_cast<T>(b[j]);
      }
    });
  });
}

template <typename T, int kRank>
class MaxPoolKernel : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit MaxPoolKernel(KernelInit& c) : attrs_(PoolingAttrs::of(c, kRank)) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const PoolingAttrs attrs, attrs_.with_inputs(c));
    ASSIGN_OR_RETURN(const Pooling p, attrs.sizes(c.input(0).shape()));
    ASSIGN_OR_RETURN(const Tensor images, channels_last(c, c.input(0), attrs.channels_first));
    if (!c.output(0).valid()) {
      const int64_t places[] = {p.dims[0].out, p.dims[1].out, p.dims[2].out};
      const ImageFormat format(attrs.channels_first, kRank + 2);
      RETURN_IF_ERROR(c.allocate_output(0, format.shape(p.batch, places, p.out_channels())));
    }
    const T* x = images.data<T>();
    return into_output<T>(c, attrs.channels_first, [&](T* y) {
      p.depth_window > 1 ? pool_depth(c.pool(), p, x, y) : pool_places(c.pool(), p, x, y);
      return OkStatus();
    });
  }

 private:
  static void pool_depth(ThreadPool& threads, const Pooling& p, const T* x, T* y) {
    const int64_t n = p.depth_window, row = p.dims[1].out * p.out_channels();
    threads.parallel_for(p.batch * p.dims[0].out, 1.0 * row * n, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const int64_t image = r / p.dims[0].out, i = r % p.dims[0].out * p.dims[0].stride;
        for (int64_t o = 0; o < p.dims[1].out; ++o) {
          const T* from = x + ((image * p.dims[0].in + i) * p.dims[1].in + o * p.dims[1].stride) * p.channels;
          for (int64_t j = 0; j < p.out_channels(); ++j) {
            C best = kLowest<C>;
            for (int64_t k = 0; k < n; ++k) best = std::max(best, static_cast<C>(from[j * n + k]));
            y[r * row + o * p.out_channels() + j] = static_cast<T>(best);
          }
        }
      }
    });
  }

  const PoolingAttrs attrs_;
};

// What both gradients have: inputs x, y and a third, and the sizes.
template <typename T, int kRank, bool kSecond>
class MaxPoolGradKernel : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit MaxPoolGradKernel(KernelInit& c) : attrs_(PoolingAttrs::of(c, kRank)) {}
  Status compute(KernelContext& c) override {
    if (c.input(2).dtype() != c.input(0).dtype()) {
      return unimplemented("{} needs inputs of one type, got {} and {}", c.node().type(), dtype_name(c.input(0).dtype()),
                           dtype_name(c.input(2).dtype()));
    }
    ASSIGN_OR_RETURN(const PoolingAttrs attrs, attrs_.with_inputs(c));
    const Shape &x_shape = c.input(0).shape(), &third = c.input(2).shape();
    ASSIGN_OR_RETURN(const Pooling p, attrs.sizes(x_shape));
    if (p.depth_window > 1) {
      return unimplemented("MaxPooling{} is not yet supported on the depth dimension.", kSecond ? "GradGrad" : "Grad");
    }
    const ImageFormat format(attrs.channels_first, kRank + 2);
    RETURN_IF_ERROR(check_pooled_shape(p, format, c.input(1).shape(), "orig_output"));
    if (kSecond) {
      if (!(third == x_shape)) {
        return invalid_argument("Expected grad shape to be {}, but got {}", x_shape.str(), third.str());
      }
    } else {
      RETURN_IF_ERROR(check_pooled_shape(p, format, third, "grad"));
    }
    ASSIGN_OR_RETURN(const Tensor x, channels_last(c, c.input(0), attrs.channels_first));
    ASSIGN_OR_RETURN(const Tensor grad, channels_last(c, c.input(2), attrs.channels_first));
    return into_output<T>(c, attrs.channels_first, [&](T* out) {
      kSecond ? second(c.pool(), p, x.data<T>(), grad.data<T>(), out) : first(c.pool(), p, x.data<T>(), grad.data<T>(), out);
      return OkStatus();
    });
  }

 private:
  // dL/dx: dL/dy goes to the first element of the window that has the largest value; in three dimensions, as in TensorFlow,
  // to all of them.
  static void first(ThreadPool& threads, const Pooling& p, const T* x, const T* dy, T* dx) {
    const int64_t area = p.out_area(), size = p.in_area() * p.channels, channels = p.channels;
    if constexpr (std::is_same_v<C, T> && kRank == 2) {
      if (are_apart(p)) {
        threads.parallel_for(p.batch, 1.0 * size, [&](int64_t begin, int64_t end) {
          for (int64_t n = begin; n < end; ++n) {
            max_pool_gradient_apart(p, x + n * size, dy + n * area * channels, dx + n * size);
          }
        });
        return;
      }
    }
    threads.parallel_for(p.batch, 0.5 * area * channels * p.window_area() + size, [&](int64_t begin, int64_t end) {
      std::vector<C> best(channels), rest(channels);
      std::vector<C> sums(std::is_same_v<C, T> ? 0 : size);
      for (int64_t n = begin; n < end; ++n) {
        const T* image = x + n * size;
        C* to;
        if constexpr (std::is_same_v<C, T>) {
          to = dx + n * size;
        } else {
          to = sums.data();
        }
        simd_loop([&, b = best.data(), left = rest.data()]() REFLOW_SIMD_BODY {
          for (int64_t i = 0; i < size; ++i) to[i] = C(0);
          for (int64_t o = 0; o < area; ++o) {
            window_max(p, image, o, b);
            const T* g = dy + (n * area + o) * channels;
            for (int64_t j = 0; j < channels; ++j) left[j] = static_cast<C>(g[j]);
            for_each_tap(p, o, [=](int64_t at) REFLOW_SIMD_BODY {
              for (int64_t j = 0; j < channels; ++j) {
                const bool here = static_cast<C>(image[at + j]) == b[j];
                to[at + j] += here ? left[j] : C(0);
                if (kRank == 2) left[j] = here ? C(0) : left[j];
              }
            });
          }
        });
        if constexpr (!std::is_same_v<C, T>) {
          for (int64_t i = 0; i < size; ++i) dx[n * size + i] = static_cast<T>(to[i]);
        }
      }
    });
  }

  // From a gradient in the shape of x: what the first element with the largest value has there.
  static void second(ThreadPool& threads, const Pooling& p, const T* x, const T* grad, T* out) {
    const int64_t area = p.out_area(), size = p.in_area() * p.channels, channels = p.channels;
    threads.parallel_for(p.batch * area, 0.5 * channels * p.window_area(), [&](int64_t begin, int64_t end) {
      std::vector<C> best(channels);
      std::vector<uint8_t> found(channels);
      for (int64_t o = begin; o < end; ++o) {
        const T* image = x + o / area * size;
        const T* g = grad + o / area * size;
        T* to = out + o * channels;
        window_max(p, image, o % area, best.data());
        std::fill(found.begin(), found.end(), 0);
        std::fill_n(to, channels, T(0));
        for_each_tap(p, o % area, [&](int64_t at) {
          for (int64_t j = 0; j < channels; ++j) {
            if (found[j] || static_cast<C>(image[at + j]) != best[j]) continue;
            to[j] = g[at + j];
            found[j] = 1;
          }
        });
      }
    });
  }

  const PoolingAttrs attrs_;
};

template <typename T>
using MaxPool = MaxPoolKernel<T, 2>;
template <typename T>
using MaxPoolGrad = MaxPoolGradKernel<T, 2, false>;
template <typename T>
using MaxPoolGradGrad = MaxPoolGradKernel<T, 2, true>;
template <typename T>
using MaxPool3D = MaxPoolKernel<T, 3>;
template <typename T>
using MaxPool3DGrad = MaxPoolGradKernel<T, 3, false>;
template <typename T>
using MaxPool3DGradGrad = MaxPoolGradKernel<T, 3, true>;

constexpr Types<Half, Bfloat16, float> kMaxPool3DTypes{};

template <int rank>
Status shape_of_x(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), rank, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

// MaxPoolGradGrad's output has the shape of y, its third input that of x.
Status second_shape(ShapeContext& c) {
  const bool in_3d = c.node().type() == "MaxPool3DGradGrad";
  RETURN_IF_ERROR(in_3d ? pool3d_shape(c) : max_pool_shape(c));
  Shape merged;
  RETURN_IF_ERROR(c.merge(c.input(0), c.input(2), &merged));
  return c.merge(c.input(1), c.output(0), &merged);
}

AttrMap window_attrs(GradContext& g) { return copied_attrs(g, {"ksize", "strides", "padding", "data_format"}); }

Endpoint zeros_like_input(GradContext& g, int i) {
  const Endpoint shape = g.shape(g.x(i));
  return shape ? zeros(g, shape, g.x(i).dtype()) : Endpoint();
}

// The gradient of MaxPoolGrad(x, y, dy) to dy, by `type`; x and y only choose, so that theirs is 0.
void first_order_gradient(GradContext& g, const char* type) {
  g.dx(0) = zeros_like_input(g, 0);
  g.dx(1) = zeros_like_input(g, 1);
  std::vector<OpInput> inputs{g.x(0), g.x(1), g.dy(0)};
  for (int i = 3; i < g.num_inputs(); ++i) inputs.push_back(g.x(i));
  g.dx(2) = g.op(type, std::move(inputs), window_attrs(g));
}

REFLOW_OP("MaxPool")
    .input("input: T")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} = DT_FLOAT")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'")
    .doc("The largest element of each window of input [batch, height, width, channels].")
    .shape(max_pool_shape)
    .kernel<MaxPool>(kCpu, kRealTypes)
    .gradient([](GradContext& g) { g.dx(0) = g.op("MaxPoolGrad", {g.x(0), g.y(0), g.dy(0)}, window_attrs(g)); });

REFLOW_OP("MaxPoolV2")
    .input("input: T")
    .input("ksize: int32")
    .input("strides: int32")
    .output("output: T")
    .attr("T: {half, bfloat16, float, double, int32, int64, uint8, int16, int8, uint16, qint8} = DT_FLOAT")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW', 'NCHW_VECT_C'} = 'NHWC'")
    .doc("As MaxPool, with the sizes and strides of the window as inputs.")
    .shape(max_pool_shape)
    .kernel<MaxPool>(kCpu, kRealTypes)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("MaxPoolGradV2", {g.x(0), g.y(0), g.dy(0), g.x(1), g.x(2)}, window_attrs(g));
    });

REFLOW_OP("MaxPoolGrad")
    .input("orig_input: T")
    .input("orig_output: T")
    .input("grad: T")
    .output("output: T")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64} = DT_FLOAT")
    .doc("The gradient of MaxPool to its input: grad goes to the first of the largest elements of each window.")
    .shape(shape_of_x<4>)
    .kernel<MaxPoolGrad>(kCpu, kRealTypes)
    .gradient([](GradContext& g) { first_order_gradient(g, "MaxPoolGradGrad"); });

REFLOW_OP("MaxPoolGradV2")
    .input("orig_input: T")
    .input("orig_output: T")
    .input("grad: T")
    .input("ksize: int32")
    .input("strides: int32")
    .output("output: T")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64} = DT_FLOAT")
    .doc("As MaxPoolGrad, with the sizes and strides of the window as inputs.")
    .shape(shape_of_x<4>)
    .kernel<MaxPoolGrad>(kCpu, kRealTypes)
    .gradient([](GradContext& g) { first_order_gradient(g, "MaxPoolGradGradV2"); });

REFLOW_OP("MaxPoolGradGrad")
    .input("orig_input: T")
    .input("orig_output: T")
    .input("grad: T")
    .output("output: T")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The gradient of MaxPoolGrad to its input grad: of each window the element of grad, which has the shape of "
         "orig_input, where orig_input is largest.")
    .shape(second_shape)
    .kernel<MaxPoolGradGrad>(kCpu, kRealTypes)
    .gradient([](GradContext& g) { first_order_gradient(g, "MaxPoolGrad"); });

REFLOW_OP("MaxPoolGradGradV2")
    .input("orig_input: T")
    .input("orig_output: T")
    .input("grad: T")
    .input("ksize: int32")
    .input("strides: int32")
    .output("output: T")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NHWC', 'NCHW'} = 'NHWC'")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("As MaxPoolGradGrad, with the sizes and strides of the window as inputs.")
    .shape(second_shape)
    .kernel<MaxPoolGradGrad>(kCpu, kRealTypes);

REFLOW_OP("MaxPool3D")
    .input("input: T")
    .output("output: T")
    .attr("ksize: list(int) >= 5")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("T: {half, bfloat16, float}")
    .doc("The largest element of each window of input [batch, depth, height, width, channels].")
    .shape(pool3d_shape)
    .kernel<MaxPool3D>(kCpu, kMaxPool3DTypes)
    .gradient([](GradContext& g) { g.dx(0) = g.op("MaxPool3DGrad", {g.x(0), g.y(0), g.dy(0)}, window_attrs(g)); });

REFLOW_OP("MaxPool3DGrad")
    .input("orig_input: TInput")
    .input("orig_output: TInput")
    .input("grad: T")
    .output("output: T")
    .attr("ksize: list(int) >= 5")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("T: {half, bfloat16, float} = DT_FLOAT")
    .attr("TInput: {half, bfloat16, float} = DT_FLOAT")
    .doc("The gradient of MaxPool3D to its input: grad goes to all of the largest elements of each window.")
    .shape(shape_of_x<5>)
    .kernel<MaxPool3DGrad>(kCpu, kMaxPool3DTypes, "TInput")
    .gradient([](GradContext& g) { first_order_gradient(g, "MaxPool3DGradGrad"); });

REFLOW_OP("MaxPool3DGradGrad")
    .input("orig_input: T")
    .input("orig_output: T")
    .input("grad: T")
    .output("output: T")
    .attr("ksize: list(int) >= 5")
    .attr("strides: list(int) >= 5")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("data_format: {'NDHWC', 'NCDHW'} = 'NDHWC'")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The gradient of MaxPool3DGrad to its input grad: of each window the element of grad, which has the shape of "
         "orig_input, where orig_input is largest.")
    .shape(second_shape)
    .kernel<MaxPool3DGradGrad>(kCpu, kMaxPool3DTypes)
    .gradient([](GradContext& g) { first_order_gradient(g, "MaxPool3DGrad"); });

}  // namespace

void max_pool(ThreadPool& threads, const Pooling& p, const float* x, float* y) { pool_places(threads, p, x, y); }

}  // namespace reflow::ops
