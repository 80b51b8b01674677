// Metrics of two classes: counts, precision, recall.

#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/layers/metric_state.h"

namespace reflow::metrics {
namespace {

Metric count_true(Output values, const Output& weights, const MetricOptions& options) {
  assert_type(values, bool_);
  const Variable count = metric_variable({}, float32, {.name = "count"});
  values = cast(values, float32);
  if (weights.valid()) {
    const Output values_rank = rank(values);
    const control_dependencies after({assert_rank_in(weights, {0, values_rank})});
    values = multiply(values, cast(weights, float32));
  }
  const Output value = identity(count);
  return collected({value, add_to(count, reduce_sum(values))}, options);
}

Metric count_kind(const char* default_name, bool label, bool prediction, const TensorLike& labels,
                  const TensorLike& predictions, const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, default_name);
  const Output given = cast(predictions, bool_);
  const Fitted fitted = fit_dimensions(given, cast(labels, bool_), options.weights);
  const Output label_fits = equal(fitted.labels, label);
  const Output is_kind = logical_and(label_fits, equal(fitted.predictions, prediction));
  return count_true(is_kind, fitted.weights, options);
}

// part / (part + rest), 0 where there is none.
Output share(const Output& part, const Output& rest, const char* name) {
  const Output any = greater(part + rest, 0);
  const Output ratio = div(part, part + rest);
  return where(any, ratio, 0, {name});
}

Metric share_of_true_positives(const char* default_name, bool precision, const TensorLike& labels,
                               const TensorLike& predictions, const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, default_name);
  const Output given = cast(predictions, bool_);
  const Fitted fitted = fit_dimensions(given, cast(labels, bool_), options.weights);
  const MetricOptions inner =
      inner_options(fitted.weights.valid() ? TensorLike(fitted.weights) : TensorLike(), "");
  const Metric right = true_positives(fitted.labels, fitted.predictions, inner);
  const Metric wrong = precision ? false_positives(fitted.labels, fitted.predictions, inner)
                                 : false_negatives(fitted.labels, fitted.predictions, inner);
  const Output value = share(right.value, wrong.value, "value");
  return collected({value, share(right.update_op, wrong.update_op, "update_op")}, options);
}

}  // namespace

Metric true_positives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return count_kind("true_positives", true, true, labels, predictions, options);
}
Metric true_negatives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return count_kind("true_negatives", false, false, labels, predictions, options);
}
Metric false_positives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return count_kind("false_positives", false, true, labels, predictions, options);
}
Metric false_negatives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return count_kind("false_negatives", true, false, labels, predictions, options);
}

Metric precision(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return share_of_true_positives("precision", true, labels, predictions, options);
}
Metric recall(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options) {
  return share_of_true_positives("recall", false, labels, predictions, options);
}

}  // namespace reflow::metrics
