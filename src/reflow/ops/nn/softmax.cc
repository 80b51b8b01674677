// Softmax and LogSoftmax over the last dimension.

#include <cmath>

#include "reflow/op/for_ranges.h"
#include "reflow/op/late_slices.h"
#include "reflow/op/op.h"
#include "reflow/op/softmax_rows.h"

namespace reflow::ops {
namespace {

using namespace op;

// `rows` rows of `columns` at x to y (which may be x).
template <typename T, bool kLog>
void softmax_rows(const SoftmaxFunctions<T>& f, const T* x, T* y, int64_t rows, int64_t columns) {
  T sums[kSoftmaxMaxRows];
  const int64_t at_once = softmax_rows_at_once(columns);
  T scratch[kLog ? 2048 : 1];
  for (int64_t begin = 0; begin < rows; begin += at_once) {
    const int64_t n = std::min(at_once, rows - begin);
    const T* from = x + begin * columns;
    T* to = y + begin * columns;
    if (!kLog && columns > kSoftmaxPiece) {
      T m;
      simd_loop([&]() REFLOW_SIMD_BODY { m = row_max(from, columns); });
      const T scale = T(1) / exp_of_shifted(f, from, m, to, columns);
      simd_loop([=]() REFLOW_SIMD_BODY {
        for (int64_t j = 0; j < columns; ++j) to[j] *= scale;
      });
      continue;
    }
    simd_loop([=]() REFLOW_SIMD_BODY {
      for (int64_t r = 0; r < n; ++r) {
        const T* a = from + r * columns;
        T* b = to + r * columns;
        const T m = row_max(a, columns);
        for (int64_t j = 0; j < columns; ++j) b[j] = a[j] - m;
      }
    });
    if constexpr (kLog) {
      // exp is only needed for the sums: in pieces, so that rows of any length do with a small array.
      for (int64_t r = 0; r < n; ++r) sums[r] = 0;
      for (int64_t r = 0; r < n; ++r) {
        for (int64_t j = 0; j < columns; j += std::ssize(scratch)) {
          const int64_t count = std::min<int64_t>(std::ssize(scratch), columns - j);
          f.exp(to + r * columns + j, scratch, count);
          simd_loop([&]() REFLOW_SIMD_BODY { sums[r] += row_sum(scratch, count); });
        }
      }
      f.log(sums, sums, n);
      simd_loop([&]() REFLOW_SIMD_BODY {
        for (int64_t r = 0; r < n; ++r) {
          T* b = to + r * columns;
          const T log_sum = sums[r];
          for (int64_t j = 0; j < columns; ++j) b[j] -= log_sum;
        }
      });
    } else {
      f.exp(to, to, n * columns);
      simd_loop([=]() REFLOW_SIMD_BODY {
        for (int64_t r = 0; r < n; ++r) {
          T* b = to + r * columns;
          const T scale = T(1) / row_sum(b, columns);
          for (int64_t j = 0; j < columns; ++j) b[j] *= scale;
        }
      });
    }
  }
}

template <typename T, bool kLog>
class SoftmaxKernel : public Kernel {
 public:
  explicit SoftmaxKernel(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& x = c.input(0);
    Tensor& y = c.output(0);
    const int64_t columns = x.dim(x.rank() - 1);
    if (x.num_elements() == 0) return OkStatus();
    const int64_t rows = x.num_elements() / columns;
    const T* from = x.data<T>();
    T* to = y.data<T>();
    for_ranges(c.pool(), rows, softmax_rows_at_once(columns), 1.0 * columns, [&](int64_t begin, int64_t end) {
      if constexpr (std::is_floating_point_v<T>) {
        softmax_rows<T, kLog>(functions_, from + begin * columns, to + begin * columns, end - begin, columns);
      } else {
        small_float_rows(from + begin * columns, to + begin * columns, end - begin, columns);
      }
    });
    return OkStatus();
  }

 private:
  static void small_float_rows(const T* x, T* y, int64_t rows, int64_t columns) {
    for (; rows > 0; --rows, x += columns, y += columns) {
      float m = x[0], sum = 0;
      for (int64_t j = 1; j < columns; ++j) m = std::max<float>(m, x[j]);
      for (int64_t j = 0; j < columns; ++j) sum += std::exp(float(x[j]) - m);
      for (int64_t j = 0; j < columns; ++j) {
        const float v = float(x[j]) - m;
        y[j] = T(kLog ? v - std::log(sum) : std::exp(v) / sum);
      }
    }
  }
  struct Nothing {};
  [[no_unique_address]] std::conditional_t<std::is_floating_point_v<T>, SoftmaxFunctions<T>, Nothing> functions_;
};

template <typename T>
using Softmax = SoftmaxKernel<T, false>;
template <typename T>
using LogSoftmax = SoftmaxKernel<T, true>;

Status softmax_shape(ShapeContext& c) {
  if (c.concrete() && c.input(0).rank() == 0) {
    return invalid_argument("logits must have >= 1 dimension, got {}", c.input(0).str());
  }
  Shape shape;
  RETURN_IF_ERROR(c.with_rank_at_least(c.input(0), 1, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

Endpoint sum_over_last(GradContext& g, Endpoint x) {
  GradContext::Scope scope(g.graph(), "Sum");
  x = as_argument(g, "Sum", 0, x);
  const Endpoint axis = g.constant_tensor(Tensor::scalar(int32_t{-1}), "reduction_indices");
  return g.reduce_sum(x, axis, /*keep_dims=*/true, scope.name());
}

REFLOW_OP("Softmax")
    .input("logits: T")
    .output("softmax: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes exp(logits) / sum(exp(logits)) over the last dimension.")
    .shape(softmax_shape)
    .kernel<Softmax>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      const Endpoint sum = sum_over_last(g, g.op("Mul", {g.dy(0), g.y(0)}, {}, "mul"));
      g.dx(0) = g.op("Mul", {g.op("Sub", {g.dy(0), sum}, {}, "sub"), g.y(0)}, {}, "mul");
    });

REFLOW_OP("LogSoftmax")
    .input("logits: T")
    .output("logsoftmax: T")
    .attr("T: {half, bfloat16, float, double}")
    .doc("Computes logits - log(sum(exp(logits))) over the last dimension.")
    .shape(softmax_shape)
    .kernel<LogSoftmax>(kCpu, kFloatTypes)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      const Endpoint softmax = g.op("Exp", {g.y(0)});
      const Endpoint sum = sum_over_last(g, g.dy(0));
      g.dx(0) = g.op("Sub", {g.dy(0), g.op("Mul", {sum, softmax}, {}, "mul")}, {}, "sub");
    });

}  // namespace
}  // namespace reflow::ops
