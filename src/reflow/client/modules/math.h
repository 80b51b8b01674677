#pragma once

// tf.math: element-wise functions, reductions and what else computes with numbers. What other headers have in namespace
// reflow by the names of this module.

#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/confusion_matrix.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/linear_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/segment_ops.h"
#include "reflow/client/special_ops.h"

namespace reflow::math {

using nn::in_top_k;
using nn::l2_normalize;
using nn::log_softmax;
using nn::softmax;
using nn::softplus;
using nn::softsign;
using nn::top_k;
using nn::zero_fraction;
using reflow::abs;
using reflow::accumulate_n;
using reflow::acos;
using reflow::acosh;
using reflow::add;
using reflow::add_n;
using reflow::angle;
using reflow::argmax;
using reflow::argmin;
using reflow::asin;
using reflow::asinh;
using reflow::atan;
using reflow::atan2;
using reflow::atanh;
using reflow::betainc;
using reflow::bincount;
using reflow::ceil;
using reflow::confusion_matrix;
using reflow::conj;
using reflow::cos;
using reflow::cosh;
using reflow::count_nonzero;
using reflow::cumprod;
using reflow::cumsum;
using reflow::digamma;
using reflow::divide;
using reflow::equal;
using reflow::erf;
using reflow::erfc;
using reflow::exp;
using reflow::expm1;
using reflow::floor;
using reflow::floordiv;
using reflow::floormod;
using reflow::greater;
using reflow::greater_equal;
using reflow::igamma;
using reflow::igammac;
using reflow::imag;
using reflow::invert_permutation;
using reflow::is_finite;
using reflow::is_inf;
using reflow::is_nan;
using reflow::is_non_decreasing;
using reflow::is_strictly_increasing;
using reflow::lbeta;
using reflow::less;
using reflow::less_equal;
using reflow::lgamma;
using reflow::log;
using reflow::log1p;
using reflow::log_sigmoid;
using reflow::logical_and;
using reflow::logical_not;
using reflow::logical_or;
using reflow::logical_xor;
using reflow::maximum;
using reflow::minimum;
using reflow::mod;
using reflow::multiply;
using reflow::negative;
using reflow::not_equal;
using reflow::polygamma;
using reflow::polyval;
using reflow::pow;
using reflow::real;
using reflow::reciprocal;
using reflow::reduce_all;
using reflow::reduce_any;
using reflow::reduce_logsumexp;
using reflow::reduce_max;
using reflow::reduce_mean;
using reflow::reduce_min;
using reflow::reduce_prod;
using reflow::reduce_std;
using reflow::reduce_sum;
using reflow::reduce_variance;
using reflow::rint;
using reflow::round;
using reflow::rsqrt;
using reflow::scalar_mul;
using reflow::segment_max;
using reflow::segment_mean;
using reflow::segment_min;
using reflow::segment_prod;
using reflow::segment_sum;
using reflow::sigmoid;
using reflow::sign;
using reflow::sin;
using reflow::sinh;
using reflow::sqrt;
using reflow::square;
using reflow::squared_difference;
using reflow::subtract;
using reflow::tan;
using reflow::tanh;
using reflow::truediv;
using reflow::unsorted_segment_max;
using reflow::unsorted_segment_mean;
using reflow::unsorted_segment_min;
using reflow::unsorted_segment_prod;
using reflow::unsorted_segment_sqrt_n;
using reflow::unsorted_segment_sum;
using reflow::zeta;

inline Output divide_no_nan(const TensorLike& x, const TensorLike& y, const NameOptions& options = {}) {
  return reflow::div_no_nan(x, y, options);
}

}  // namespace reflow::math
