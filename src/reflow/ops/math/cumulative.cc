// Running sums and products along one dimension, and the logarithms of running sums of exponentials.

#include <algorithm>
#include <cmath>
#include <limits>

#include "elementwise_kernel.h"
#include "gradient_ops.h"

namespace reflow::ops {
namespace {

struct Plus {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(a) + WrapType<T>(b));
    } else {
      return a + b;
    }
  }
  template <typename T>
  static T start() { return T(0); }
};
struct Times {
  template <typename T>
  static T apply(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(WrapType<T>(a) * WrapType<T>(b));
    } else {
      return a * b;
    }
  }
  template <typename T>
  static T start() { return T(1); }
};
// log(exp(a) + exp(b)), from the lowest number on.
struct LogSumExp {
  template <typename T>
  static T apply(T a, T b) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<T>::quiet_NaN();
    const T high = std::max(a, b);
    if (high < std::numeric_limits<T>::lowest() || high > std::numeric_limits<T>::max()) return high;
    return high + std::log1p(std::exp(std::min(a, b) - high));
  }
  template <typename T>
  static T start() {
    if constexpr (std::is_same_v<T, Half>) {
      return Half(-65504.0f);
    } else {
      return std::numeric_limits<T>::lowest();
    }
  }
};

template <class F, typename T>
class Scan : public Kernel {
 public:
  explicit Scan(KernelInit& c) : exclusive_(c.attr<bool>("exclusive")), reverse_(c.attr<bool>("reverse")) {}

  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &axis_tensor = c.input(1);
    if (axis_tensor.rank() != 0) {
      return invalid_argument("ScanOp: axis must be a scalar, not {}", axis_tensor.shape().str());
    }
    int64_t axis = axis_tensor.dtype() == DType::kInt64 ? axis_tensor.item<int64_t>() : axis_tensor.item<int32_t>();
    if (axis < 0) axis += x.rank();
    if (axis < 0 || axis >= x.rank()) {
      return invalid_argument("ScanOp: Expected scan axis in the range [{}, {}), but got {}", -x.rank(), x.rank(), axis);
    }
    int64_t outer = 1, inner = 1;
    for (int i = 0; i < axis; ++i) outer *= x.dim(i);
    for (int i = static_cast<int>(axis) + 1; i < x.rank(); ++i) inner *= x.dim(i);
    const int64_t n = x.dim(static_cast<int>(axis));
    if (x.num_elements() == 0) return OkStatus();
    const T* in = x.data<T>();
    T* out = c.output(0).template data<T>();
    // One item is a line of n elements; lines next to each other are walked together.
    c.pool().parallel_for(outer * inner, 1.5 * n, [&](int64_t begin, int64_t end) {
      while (begin < end) {
        const int64_t i = begin / inner, first = begin % inner, last = std::min(inner, first + (end - begin));
        scan(in + i * n * inner, out + i * n * inner, n, inner, first, last);
        begin += last - first;
      }
    });
    return OkStatus();
  }

 private:
  void scan(const T* x, T* y, int64_t n, int64_t stride, int64_t first, int64_t last) const {
    using Acc = ComputeType<T>;
    constexpr int64_t kTile = 64;
    for (int64_t j0 = first; j0 < last; j0 += kTile) {
      const int64_t width = std::min(kTile, last - j0);
      Acc acc[kTile];
      for (int64_t j = 0; j < width; ++j) acc[j] = static_cast<Acc>(F::template start<T>());
      for (int64_t step = 0; step < n; ++step) {
        const int64_t at = (reverse_ ? n - 1 - step : step) * stride + j0;
        for (int64_t j = 0; j < width; ++j) {
          const Acc next = F::apply(acc[j], static_cast<Acc>(x[at + j]));
          y[at + j] = static_cast<T>(exclusive_ ? acc[j] : next);
          acc[j] = next;
        }
      }
    }
  }
  bool exclusive_, reverse_;
};
template <typename T>
using Cumsum = Scan<Plus, T>;
template <typename T>
using Cumprod = Scan<Times, T>;
template <typename T>
using CumulativeLogsumexp = Scan<LogSumExp, T>;

constexpr const char* kScanTypes =
    "T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, complex128, "
    "half, uint32, uint64}";

template <template <typename> class K, typename... Ts>
OpBuilder scan_op(std::string_view name, Types<Ts...> types, std::string_view doc,
                  const char* type_attr = kScanTypes) {
  OpBuilder builder(name);
  std::move(builder).input("x: T").input("axis: Tidx").output("out: T")
      .attr("exclusive: bool = false").attr("reverse: bool = false")
      .attr(type_attr)
      .attr("Tidx: {int32, int64} = DT_INT32").doc(doc).shape(unchanged_shape).template kernel<K>(kCpu, types);
  return builder;
}

Endpoint cumsum_of(GradContext& g, Endpoint x, bool exclusive, bool reverse) {
  return g.op("Cumsum", {x, g.x(1)}, {{"exclusive", exclusive}, {"reverse", reverse}});
}

// exp of the reversed scan of log(|dy|) - y, plus x, for the elements of dy that are `positive`, or that aren't.
Endpoint logsumexp_part(GradContext& g, bool positive) {
  const Endpoint dy = g.dy(0);
  const DType type = base_type(dy.dtype());
  const double lowest = type == DType::kHalf ? -65504.0 : type == DType::kFloat64 ? std::numeric_limits<double>::lowest()
                                                                                  : std::numeric_limits<float>::lowest();
  const Endpoint mask = positive ? binary_with_constant(g, "Greater", dy, 0, "Greater")
                                 : binary_with_constant(g, "Less", dy, 0, "Less");
  const Endpoint logs = g.op("Log", {positive ? dy : g.op("Neg", {dy})});
  const Endpoint log_dy = g.op("SelectV2", {mask, logs, g.constant(lowest, type, "lowest")});
  const Endpoint sums = g.op("CumulativeLogsumexp", {sub(g, log_dy, g.y(0)), g.x(1)},
                             {{"exclusive", g.attr<bool>("exclusive")}, {"reverse", !g.attr<bool>("reverse")}});
  return g.op("Exp", {add(g, sums, g.x(0))});
}

const OpRegistrar kOps[] = {
    scan_op<CumulativeLogsumexp>("CumulativeLogsumexp", Types<Half, float, double>{},
                                 "Returns the logarithms of running sums of exp(x) along `axis`; `exclusive` ones leave "
                                 "out the element itself, `reverse` ones run from the end.",
                                 "T: {half, float, double}")
        .gradient([](GradContext& g) {
          // Both signs of dy apart, to take logarithms.
          const Endpoint positive = logsumexp_part(g, true), negative = logsumexp_part(g, false);
          g.dx(0) = sub(g, positive, negative);
        }),
    scan_op<Cumsum>("Cumsum", kNumberTypes,
                    "Returns running sums of x along `axis`; `exclusive` ones leave out the element itself, `reverse` "
                    "ones run from the end.")
        .gradient([](GradContext& g) {
          g.dx(0) = cumsum_of(g, g.dy(0), g.attr<bool>("exclusive"), !g.attr<bool>("reverse"));
        }),
    scan_op<Cumprod>("Cumprod", kNumberTypes,
                     "Returns running products of x along `axis`; `exclusive` ones leave out the element itself, "
                     "`reverse` ones run from the end.")
        .gradient([](GradContext& g) {
          const bool exclusive = g.attr<bool>("exclusive"), reverse = g.attr<bool>("reverse");
          const Endpoint products = g.op("Cumprod", {g.x(0), g.x(1)}, {{"exclusive", exclusive}, {"reverse", reverse}});
          g.dx(0) = truediv(g, cumsum_of(g, mul(g, products, g.dy(0)), exclusive, !reverse), g.x(0));
        }),
};

}  // namespace
}  // namespace reflow::ops
