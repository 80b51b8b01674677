#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "reflow/op/compute_type.h"
#include "reflow/op/simd_loop.h"
#include "reflow/op/vector_math.h"

namespace reflow::op {

// The maximum of x[0..n), n > 0. NaN where the order of the elements makes it so.
template <typename T>
REFLOW_SIMD_BODY inline T row_max(const T* x, int64_t n) {
  constexpr int kLanes = 16;
  T lanes[kLanes];
  int64_t i = 0;
  T m = x[0];
  if (n >= kLanes) {
    for (int l = 0; l < kLanes; ++l) lanes[l] = x[l];
    for (i = kLanes; i + kLanes <= n; i += kLanes) {
      for (int l = 0; l < kLanes; ++l) lanes[l] = lanes[l] < x[i + l] ? x[i + l] : lanes[l];
    }
    for (int l = 0; l < kLanes; ++l) m = m < lanes[l] ? lanes[l] : m;
  }
  for (; i < n; ++i) m = m < x[i] ? x[i] : m;
  return m;
}

// The sum of x[0..n), in 16 partial sums.
template <typename T>
REFLOW_SIMD_BODY inline T row_sum(const T* x, int64_t n) {
  constexpr int kLanes = 16;
  T lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int l = 0; l < kLanes; ++l) lanes[l] += x[i + l];
  }
  T sum = 0;
  for (; i < n; ++i) sum += x[i];
  for (int width = kLanes / 2; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lanes[l] += lanes[l + width];
  }
  return sum + lanes[0];
}

// The vector functions that a softmax of T (float or double) is made of.
template <typename T>
struct SoftmaxFunctions {
  UnaryFn<T> exp, log;
  SoftmaxFunctions() {
    if constexpr (std::is_same_v<T, float>) {
      exp = unary_f32(VecOp::kExp);
      log = unary_f32(VecOp::kLog);
    } else {
      exp = unary_f64(VecOp::kExp);
      log = unary_f64(VecOp::kLog);
    }
  }
};

inline constexpr int64_t kSoftmaxMaxRows = 128;
// How many rows of `columns` elements are worked on together: enough for the vector functions to run full vectors on
// narrow rows, few enough to stay in the first cache.
inline int64_t softmax_rows_at_once(int64_t columns) {
  constexpr int64_t kElements = 2048;
  return std::clamp<int64_t>(kElements / std::max<int64_t>(columns, 1), 1, kSoftmaxMaxRows);
}

}  // namespace reflow::op
