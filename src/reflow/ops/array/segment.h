#pragma once

#include <limits>
#include <type_traits>

#include "reflow/op/gradient.h"
#include "reflow/op/wrapping.h"
#include "reflow/tensor/dtype.h"

namespace reflow::ops {

// How the rows of a segment become one: `start` before the first, `apply` with each.
struct SegmentAdd {
  template <typename T> static T start() { return T(0); }
  template <typename T> static T apply(T a, T b) { return op::wrapping_sum(a, b); }
};
struct SegmentMultiply {
  template <typename T> static T start() { return T(1); }
  template <typename T> static T apply(T a, T b) { return op::wrapping_product(a, b); }
};

// The largest finite number.
template <typename T>
T highest_of() {
  if constexpr (std::is_same_v<T, Half>) return Half(65504.0f);
  if constexpr (std::is_same_v<T, Bfloat16>) {
    Bfloat16 b;
    b.bits = 0x7f7f;
    return b;
  }
  if constexpr (std::is_arithmetic_v<T>) return std::numeric_limits<T>::max();
}
struct SegmentLargest {
  template <typename T> static T start() {
    if constexpr (std::is_integral_v<T>) return std::numeric_limits<T>::min();
    else return static_cast<T>(-highest_of<T>());
  }
  template <typename T> static T apply(T a, T b) { return a < b ? b : a; }
};
struct SegmentSmallest {
  template <typename T> static T start() { return highest_of<T>(); }
  template <typename T> static T apply(T a, T b) { return b < a ? b : a; }
};

// tf.gather of rows, in a gradient.
op::Endpoint gather_rows(op::GradContext& g, op::Endpoint params, op::Endpoint indices);

}  // namespace reflow::ops
