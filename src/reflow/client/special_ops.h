#pragma once

// Special functions, element by element, and arithmetic that is defined at 0.

#include <string>

#include "reflow/client/reduction_ops.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// The regularised incomplete beta integral I_x(a, b).
Output betainc(const TensorLike& a, const TensorLike& b, const TensorLike& x, const NameOptions& options = {});
// The regularised incomplete gamma functions, lower and upper: P(a, x) and Q(a, x) = 1 - P(a, x).
Output igamma(const TensorLike& a, const TensorLike& x, const NameOptions& options = {});
Output igammac(const TensorLike& a, const TensorLike& x, const NameOptions& options = {});
// The derivative of order a of the digamma function.
Output polygamma(const TensorLike& a, const TensorLike& x, const NameOptions& options = {});
// The Hurwitz zeta function: the sum of (n + q) ^ -x.
Output zeta(const TensorLike& x, const TensorLike& q, const NameOptions& options = {});
// The cross product of vectors of three numbers, the last dimension.
Output cross(const TensorLike& a, const TensorLike& b, const NameOptions& options = {});
// log|Beta(x)| over the last dimension.
Output lbeta(const TensorLike& x, const NameOptions& options = {});
// The angle of complex numbers.
Output angle(const TensorLike& input, const NameOptions& options = {});

}  // namespace reflow

namespace reflow::math {

// Modified Bessel functions of order 0 and 1.
Output bessel_i0(const TensorLike& x, const NameOptions& options = {});
Output bessel_i1(const TensorLike& x, const NameOptions& options = {});
// Modified Bessel functions of order 0 and 1, times exp(-abs(x)).
Output bessel_i0e(const TensorLike& x, const NameOptions& options = {});
Output bessel_i1e(const TensorLike& x, const NameOptions& options = {});
// The number next to x1 that its type can hold, towards x2.
Output nextafter(const TensorLike& x1, const TensorLike& x2, const NameOptions& options = {});
// x / y and x * log(y); 0 where x is 0.
Output xdivy(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output xlogy(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
// x * y; 0 where y is 0, even where x is infinite or not a number.
Output multiply_no_nan(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
// 1 / x; 0 where x is 0.
Output reciprocal_no_nan(const TensorLike& x, const NameOptions& options = {});

struct CumulativeLogsumexpOptions {
  TensorLike axis = 0;
  bool exclusive = false, reverse = false;
  std::string name;
};
// log(cumsum(exp(x))), without overflow.
Output cumulative_logsumexp(const TensorLike& x, const CumulativeLogsumexpOptions& options = {});
// The square root of the sum of squares.
Output reduce_euclidean_norm(const TensorLike& input_tensor, const ReduceOptions& options = {});

}  // namespace reflow::math
