#include "reflow/layers/metrics_at_k.h"

#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/weights_broadcast.h"
#include "reflow/layers/labels.h"
#include "reflow/layers/metric_state.h"

namespace reflow::metrics {
namespace {

// "recall_at_3_class1"; without k "recall_at_k".
std::string at_k(const std::string& what, const std::optional<int>& k, const std::optional<int64_t>& class_id = {}) {
  std::string name = what + "_at_" + (k ? std::to_string(*k) : "k");
  if (class_id) name += "_class" + std::to_string(*class_id);
  return name;
}

using SetOperation = SparseTensor (*)(const Labels& predictions, const Labels& labels);

SparseTensor in_both(const Labels& predictions, const Labels& labels) {
  return sets::set_intersection(predictions, labels);
}
SparseTensor only_labels(const Labels& predictions, const Labels& labels) {
  return sets::set_difference(predictions, labels, {.aminusb = false});
}
SparseTensor only_predictions(const Labels& predictions, const Labels& labels) {
  return sets::set_difference(predictions, labels, {.aminusb = true});
}

// The size of what the set operation gives for each row, weighted.
Output count(const char* default_name, SetOperation operation, Labels labels, Labels best,
             const std::optional<int64_t>& class_id = {}, const TensorLike& weights = {}, const std::string& name = "") {
  const name_scope scope(name, default_name);
  if (class_id) {
    labels = only_class(labels, *class_id);
    best = only_class(best, *class_id);
  }
  const Output counted = cast(sets::set_size(operation(best, labels)), float64);
  if (weights.is_none()) return counted;
  const control_dependencies after({assert_broadcastable(weights, counted)});
  return multiply(counted, cast(weights, float64));
}

Metric stream(const char* what, const char* plural, SetOperation operation, const Labels& labels, const Output& best,
              const AtTopKOptions& options) {
  const name_scope scope(nullptr, at_k(what, options.k, options.class_id));
  const Output counted = count(plural, operation, labels, best, options.class_id, options.weights);
  const Output total = cast(reduce_sum(counted), float64);
  const Variable variable = metric_variable({}, float64, {.name = scope.name()});
  return {variable, assign_add(variable, total, {.name = "update"})};
}

// True positives, as a share of them and of those that another set operation gives.
Metric share(const char* what, const char* wrong, const char* wrong_plural, SetOperation wrong_operation,
             const Labels& given, const TensorLike& predictions_idx, const AtTopKOptions& options) {
  const name_scope scope(options.name, at_k(what, options.k, options.class_id));
  const Output predictions = convert_to_tensor(predictions_idx);
  const Labels labels = expand_labels(given, predictions);
  const Output best = cast(predictions, int64);
  const Metric right = stream("true_positive", "true_positives", in_both, labels, best, options);
  const Metric others = stream(wrong, wrong_plural, wrong_operation, labels, best, options);
  const Output all = add(right.value, others.value);
  const Output value = div(right.value, all, {scope.name()});
  const Output updated = add(right.update_op, others.update_op);
  const Metric metric = {value, div(right.update_op, updated, {"update"})};
  add_to_collections(options.metrics_collections, metric.value);
  add_to_collections(options.updates_collections, metric.update_op);
  return metric;
}

AtTopKOptions with_k(const AtKOptions& options, int k, const std::string& name) {
  return {.k = k,
          .class_id = options.class_id,
          .weights = options.weights,
          .metrics_collections = options.metrics_collections,
          .updates_collections = options.updates_collections,
          .name = name};
}

}  // namespace

Metric recall_at_top_k(const Labels& labels, const TensorLike& predictions_idx, const AtTopKOptions& options) {
  return share("recall", "false_negative", "false_negatives", only_labels, labels, predictions_idx, options);
}
Metric precision_at_top_k(const Labels& labels, const TensorLike& predictions_idx, const AtTopKOptions& options) {
  return share("precision", "false_positive", "false_positives", only_predictions, labels, predictions_idx, options);
}

Metric recall_at_k(const Labels& labels, const TensorLike& predictions, int k, const AtKOptions& options) {
  const name_scope scope(options.name, at_k("recall", k, options.class_id));
  return recall_at_top_k(labels, nn::top_k(predictions, k).indices, with_k(options, k, scope.name()));
}
Metric precision_at_k(const Labels& labels, const TensorLike& predictions, int k, const AtKOptions& options) {
  const name_scope scope(options.name, at_k("precision", k, options.class_id));
  return precision_at_top_k(labels, nn::top_k(predictions, k).indices, with_k(options, k, scope.name()));
}

namespace {

// The average precision of each row.
Output average_precision(const Labels& given, const Output& predictions_idx) {
  const name_scope scope(nullptr, "average_precision");
  const Output best = cast(predictions_idx, int64, {"predictions_idx"});
  const int rank = best.shape().rank();
  if (rank == 0) throw ValueError("The rank of predictions_idx must be at least 1.");
  const int64_t k = rank > 0 ? best.shape().dim(rank - 1) : -1;
  if (k < 0) throw ValueError("The last dimension of predictions_idx must be set.");
  const Labels labels = expand_labels(given, best);
  const Output best_per_k = expand_dims(best, -1, {"predictions_idx_per_k"});
  const Labels labels_per_k = repeat_rows(labels, k, "labels_per_k");
  const Output relevant = count("true_positives", in_both, labels_per_k, best_per_k, {}, {}, "relevant_per_k");
  const Output right = cumsum(relevant, {.axis = -1, .name = "tp_per_k"});
  const Output retrieved = cumsum(ones_like(relevant), {.axis = -1, .name = "retrieved_per_k"});
  const Output precision = div(right, retrieved, {"precision_per_k"});
  const Output of_relevant = multiply(precision, relevant, {"relevant_precision_per_k"});
  const Output total = reduce_sum(of_relevant, {-1}, {.name = "precision_sum"});
  return div(total, cast(number_of_relevant(labels, k), float64), {scope.name()});
}

// A sum that grows with each batch.
Metric grow(const char* name, const std::function<Output()>& batch) {
  const name_scope scope(nullptr, name);
  const Variable variable = metric_variable({}, float64, {.name = scope.name()});
  return {variable, assign_add(variable, batch(), {.name = "update"})};
}

}  // namespace

Metric average_precision_at_k(const Labels& labels, const TensorLike& predictions, int k,
                              const MetricOptions& options) {
  if (k < 1) throw ValueError("Invalid k=" + std::to_string(k) + ".");
  const name_scope outer(options.name, at_k("average_precision", k));
  const Output best = nn::top_k(predictions, k).indices;
  const Output num_classes = cast(shape(predictions)[-1], int64);
  const Labels known = in_range(labels, num_classes);
  const name_scope scope(outer.name());
  Output precision = average_precision(known, best), weights;
  if (!options.weights.is_none()) {
    weights = broadcast_weights(cast(options.weights, float64), precision);
    precision = multiply(precision, weights);
  }
  const Metric most = grow("max", [&] {
    return weights.valid() ? reduce_sum(weights, {.name = "batch_max"})
                           : cast(size(precision, {.name = "batch_max"}), float64);
  });
  const Metric total = grow("total", [&] { return reduce_sum(precision, {.name = "batch_total"}); });
  const Output value = div_no_nan(total.value, most.value, {"mean"});
  return collected({value, div_no_nan(total.update_op, most.update_op, {scope.name()})}, options);
}

}  // namespace reflow::metrics
