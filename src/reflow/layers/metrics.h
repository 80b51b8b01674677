#pragma once

// Streaming metrics: each keeps its state in local variables (run local_variables_initializer first), has a tensor with
// its value so far, and one that takes in another batch and gives the value after it. Where nothing else is said these
// are scalars, float32, and labels and predictions have one shape, or one of them a last dimension of 1 more.
// ValueError: weights that can't be broadcast.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"

namespace reflow::metrics {

struct Metric {
  Output value, update_op;
};

struct MetricOptions {
  TensorLike weights;  // of the values' rank, each dimension theirs or 1; or a scalar
  std::vector<std::string> metrics_collections, updates_collections;  // where value and update_op are put
  std::string name;
};

// The mean of all elements.
Metric mean(const TensorLike& values, const MetricOptions& options = {});
// The mean of each element: of the shape of `values`.
Metric mean_tensor(const TensorLike& values, const MetricOptions& options = {});
// The share of elements that are equal, or below `threshold`.
Metric accuracy(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric percentage_below(const TensorLike& values, const TensorLike& threshold, const MetricOptions& options = {});
// Means over the elements, of the last one the root.
Metric mean_absolute_error(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric mean_squared_error(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric root_mean_squared_error(const TensorLike& labels, const TensorLike& predictions,
                               const MetricOptions& options = {});
// |labels - predictions| / normalizer; 0 where that is 0.
Metric mean_relative_error(const TensorLike& labels, const TensorLike& predictions, const TensorLike& normalizer,
                           const MetricOptions& options = {});
// 1 - labels * predictions summed over dimension `dim`, along which both are to have unit norm.
Metric mean_cosine_distance(const TensorLike& labels, const TensorLike& predictions, int dim,
                            const MetricOptions& options = {});
// Intersection over union of each class, and accuracy of each class: means over the classes. Labels and predictions are
// numbers of classes, weights of their shape. num_classes: an integer; of mean_iou update_op is the confusion matrix,
// [classes, classes]. TypeError: it is none.
Metric mean_iou(const TensorLike& labels, const TensorLike& predictions, const TensorLike& num_classes,
                const MetricOptions& options = {});
Metric mean_per_class_accuracy(const TensorLike& labels, const TensorLike& predictions, int num_classes,
                               const MetricOptions& options = {});

// Of labels and predictions as bools: how many there are of a kind, weighted.
Metric true_positives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric true_negatives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric false_positives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric false_negatives(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
// true_positives / (true_positives + false_positives); / (true_positives + false_negatives).
Metric precision(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});
Metric recall(const TensorLike& labels, const TensorLike& predictions, const MetricOptions& options = {});

// The same for predictions in [0, 1], which are positive above each of the thresholds: values are [thresholds].
using Thresholds = std::vector<double>;
Metric true_positives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                    const Thresholds& thresholds, const MetricOptions& options = {});
Metric true_negatives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                    const Thresholds& thresholds, const MetricOptions& options = {});
Metric false_positives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                     const Thresholds& thresholds, const MetricOptions& options = {});
Metric false_negatives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                     const Thresholds& thresholds, const MetricOptions& options = {});
Metric precision_at_thresholds(const TensorLike& labels, const TensorLike& predictions, const Thresholds& thresholds,
                               const MetricOptions& options = {});
Metric recall_at_thresholds(const TensorLike& labels, const TensorLike& predictions, const Thresholds& thresholds,
                            const MetricOptions& options = {});

struct AtThresholdsOptions : MetricOptions {
  int num_thresholds = 200;
};
// The one where the other is nearest to `specificity` or `sensitivity`, of predictions in [0, 1]. ValueError: that
// isn't in [0, 1].
Metric sensitivity_at_specificity(const TensorLike& labels, const TensorLike& predictions, double specificity,
                                  const AtThresholdsOptions& options = {});
Metric specificity_at_sensitivity(const TensorLike& labels, const TensorLike& predictions, double sensitivity,
                                  const AtThresholdsOptions& options = {});

struct AucOptions : MetricOptions {
  int num_thresholds = 200;
  std::string curve = "ROC";                        // or "PR"
  std::string summation_method = "trapezoidal";     // or "careful_interpolation", "minoring", "majoring"
  std::optional<Thresholds> thresholds;             // in (0, 1); 0 and 1 are added
};
// The area under the curve, of predictions in [0, 1]. ValueError: "num_thresholds must be at least 2", "curve must be
// either ROC or PR, X unknown", "Invalid summation_method: x".
Metric auc(const TensorLike& labels, const TensorLike& predictions, const AucOptions& options = {});

// The variable of a metric's state: local, and in the collection METRIC_VARIABLES.
struct MetricVariableOptions {
  bool validate_shape = true;
  std::string name;
};
Variable metric_variable(const Shape& shape, DType dtype, const MetricVariableOptions& options = {});

}  // namespace reflow::metrics
