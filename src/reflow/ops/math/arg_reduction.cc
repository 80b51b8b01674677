// Where the largest and smallest elements are.

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>

#include "reflow/op/op.h"
#include "reflow/op/simd_loop.h"

namespace reflow::ops {

using namespace ::reflow::op;

namespace {

Status check_axis(const Shape& x, int64_t axis) {
  if (axis < -x.rank() || axis >= x.rank()) {
    return invalid_argument("Expected dimension in the range [{}, {}), but got {}", -x.rank(), x.rank(), axis);
  }
  if (axis < 0) axis += x.rank();
  if (x.dim(static_cast<int>(axis)) > 0) return OkStatus();
  return invalid_argument("Reduction axis {} is empty in shape {}", axis, x.str());
}

Status arg_shape(ShapeContext& c) {
  const Shape& x = c.input(0);
  if (c.concrete() && c.input(1).rank() != 0) {
    return invalid_argument("dim must be a scalar, but received tensor of shape: {}", c.input(1).str());
  }
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  if (!x.known_rank()) {
    c.set_output(0, Shape::unknown());
    return OkStatus();
  }
  if (x.rank() <= 1 && !c.concrete()) {
    c.set_output(0, Shape{});
    return OkStatus();
  }
  int64_t axis = 0;
  bool known = false;
  RETURN_IF_ERROR(c.value_as_int(1, &axis, &known));
  if (!known) {
    c.set_output(0, Shape::unknown_of_rank(x.rank() - 1));
    return OkStatus();
  }
  if (c.concrete()) RETURN_IF_ERROR(check_axis(x, axis));
  if (axis < -x.rank() || axis >= x.rank()) {
    return invalid_argument(
        "Dimension ({}) must be in the range [{}, {}), where {} is the number of dimensions in the input.", axis,
        -x.rank(), x.rank(), x.rank());
  }
  if (axis < 0) axis += x.rank();
  Shape y = x;
  y.remove_dim(static_cast<int>(axis));
  c.set_output(0, std::move(y));
  return OkStatus();
}

// The first of equal elements wins, and NaN wins nothing.
template <typename T, typename I, bool kMax>
class ArgExtremum : public Kernel {
 public:
  explicit ArgExtremum(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &x = c.input(0), &axis_tensor = c.input(1);
    int64_t axis = axis_tensor.dtype() == DType::kInt64 ? axis_tensor.item<int64_t>() : axis_tensor.item<int32_t>();
    RETURN_IF_ERROR(check_axis(x.shape(), axis));  // of a vector the output's shape is known without it
    if (axis < 0) axis += x.rank();
    int64_t outer = 1, inner = 1;
    for (int i = 0; i < axis; ++i) outer *= x.dim(i);
    for (int i = static_cast<int>(axis) + 1; i < x.rank(); ++i) inner *= x.dim(i);
    const int64_t n = x.dim(static_cast<int>(axis));
    const T* in = x.data<T>();
    I* out = c.output(0).template data<I>();
    if constexpr (std::is_arithmetic_v<T>) {
      if (inner == 1 && n < kShortRow) {
        c.pool().parallel_for(outer, 2 + 1.0 * n, [&](int64_t begin, int64_t end) {
          simd_loop([=]() REFLOW_SIMD_BODY {
            for (int64_t i = begin; i < end; ++i) out[i] = find_in_short_row(in + i * n, n);
          });
        });
        return OkStatus();
      }
      const int64_t blocks = (inner + kBlock - 1) / kBlock;
      c.pool().parallel_for(outer * blocks, 0.3 * n * std::min(inner, kBlock), [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; ++b) {
          const int64_t i = b / blocks, j = b % blocks * kBlock, width = std::min(kBlock, inner - j);
          if (inner == 1) {
            out[i] = static_cast<I>(find_in_row(in + i * n, n));
          } else {
            find_in_columns(in + i * n * inner + j, n, inner, width, out + i * inner + j);
          }
        }
      });
    } else {
      c.pool().parallel_for(outer, 1.0 * n * inner, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          for (int64_t j = 0; j < inner; ++j) out[i * inner + j] = find(in + i * n * inner + j, n, inner);
        }
      });
    }
    return OkStatus();
  }

 private:
  static constexpr int64_t kShortRow = 65;
  static constexpr int64_t kBlock = 256;  // columns whose best elements so far stay in the first-level cache
  static bool is_better(T v, T than) { return (kMax ? than < v : v < than) | ((than != than) & (v == v)); }
  // What every number beats or equals.
  static constexpr T worst() {
    using Limits = std::numeric_limits<T>;
    if constexpr (Limits::has_infinity) return kMax ? -Limits::infinity() : Limits::infinity();
    return kMax ? Limits::lowest() : Limits::max();
  }

  REFLOW_SIMD_BODY static I find_in_short_row(const T* x, int64_t n) {
    T best = worst();
    for (int64_t i = 0; i < n; ++i) best = (kMax ? best < x[i] : x[i] < best) ? x[i] : best;
    uint64_t equal = 0;
    for (int64_t i = 0; i < n; ++i) equal |= static_cast<uint64_t>(x[i] == best) << i;
    return equal == 0 ? 0 : static_cast<I>(std::countr_zero(equal));  // 0: all are NaN
  }

  // First the value, then its place: both without branches that depend on the elements.
  static int64_t find_in_row(const T* x, int64_t n) {
    int64_t at = 0;
    simd_loop([x, n, &at]() REFLOW_SIMD_BODY {
      constexpr int kLanes = 32;
      T lanes[kLanes];
      for (int l = 0; l < kLanes; ++l) lanes[l] = worst();
      int64_t i = 0;
      for (; i + kLanes <= n; i += kLanes) {
        for (int l = 0; l < kLanes; ++l) {
          const T v = x[i + l];
          lanes[l] = (kMax ? lanes[l] < v : v < lanes[l]) ? v : lanes[l];
        }
      }
      T best = worst();
      for (; i < n; ++i) best = (kMax ? best < x[i] : x[i] < best) ? x[i] : best;
      for (int l = 0; l < kLanes; ++l) best = (kMax ? best < lanes[l] : lanes[l] < best) ? lanes[l] : best;
      for (i = 0; i + kLanes <= n; i += kLanes) {
        int found = 0;
        for (int l = 0; l < kLanes; ++l) found |= x[i + l] == best;
        if (found) break;
      }
      while (i < n && x[i] != best) ++i;
      at = i < n ? i : 0;  // none: all are NaN
    });
    return at;
  }

  static void find_in_columns(const T* x, int64_t n, int64_t stride, int64_t width, I* out) {
    using Index = std::conditional_t<sizeof(T) <= 4, int32_t, int64_t>;
    if (n > std::numeric_limits<int32_t>::max()) {
      for (int64_t j = 0; j < width; ++j) out[j] = find(x + j, n, stride);
      return;
    }
    simd_loop([=]() REFLOW_SIMD_BODY {
      T values[kBlock];
      Index places[kBlock];
      for (int64_t j = 0; j < width; ++j) values[j] = x[j], places[j] = 0;
      for (int64_t i = 1; i < n; ++i) {
        const T* row = x + i * stride;
        for (int64_t j = 0; j < width; ++j) {
          const T v = row[j], value = values[j];
          const bool better = is_better(v, value);
          values[j] = better ? v : value;
          places[j] = better ? static_cast<Index>(i) : places[j];
        }
      }
      for (int64_t j = 0; j < width; ++j) out[j] = static_cast<I>(places[j]);
    });
  }

  static I find(const T* x, int64_t n, int64_t stride) {
    int64_t best = 0;
    T value = x[0];
    for (int64_t i = 0; i < n; ++i) {
      const T v = x[i * stride];
      const bool better = kMax ? value < v : v < value;
      // What is compared with NaN isn't better: the first number is.
      if (better || (value != value && v == v)) {
        best = i;
        value = v;
      }
    }
    return static_cast<I>(best);
  }
};
template <typename T, typename I>
using ArgMax = ArgExtremum<T, I, true>;
template <typename T, typename I>
using ArgMin = ArgExtremum<T, I, false>;

constexpr char kTypes[] =
    "T: {float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, uint16, "
    "complex128, half, uint32, uint64}";

void no_gradients(GradContext&) {}

REFLOW_OP("ArgMax")
    .input("input: T").input("dimension: Tidx").output("output: output_type").attr(kTypes)
    .attr("Tidx: {int32, int64} = DT_INT32").attr("output_type: {int32, int64} = DT_INT64")
    .doc("Returns the index of the largest element along `dimension`, the first of equal ones.")
    .shape(arg_shape).kernel<ArgMax>(kCpu, kRealTypes, kIndexTypes, "T", "output_type").gradient(no_gradients);

REFLOW_OP("ArgMin")
    .input("input: T").input("dimension: Tidx").output("output: output_type").attr(kTypes)
    .attr("Tidx: {int32, int64} = DT_INT32").attr("output_type: {int32, int64} = DT_INT64")
    .doc("Returns the index of the smallest element along `dimension`, the first of equal ones.")
    .shape(arg_shape).kernel<ArgMin>(kCpu, kRealTypes, kIndexTypes, "T", "output_type").gradient(no_gradients);

}  // namespace
}  // namespace reflow::ops
