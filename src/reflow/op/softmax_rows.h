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

// A sum of numbers, in 16 partial sums. All parts but the last have a multiple of 16 numbers.
template <typename T>
class RowSum {
 public:
  REFLOW_SIMD_BODY void add(const T* x, int64_t n) {
    T lanes[kLanes];
    for (int l = 0; l < kLanes; ++l) lanes[l] = lanes_[l];
    int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      for (int l = 0; l < kLanes; ++l) lanes[l] += x[i + l];
    }
    for (int l = 0; l < kLanes; ++l) lanes_[l] = lanes[l];
    for (; i < n; ++i) rest_ += x[i];
  }
  // The partial sums of the first numbers, 16 at a time.
  T* lanes() { return lanes_; }
  // REQUIRES: is called once.
  REFLOW_SIMD_BODY T total() {
    for (int width = kLanes / 2; width > 0; width /= 2) {
      for (int l = 0; l < width; ++l) lanes_[l] += lanes_[l + width];
    }
    return rest_ + lanes_[0];
  }

 private:
  static constexpr int kLanes = kExpSums;
  T lanes_[kLanes] = {}, rest_ = 0;
};

// Floats of rows no longer than this are summed and divided in the order and way that TensorFlow's kernels have: results have
// the same bits.
inline constexpr int64_t kExactColumns = 256;

// The sum of x[0..n).
template <typename T>
REFLOW_SIMD_BODY inline T row_sum(const T* x, int64_t n) {
  if (std::is_same_v<T, float> && n <= kExactColumns) {
    constexpr int kVector = 8;
    T lanes[kVector] = {}, rest = 0;
    int64_t i = 0;
    for (; i + kVector <= n; i += kVector) {
      for (int l = 0; l < kVector; ++l) lanes[l] += x[i + l];
    }
    for (; i < n; ++i) rest += x[i];
    for (int width = kVector / 2; width > 0; width /= 2) {
      for (int l = 0; l < width; ++l) lanes[l] += lanes[l + width];
    }
    return lanes[0] + rest;
  }
  RowSum<T> sum;
  sum.add(x, n);
  return sum.total();
}

// The vector functions that a softmax of T (float or double) is made of.
template <typename T>
struct SoftmaxFunctions {
  UnaryFn<T> exp = unary_function<T>(VecOp::kExp), log = unary_function<T>(VecOp::kLog);
};

inline constexpr int64_t kSoftmaxMaxRows = 128, kSoftmaxPiece = 2048;
// How many rows of `columns` elements are worked on together: enough for the vector functions to run full vectors on
// narrow rows, and none but the last ones of a tensor leave a rest; few enough to stay in the first cache.
inline int64_t softmax_rows_at_once(int64_t columns) {
  const int64_t rows = std::clamp<int64_t>(kSoftmaxPiece / std::max<int64_t>(columns, 1), 1, kSoftmaxMaxRows);
  return rows < 8 ? rows : rows & ~int64_t{7};
}

// y = exp(x - m) for a long row; y may be x. Returns the sum of y. Meanwhile the row behind x is fetched from memory.
template <typename T>
T exp_of_shifted(const SoftmaxFunctions<T>& functions, const T* x, T m, T* y, int64_t n) {
  constexpr int64_t kPiece = 512, kLine = 64 / sizeof(T);
  RowSum<T> sum;
  const int64_t whole = n - n % kExpSums;
  for (int64_t j = 0; j < whole; j += kPiece) {
    const int64_t size = std::min(kPiece, whole - j);
    for (int64_t i = j; i < j + size; i += kLine) __builtin_prefetch(x + n + i, 0, 2);  // may lie behind all of them
    shifted_exp(x + j, m, y + j, size, sum.lanes());
  }
  for (int64_t j = whole; j < n; ++j) y[j] = x[j] - m;
  functions.exp(y + whole, y + whole, n - whole);
  T total;
  simd_loop([&]() REFLOW_SIMD_BODY {
    sum.add(y + whole, n - whole);
    total = sum.total();
  });
  return total;
}

}  // namespace reflow::op
