// Means, variances and what is made with them.

#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/plain_number.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::nn {

using client::apply_op;
using client::convert;

Moments moments(const TensorLike& x, const TensorLike& axes, const MomentsOptions& options) {
  const name_scope scope(options.name, "moments");
  const Output input = convert(x, DType::kInvalid, "x");
  const bool is_half = base_type(input.dtype()) == DType::kHalf;
  const Output y = is_half ? cast(input, float32) : input;
  Output mean = reduce_mean(y, {.axis = axes, .keepdims = true, .name = "mean"});
  Output variance =
      reduce_mean(squared_difference(y, stop_gradient(mean)), {.axis = axes, .keepdims = true, .name = "variance"});
  if (!options.keep_dims) {
    mean = squeeze(mean, axes);
    variance = squeeze(variance, axes);
  }
  if (is_half) return {cast(mean, float16), cast(variance, float16)};
  return {mean, variance};
}

Moments weighted_moments(const TensorLike& x, const TensorLike& axes, const TensorLike& frequency_weights,
                         const MomentsOptions& options) {
  const name_scope scope(options.name, "weighted_moments");
  const Output input = convert(x, DType::kInvalid, "x");
  const Output weights = convert(frequency_weights, DType::kInvalid, "frequency_weights");
  const ReduceOptions fold{.axis = axes, .keepdims = true};
  const auto sum = [&](const Output& value, const char* name) {
    return reduce_sum(value, {.axis = axes, .keepdims = true, .name = name});
  };
  const Output weighted_sum = sum(weights * input, "weighted_input_sum");
  const Output broadcast_weights = weights + zeros_like(input);
  const Output sum_of_weights = sum(broadcast_weights, "sum_of_weights");
  const Output divisor = reciprocal(sum_of_weights, {"inv_weight_sum"});
  Output mean = multiply(weighted_sum, divisor);
  const Output distances = sum(weights * squared_difference(input, mean), "weighted_distsq");
  Output variance = multiply(distances, divisor);
  if (!options.keep_dims) {
    mean = squeeze(mean, axes);
    variance = squeeze(variance, axes);
  }
  return {mean, variance};
}

Moments normalize_moments(const TensorLike& counts, const TensorLike& mean_ss, const TensorLike& variance_ss,
                          const TensorLike& shift, const NormalizeMomentsOptions& options) {
  const name_scope scope(options.name, "normalize");
  const Output divisor = reciprocal(counts, {"divisor"});
  Output mean, shifted_mean;
  if (shift.is_none()) {
    mean = shifted_mean = multiply(mean_ss, divisor, {"mean"});
  } else {
    shifted_mean = multiply(mean_ss, divisor, {"shifted_mean"});
    mean = add(shifted_mean, shift, {"mean"});
  }
  const Output mean_square = multiply(variance_ss, divisor);
  const Output variance = subtract(mean_square, square(shifted_mean), {"variance"});
  return {mean, variance};
}

Output batch_normalization(const TensorLike& x, const TensorLike& mean, const TensorLike& variance,
                           const TensorLike& offset, const TensorLike& scale, const TensorLike& variance_epsilon,
                           const NameOptions& options) {
  const name_scope scope(options.name, "batchnorm");
  const auto plus = [](const TensorLike& a, const TensorLike& b) -> TensorLike {
    const std::optional<double> p = client::number_of(a), q = client::number_of(b);
    return p && q ? TensorLike(*p + *q) : TensorLike(client::binary_operator("AddV2", "add", a, b));
  };
  const auto operate = [](const char* op, const char* name, const TensorLike& a, const TensorLike& b) {
    return client::binary_operator(op, name, a, b);
  };
  Output inverse = rsqrt(plus(variance, variance_epsilon));
  if (!scale.is_none()) inverse = operate("Mul", "mul", inverse, scale);
  // Statistics of another type than x have their own until here.
  const Output* const given = x.output();
  const auto as_x = [given](const Output& y) {
    const DType type = given == nullptr ? base_type(y.dtype()) : base_type(given->dtype());
    return base_type(y.dtype()) == type ? y : cast(y, type);
  };
  const Output scaled = operate("Mul", "mul", x, as_x(inverse));
  Output shift;
  if (offset.is_none()) {
    const std::optional<double> number = client::number_of(mean);
    const TensorLike negative_mean = number ? TensorLike(0 - *number) : TensorLike(client::unary_operator("Neg", mean));
    shift = operate("Mul", "mul", negative_mean, inverse);
  } else {
    const Output scaled_mean = operate("Mul", "mul", mean, inverse);
    shift = operate("Sub", "sub", offset, scaled_mean);
  }
  return scaled + as_x(shift);
}

namespace {

Output count_nonzero_as(const Output& value, DType dtype) {
  const name_scope scope("count_nonzero");
  const Output zero = zeros(Shape{}, {.dtype = base_type(value.dtype())});
  return reduce_sum(cast(not_equal(value, zero), dtype), {.name = "nonzero_count"});
}

}  // namespace

Output zero_fraction(const TensorLike& value, const NameOptions& options) {
  const name_scope scope(options.name, "zero_fraction");
  const Output x = convert(value, DType::kInvalid, "value");
  const Output count = size(x, {.out_type = int64});
  const Output nonzero = cond(
      count <= std::numeric_limits<int32_t>::max(), [&] { return cast(count_nonzero_as(x, int32), int64); },
      [&] { return count_nonzero_as(x, int64); });
  Output fraction;
  {
    const name_scope inner("counts_to_fraction");
    const Output zeros_counted = count - nonzero;
    const Output numerator = cast(zeros_counted, float32);
    fraction = numerator / cast(count, float32);
  }
  return identity(fraction, {"fraction"});
}

}  // namespace reflow::nn
