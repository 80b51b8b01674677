// MaxPool that also gives where the largest elements are, and the gradients that use it.

#include <vector>

#include "pooling.h"
#include "reflow/op/compute_type.h"
#include "reflow/op/gradient_ops.h"
#include "reflow/op/indices.h"

namespace reflow::ops {
namespace {

using namespace op;

template <typename T>
class MaxPoolWithArgmax : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit MaxPoolWithArgmax(KernelInit& c)
      : attrs_(PoolingAttrs::of(c, 2)), with_batch_(c.attr<bool>("include_batch_in_index")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const Pooling p, attrs_.sizes(c.input(0).shape()));
    if (p.depth_window > 1) return unimplemented("Non-spatial pooling is not yet supported. Volunteers? :)");
    const T* x = c.input(0).data<T>();
    T* y = c.output(0).data<T>();
    Tensor& argmax = c.output(1);
    const int64_t area = p.out_area(), size = p.in_area() * p.channels;
    c.pool().parallel_for(p.batch * area, 1.0 * p.channels * p.window_area(), [&](int64_t begin, int64_t end) {
      std::vector<int64_t> best(p.channels);
      for (int64_t o = begin; o < end; ++o) {
        const T* image = x + o / area * size;
        std::fill(best.begin(), best.end(), -1);
        for_each_tap(p, o % area, [&](int64_t at) {
          for (int64_t j = 0; j < p.channels; ++j) {
            if (best[j] < 0 || static_cast<C>(image[best[j]]) < static_cast<C>(image[at + j])) best[j] = at + j;
          }
        });
        for (int64_t j = 0; j < p.channels; ++j) {
          y[o * p.channels + j] = image[best[j]];
          put_int(argmax, o * p.channels + j, best[j] + (with_batch_ ? o / area * size : 0));
        }
      }
    });
    return OkStatus();
  }

 private:
  const PoolingAttrs attrs_;
  const bool with_batch_;
};

// Inputs x, a gradient and argmax. Forward (dL/dx): adds dL/dy, of y's shape, where the largest elements were; backward
// of that: gathers there.
template <typename T, bool kGather>
class WithArgmaxGrad : public Kernel {
  using C = ComputeType<T>;

 public:
  explicit WithArgmaxGrad(KernelInit& c)
      : attrs_(PoolingAttrs::of(c, 2)), with_batch_(c.attr<bool>("include_batch_in_index")) {}
  Status compute(KernelContext& c) override {
    const Shape& x = c.input(0).shape();
    ASSIGN_OR_RETURN(const Pooling p, attrs_.sizes(x));
    const ImageFormat format(false, 4);
    if (kGather && !(c.input(1).shape() == x)) {
      return invalid_argument("Expected grad shape to be {}, but got {}", x.str(), c.input(1).shape().str());
    }
    if (!kGather) RETURN_IF_ERROR(check_pooled_shape(p, format, c.input(1).shape(), "grad"));
    RETURN_IF_ERROR(check_pooled_shape(p, format, c.input(2).shape(), "argmax"));
    const IndexReader argmax(c.input(2));
    const T* grad = c.input(1).data<T>();
    T* out = c.output(0).data<T>();
    const int64_t size = p.in_area() * p.channels, pooled = p.out_area() * p.out_channels();
    for (int64_t i = 0; i < argmax.size(); ++i) {
      const int64_t at = place(argmax[i], i / pooled, size);
      if (at < i / pooled * size || at >= (i / pooled + 1) * size) {
        return invalid_argument("Invalid output gradient index: {} is not within image {} of {} elements", argmax[i],
                                i / pooled, size);
      }
    }
    if constexpr (kGather) {
      for (int64_t i = 0; i < argmax.size(); ++i) out[i] = grad[place(argmax[i], i / pooled, size)];
    } else {
      c.pool().parallel_for(p.batch, 1.0 * size + 2.0 * pooled, [&](int64_t begin, int64_t end) {
        std::vector<C> sums(size);
        for (int64_t n = begin; n < end; ++n) {
          std::fill(sums.begin(), sums.end(), C(0));
          for (int64_t i = n * pooled; i < (n + 1) * pooled; ++i) {
            sums[place(argmax[i], n, size) - n * size] += static_cast<C>(grad[i]);
          }
          for (int64_t i = 0; i < size; ++i) out[n * size + i] = static_cast<T>(sums[i]);
        }
      });
    }
    return OkStatus();
  }

 private:
  int64_t place(int64_t index, int64_t image, int64_t size) const { return with_batch_ ? index : image * size + index; }

  const PoolingAttrs attrs_;
  const bool with_batch_;
};

template <typename T>
using MaxPoolGradWithArgmax = WithArgmaxGrad<T, false>;
template <typename T>
using MaxPoolGradGradWithArgmax = WithArgmaxGrad<T, true>;

Status with_argmax_shape(ShapeContext& c) {
  RETURN_IF_ERROR(max_pool_shape(c));
  c.set_output(1, c.output(0));
  return OkStatus();
}

Status grad_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 4, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

Status grad_grad_shape(ShapeContext& c) {
  RETURN_IF_ERROR(max_pool_shape(c));
  Shape merged;
  RETURN_IF_ERROR(c.merge(c.input(0), c.input(1), &merged));
  return c.merge(c.input(2), c.output(0), &merged);
}

REFLOW_OP("MaxPoolWithArgmax")
    .input("input: T")
    .output("output: T")
    .output("argmax: Targmax")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("Targmax: {int32, int64} = DT_INT64")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("include_batch_in_index: bool = false")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The largest element of each window, and its flat index (row * width + column) * channels + channel in the image, "
         "or in the whole batch with include_batch_in_index.")
    .shape(with_argmax_shape)
    .kernel<MaxPoolWithArgmax>(kCpu, kRealTypes)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("MaxPoolGradWithArgmax", {g.x(0), g.dy(0), g.y(1)},
                     copied_attrs(g, {"ksize", "strides", "padding", "include_batch_in_index"}));
    });

REFLOW_OP("MaxPoolGradWithArgmax")
    .input("input: T")
    .input("grad: T")
    .input("argmax: Targmax")
    .output("output: T")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("include_batch_in_index: bool = false")
    .attr("Targmax: {int32, int64}")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The gradient of MaxPoolWithArgmax to its input: grad is added where argmax says.")
    .shape(grad_shape)
    .kernel<MaxPoolGradWithArgmax>(kCpu, kRealTypes);

REFLOW_OP("MaxPoolGradGradWithArgmax")
    .input("input: T")
    .input("grad: T")
    .input("argmax: Targmax")
    .output("output: T")
    .attr("ksize: list(int) >= 4")
    .attr("strides: list(int) >= 4")
    .attr("padding: {'SAME', 'VALID'}")
    .attr("include_batch_in_index: bool = false")
    .attr("Targmax: {int32, int64}")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .doc("The gradient of MaxPoolGradWithArgmax to its input grad: the elements of grad where argmax says.")
    .shape(grad_grad_shape)
    .kernel<MaxPoolGradGradWithArgmax>(kCpu, kRealTypes);

}  // namespace
}  // namespace reflow::ops
