#pragma once

// What the cross entropies with labels of one class an example, and of a distribution over the classes, share.

#include <algorithm>
#include <type_traits>

#include "reflow/op/op.h"
#include "reflow/op/softmax_rows.h"

namespace reflow::ops {

// Floats to compute with; half and bfloat16 rows are converted to and fro.
template <typename T>
class CrossEntropyKernel : public op::Kernel {
 protected:
  static constexpr int64_t kVector = 8;  // of TensorFlow
  using C = op::ComputeType<T>;

  // Has it to have TensorFlow's bits?
  static bool is_exact(int64_t columns) { return std::is_same_v<T, float> && columns <= op::kExactColumns; }

  // REQUIRES: columns <= op::kExactColumns.
  C sum_of_exp(const C* x, int64_t columns) const {
    C powers[op::kExactColumns], sum;
    functions_.exp(x, powers, columns);
    op::simd_loop([&]() REFLOW_SIMD_BODY { sum = op::row_sum(powers, columns); });
    return sum;
  }

  // x = f(x) for numbers that others follow: all are of whole vectors.
  void apply_within(op::UnaryFn<C> f, C* x, int64_t n) const {
    const int64_t whole = n - n % kVector;
    f(x, x, whole);
    if (whole == n) return;
    C rest[kVector] = {};
    std::copy(x + whole, x + n, rest);
    f(rest, rest, kVector);
    std::copy_n(rest, n - whole, x + whole);
  }

  const op::SoftmaxFunctions<C> functions_;
};

// x with a dimension of size 1 at `axis`.
graph::Endpoint expand_dims(op::GradContext& g, graph::Endpoint x, int32_t axis);
// dy [n] along the rows of `rows` [n, classes].
graph::Endpoint times_rows(op::GradContext& g, graph::Endpoint dy, graph::Endpoint rows);

}  // namespace reflow::ops
