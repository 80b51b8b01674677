#include "reflow/client/statistics_ops.h"

#include <numbers>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"

namespace reflow::nn {

using client::convert;

Output log_poisson_loss(const TensorLike& targets_like, const TensorLike& log_input_like,
                        const LogPoissonLossOptions& options) {
  const name_scope scope(options.name, "log_poisson_loss");
  const Output log_input = convert(log_input_like, DType::kInvalid, "log_input");
  const Output targets = convert(targets_like, DType::kInvalid, "targets");
  if (!targets.shape().compatible_with(log_input.shape())) {
    throw ValueError("log_input and targets must have the same shape (" + client::python_shape(log_input.shape()) +
                     " vs " + client::python_shape(targets.shape()) + ")");
  }
  const Output expected = exp(log_input);
  const Output result = expected - log_input * targets;
  if (!options.compute_full_loss) return result;
  const DType type = base_type(targets.dtype());
  const Output half_of = convert(0.5, type, ""), two_pi = convert(2 * std::numbers::pi, type, "");
  const Output product = targets * log(targets);
  const Output difference = product - targets;
  const Output logarithm = log(two_pi * targets);
  const Output stirling = difference + half_of * logarithm;
  const Output zero = zeros_like(targets, {.dtype = type}), one = ones_like(targets, {.dtype = type});
  const Output is_positive = targets >= zero;
  const Output is_small = logical_and(is_positive, targets <= one);
  return result + where(is_small, zero, stirling);
}

SufficientStatistics sufficient_statistics(const TensorLike& x_like, const std::vector<int>& axes,
                                           const SufficientStatisticsOptions& options) {
  const name_scope scope(options.name, "sufficient_statistics");
  const Output x = convert(x_like, DType::kInvalid, "x");
  const DType type = base_type(x.dtype());
  const Shape& known = x.shape();
  int64_t number = 1;
  for (const int axis : axes) {
    const int dim = axis < 0 ? axis + known.rank() : axis;
    if (known.known_rank() && (dim < 0 || dim >= known.rank())) throw ValueError("list index out of range");
    const int64_t size = known.known_rank() ? known.dim(dim) : -1;
    number = number < 0 || size < 0 ? -1 : number * size;
  }
  SufficientStatistics result;
  if (number >= 0) {
    result.counts = constant(number, type);
  } else {
    const Output sizes = cast(shape(x), type);
    result.counts = reduce_prod(gather(sizes, axes), {.name = "count"});
  }
  Output sum = x, squares;
  if (options.shift.is_none()) {
    squares = square(x);
  } else {
    result.shift = convert(options.shift, DType::kInvalid, "shift");
    sum = subtract(x, result.shift);
    squares = squared_difference(x, result.shift);
  }
  result.mean_ss = reduce_sum(sum, {.axis = axes, .keepdims = options.keep_dims, .name = "mean_ss"});
  result.variance_ss = reduce_sum(squares, {.axis = axes, .keepdims = options.keep_dims, .name = "var_ss"});
  return result;
}

Output local_response_normalization(const TensorLike& input, const LocalResponseOptions& options) {
  return client::apply_op("LRN", options.name, {input},
                          {{"depth_radius", options.depth_radius},
                           {"bias", options.bias},
                           {"alpha", options.alpha},
                           {"beta", options.beta}});
}

}  // namespace reflow::nn
