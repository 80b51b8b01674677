// Means.

#include "reflow/layers/metrics.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/confusion_matrix.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/weights_broadcast.h"
#include "reflow/layers/metric_state.h"

namespace reflow::metrics {
namespace {

Output mean_of(const TensorLike& total, const TensorLike& count, const char* name) {
  const Output positive = maximum(count, 0);
  return div_no_nan(total, positive, {name});
}

// Labels and predictions for an element-wise error.
Fitted fit_errors(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return fit_dimensions(predictions, labels, options.weights);
}

MetricOptions with_weights(const MetricOptions& options, const Output& weights, const char* default_name) {
  MetricOptions inner = named(options, default_name);
  inner.weights = weights.valid() ? TensorLike(weights) : TensorLike();
  return inner;
}

}  // namespace

Metric mean(const TensorLike& values_like, const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, "mean");
  Output values = cast(values_like, float32);
  const Variable total = metric_variable({}, float32, {.name = "total"});
  const Variable count = metric_variable({}, float32, {.name = "count"});
  Output number;
  if (options.weights.is_none()) {
    number = cast(size(values), float32);
  } else {
    const Fitted fitted = fit_dimensions(values, {}, options.weights);
    values = fitted.predictions;
    const Output weights = broadcast_weights(cast(fitted.weights, float32), values);
    values = multiply(values, weights);
    number = reduce_sum(weights);
  }
  const Output new_total = add_to(total, reduce_sum(values));
  Output new_count;
  {
    const control_dependencies after({values});
    new_count = add_to(count, number);
  }
  const Output value = mean_of(total, count, "value");
  return collected({value, mean_of(new_total, new_count, "update_op")}, options);
}

Metric mean_tensor(const TensorLike& values_like, const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, "mean");
  Output values = cast(values_like, float32);
  const Variable total = metric_variable(values.shape(), float32, {.name = "total_tensor"});
  const Variable count = metric_variable(values.shape(), float32, {.name = "count_tensor"});
  Output number = ones_like(values);
  if (!options.weights.is_none()) {
    const Fitted fitted = fit_dimensions(values, {}, options.weights);
    values = fitted.predictions;
    const Output weights = broadcast_weights(cast(fitted.weights, float32), values);
    values = multiply(values, weights);
    number = multiply(number, weights);
  }
  const Output new_total = add_to(total, values);
  Output new_count;
  {
    const control_dependencies after({values});
    new_count = add_to(count, number);
  }
  const Output value = mean_of(total, count, "value");
  return collected({value, mean_of(new_total, new_count, "update_op")}, options);
}

Metric accuracy(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  Fitted fitted = fit_errors(labels, predictions, options);
  fitted.predictions = cast(fitted.predictions, base_type(fitted.labels.dtype()));
  const Output is_correct = cast(equal(fitted.predictions, fitted.labels), float32);
  return mean(is_correct, with_weights(options, fitted.weights, "accuracy"));
}

Metric percentage_below(const TensorLike& values, const TensorLike& threshold, const MetricOptions& options) {
  const Output is_below = cast(less(values, threshold), float32);
  return mean(is_below, named(options, "percentage_below_threshold"));
}

Metric mean_absolute_error(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  const Fitted fitted = fit_errors(labels, predictions, options);
  const Output errors = abs(fitted.predictions - fitted.labels);
  return mean(errors, with_weights(options, fitted.weights, "mean_absolute_error"));
}

Metric mean_squared_error(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  const Fitted fitted = fit_errors(labels, predictions, options);
  const Output errors = squared_difference(fitted.labels, fitted.predictions);
  return mean(errors, with_weights(options, fitted.weights, "mean_squared_error"));
}

Metric root_mean_squared_error(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  const Fitted fitted = fit_errors(labels, predictions, options);
  const MetricOptions inner = inner_options(fitted.weights.valid() ? TensorLike(fitted.weights) : TensorLike(),
                                            named(options, "root_mean_squared_error").name);
  const Metric square = mean_squared_error(fitted.labels, fitted.predictions, inner);
  const Output value = sqrt(square.value);
  return collected({value, sqrt(square.update_op)}, options);
}

Metric mean_relative_error(const TensorLike& labels, const TensorLike& predictions, const TensorLike& normalizer,
                           const MetricOptions& options) {
  const Fitted fitted = fit_errors(labels, predictions, options);
  const Squeezed divided = remove_squeezable_dimensions(fitted.predictions, normalizer);
  const Output& divisor = divided.predictions;
  const Output is_zero = equal(divisor, 0.0);
  const Output zeros = zeros_like(fitted.labels);
  const Output errors = where(is_zero, zeros, div(abs(fitted.labels - divided.labels), divisor));
  return mean(errors, with_weights(options, fitted.weights, "mean_relative_error"));
}

Metric mean_cosine_distance(const TensorLike& labels, const TensorLike& predictions, int dim,
                            const MetricOptions& options) {
  const Fitted fitted = fit_errors(labels, predictions, options);
  const Output products = multiply(fitted.predictions, fitted.labels);
  const Output cosines = reduce_sum(products, {.axis = std::vector<int>{dim}, .keepdims = true});
  const MetricOptions inner = inner_options(fitted.weights.valid() ? TensorLike(fitted.weights) : TensorLike(),
                                            named(options, "mean_cosine_distance").name);
  const Metric similarity = mean(cosines, inner);
  const Output value = subtract(1.0, similarity.value);
  return collected({value, subtract(1.0, similarity.update_op)}, options);
}

namespace {

Output flattened(const Output& x) { return x.shape().rank() > 1 ? reshape(x, {-1}) : x; }

Output mean_iou_of(const TensorLike& total, const char* name) {
  const Output rows = cast(reduce_sum(total, 0), float32);
  const Output columns = cast(reduce_sum(total, 1), float32);
  const Output right = cast(client::apply_op("DiagPart", "", {total}), float32);
  const Output either = rows + columns;
  const Output union_size = either - right;
  const Output valid = reduce_sum(cast(not_equal(union_size, 0), float32));
  const Output is_positive = greater(union_size, 0);
  const Output divisor = where(is_positive, union_size, ones_like(union_size));
  const Output iou = div(right, divisor);
  const Output any_valid = greater(valid, 0);
  const Output mean = reduce_sum(iou, {.name = name}) / valid;
  return where(any_valid, mean, 0);
}

}  // namespace

Metric mean_iou(const TensorLike& labels_like, const TensorLike& predictions_like, const TensorLike& num_classes,
                const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, "mean_iou");
  const auto* count = std::get_if<int64_t>(&num_classes.value());
  if (!count) throw TypeError("mean_iou: num_classes must be an integer");
  const Variable total = metric_variable({*count, *count}, float64, {.name = "total_confusion_matrix"});
  Output predictions = cast(predictions_like, int64), labels = cast(labels_like, int64);
  const Output classes = cast(num_classes, int64);
  predictions = flattened(predictions);
  labels = flattened(labels);
  ConfusionMatrixOptions how{.num_classes = classes, .dtype = float64};
  if (!options.weights.is_none()) how.weights = flattened(client::convert(options.weights, DType::kInvalid, ""));
  const Output update = add_to(total, confusion_matrix(labels, predictions, how));
  const Output value = mean_iou_of(total, "mean_iou");
  return collected({value, update}, options);
}

Metric mean_per_class_accuracy(const TensorLike& labels_like, const TensorLike& predictions_like, int num_classes,
                               const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, "mean_accuracy");
  const Output labels = flattened(cast(labels_like, int64));
  Output predictions = flattened(client::convert(predictions_like, DType::kInvalid, ""));
  const Variable total = metric_variable({num_classes}, float32, {.name = "total"});
  const Variable count = metric_variable({num_classes}, float32, {.name = "count"});
  Output ones = reflow::ones(TensorList{size(labels)});
  predictions = cast(predictions, base_type(labels.dtype()));
  Output is_correct = cast(equal(predictions, labels), float32);
  if (!options.weights.is_none()) {
    const Output weights = cast(flattened(client::convert(options.weights, DType::kInvalid, "")), float32);
    is_correct = is_correct * weights;
    ones = ones * weights;
  }
  const Output new_total = scatter_add(total, labels, ones);
  const Output new_count = scatter_add(count, labels, is_correct);
  const Output positive = maximum(total, 0);
  const Output value = reduce_mean(div_no_nan(count, positive), {.name = "mean_accuracy"});
  return collected({value, mean_of(new_count, new_total, "update_op")}, options);
}

}  // namespace reflow::metrics
