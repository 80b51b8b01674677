#include "reflow/client/special_ops.h"

#include <numeric>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow {

using client::apply_op;
using client::convert;

Output betainc(const TensorLike& a, const TensorLike& b, const TensorLike& x, const NameOptions& options) {
  return apply_op("Betainc", options.name, {a, b, x});
}

Output igamma(const TensorLike& a, const TensorLike& x, const NameOptions& options) {
  return apply_op("Igamma", options.name, {a, x});
}

Output igammac(const TensorLike& a, const TensorLike& x, const NameOptions& options) {
  return apply_op("Igammac", options.name, {a, x});
}

Output polygamma(const TensorLike& a, const TensorLike& x, const NameOptions& options) {
  return apply_op("Polygamma", options.name, {a, x});
}

Output zeta(const TensorLike& x, const TensorLike& q, const NameOptions& options) {
  return apply_op("Zeta", options.name, {x, q});
}

Output cross(const TensorLike& a, const TensorLike& b, const NameOptions& options) {
  return apply_op("Cross", options.name, {a, b});
}

Output lbeta(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "lbeta");
  const Output value = convert(x, DType::kInvalid, "x");
  const Output sum_of_logs = reduce_sum(lgamma(value), {-1});
  const Output log_of_sum = lgamma(reduce_sum(value, {-1}));
  return sum_of_logs - log_of_sum;
}

Output angle(const TensorLike& input, const NameOptions& options) {
  const name_scope scope(options.name, "Angle");
  const Output value = convert(input, DType::kInvalid, "input");
  if (!is_complex(base_type(value.dtype()))) return zeros_like(value);
  const bool wide = base_type(value.dtype()) == DType::kComplex128;
  return apply_op("Angle", scope.name(), {value}, {{"Tout", wide ? DType::kFloat64 : DType::kFloat32}});
}

}  // namespace reflow

namespace reflow::math {

using client::apply_op;
using client::convert;

Output bessel_i0(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "bessel_i0");
  const Output growth = exp(abs(x));
  return growth * bessel_i0e(x);
}

Output bessel_i1(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "bessel_i1");
  const Output growth = exp(abs(x));
  return growth * bessel_i1e(x);
}

Output bessel_i0e(const TensorLike& x, const NameOptions& options) { return apply_op("BesselI0e", options.name, {x}); }
Output bessel_i1e(const TensorLike& x, const NameOptions& options) { return apply_op("BesselI1e", options.name, {x}); }
Output nextafter(const TensorLike& x1, const TensorLike& x2, const NameOptions& options) {
  return apply_op("NextAfter", options.name, {x1, x2});
}

Output xdivy(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Xdivy", options.name, {x, y});
}

Output xlogy(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("Xlogy", options.name, {x, y});
}

Output multiply_no_nan(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  const name_scope scope(options.name, "multiply_no_nan");
  const Output a = convert(x, DType::kInvalid, "x");
  const Output b = convert(y, base_type(a.dtype()), "y");
  return apply_op("MulNoNan", scope.name(), {a, b});
}

Output reciprocal_no_nan(const TensorLike& x, const NameOptions& options) {
  const name_scope scope(options.name, "reciprocal_no_nan");
  const Output value = convert(x, DType::kInvalid, "x");
  const Output one = convert(1, base_type(value.dtype()), "one");
  return apply_op("DivNoNan", scope.name(), {one, value});
}

Output cumulative_logsumexp(const TensorLike& x, const CumulativeLogsumexpOptions& options) {
  const name_scope scope(options.name, "CumulativeLogsumexp");
  const Output value = convert(x, DType::kInvalid, "x");
  return apply_op("CumulativeLogsumexp", scope.name(), {value, options.axis},
                  {{"exclusive", options.exclusive}, {"reverse", options.reverse}});
}

Output reduce_euclidean_norm(const TensorLike& input_tensor, const ReduceOptions& options) {
  TensorLike axis = options.axis;
  const Output input = convert(input_tensor, DType::kInvalid, "input_tensor");
  if (axis.is_none() && input.shape().known_rank()) {
    std::vector<int32_t> all(input.shape().rank());
    std::iota(all.begin(), all.end(), 0);
    axis = constant(all);
  } else if (axis.is_none()) {
    axis = range(0, rank(input));
  }
  return apply_op("EuclideanNorm", options.name, {input, axis}, {{"keep_dims", options.keepdims}});
}

}  // namespace reflow::math
