#pragma once

// Quantized numbers, integers that stand for a range [min, max]: conversions, with TensorFlow's rounding step by step.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "reflow/op/kernel.h"

namespace reflow::op {

inline constexpr Types<Qint8, Quint8, Qint32, Qint16, Quint16> kQuantizedTypes{};

// The integer in a quantized type, and what is known of it.
template <typename Q>
struct QuantizedInteger {
  using Type = decltype(Q::value);
  static constexpr bool kSigned = std::is_signed_v<Type>;
  static constexpr double kLowest = std::numeric_limits<Type>::min(), kHighest = std::numeric_limits<Type>::max();
  static constexpr double kSteps = kHighest - kLowest;
  static constexpr int kBits = 8 * sizeof(Type);
};

// The kernel is for nodes whose attribute `name` is `type`. InvalidArgument: this one's is another.
inline void expect_type(KernelInit& c, std::string_view name, DType type) {
  const DType given = c.attr<DType>(name);
  if (given != type) c.fail(invalid_argument("{} {} is not {}", name, dtype_spec_name(given), dtype_spec_name(type)));
}

struct QuantizedRange {
  float min, max;
  bool operator==(const QuantizedRange&) const = default;
};

// The range in inputs `i` and `i + 1`, whose first elements count. InvalidArgument: one has none.
inline StatusOr<QuantizedRange> range_at(const KernelContext& c, int i) {
  if (c.input(i).num_elements() < 1 || c.input(i + 1).num_elements() < 1) {
    return invalid_argument("The range in inputs {} and {} is empty", i, i + 1);
  }
  return QuantizedRange{c.input(i).item<float>(), c.input(i + 1).item<float>()};
}

// What x86 makes of a float; out of int32's range it is the lowest one.
inline int32_t int_of_float(float x) {
  return x >= -2147483648.0f && x < 2147483648.0f ? static_cast<int32_t>(x) : std::numeric_limits<int32_t>::min();
}

// The float that one number stands for.
template <typename Q>
float quantized_to_float(Q q, QuantizedRange r) {
  using I = QuantizedInteger<Q>;
  if (r.min == r.max) return r.min;
  const double steps = static_cast<double>(int64_t{1} << I::kBits);
  const double range = (r.max - r.min) * (steps / (steps - 1.0));
  const double step = range / steps, offset = static_cast<double>(q.value) - I::kLowest;
  const double start = std::round(r.min / static_cast<float>(step)) * static_cast<float>(step);
  return static_cast<float>(start + offset * step);
}

// The integer for a float; it may be beyond those of the type.
template <typename Q>
int64_t float_to_integer(float x, QuantizedRange r) {
  using I = QuantizedInteger<Q>;
  if (r.min == r.max) return static_cast<int64_t>(I::kLowest);
  const double steps = static_cast<double>(int64_t{1} << I::kBits);
  const double range = (r.max - r.min) * (steps / (steps - 1.0)), scale = steps / range;
  const double quantized = std::round(x * scale) - std::round(r.min * scale) + I::kLowest;
  return std::abs(quantized) < 9e18 ? static_cast<int64_t>(quantized) : std::numeric_limits<int64_t>::min();
}
template <typename Q>
Q float_to_quantized(float x, QuantizedRange r) {
  using I = QuantizedInteger<Q>;
  const int64_t n = float_to_integer<Q>(x, r);
  return Q{static_cast<typename I::Type>(std::clamp<int64_t>(n, static_cast<int64_t>(I::kLowest), static_cast<int64_t>(I::kHighest)))};
}

// The same for many numbers, in floats.
template <typename Q>
struct ToFloat {
  float scale, start;
  explicit ToFloat(QuantizedRange r) {
    using I = QuantizedInteger<Q>;
    scale = static_cast<float>((r.max - r.min) / I::kSteps);
    const float rounded = r.max == r.min ? r.min : std::round(r.min / scale) * scale;
    start = rounded - static_cast<float>(I::kLowest) * scale;
  }
  float operator()(Q q) const { return start + static_cast<float>(q.value) * scale; }
};
template <typename Q>
struct ToQuantized {
  using I = QuantizedInteger<Q>;
  float scale, start;
  explicit ToQuantized(QuantizedRange r) {
    scale = static_cast<float>(r.max == r.min ? 0.0 : I::kSteps / (r.max - r.min));
    start = std::round(r.min * scale) - static_cast<float>(I::kLowest);
  }
  Q operator()(float x) const {
    constexpr float kLow = std::max(static_cast<float>(I::kLowest), -2.147483648e+09f);
    constexpr float kHigh = std::min(static_cast<float>(I::kHighest), 2.147483520e+09f);
    return Q{static_cast<typename I::Type>(int_of_float(std::min(std::max(std::round(x * scale) - start, kLow), kHigh)))};
  }
};

// What products of numbers of two ranges, in C, stand for.
template <typename A, typename B, typename C>
QuantizedRange product_range(QuantizedRange a, QuantizedRange b) {
  const auto step = []<typename Q>(Q, QuantizedRange r) {
    using I = QuantizedInteger<Q>;
    return static_cast<float>((r.max - r.min) / (I::kHighest - I::kLowest));
  };
  const float of_one = step(A{}, a) * step(B{}, b);
  return {static_cast<float>(of_one * QuantizedInteger<C>::kLowest), static_cast<float>(of_one * QuantizedInteger<C>::kHighest)};
}

// Sets outputs `i` and `i + 1`, scalars.
inline void put_range(KernelContext& c, int i, QuantizedRange r) {
  *c.output(i).data<float>() = r.min;
  *c.output(i + 1).data<float>() = r.max;
}

template <typename F>
void for_quantized(KernelContext& c, int64_t n, F&& f) {
  c.pool().parallel_for(n, 2, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i);
  });
}

// For shape functions. The inputs from `first` to `end` (excluded) are scalars; checked while the graph is built.
inline Status check_scalars(ShapeContext& c, int first, int end) {
  Shape scalar;
  for (int i = first; i < end && !c.concrete(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  return OkStatus();
}
// Outputs 1 and 2, a range, are scalars.
inline void set_range_outputs(ShapeContext& c) {
  c.set_output(1, Shape{});
  c.set_output(2, Shape{});
}

}  // namespace reflow::op
