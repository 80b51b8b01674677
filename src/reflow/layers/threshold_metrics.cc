// Metrics of predictions in [0, 1] at many thresholds, and the areas under their curves.

#include <algorithm>
#include <cmath>

#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/weights_broadcast.h"
#include "reflow/layers/metric_state.h"

namespace reflow::metrics {
namespace {

constexpr double kOutside = 1e-7;  // thresholds 0 and 1 are moved out by so much

// The counts at each threshold: what they were, and after the update. Those that weren't asked for aren't valid().
struct Counts {
  Output tp, fn, tn, fp;
};
struct Confusion {
  Counts value, updated;
};
struct Kinds {
  bool tp = true, fn = true, tn = true, fp = true;
};

Confusion confusion_at(const TensorLike& labels_like, const TensorLike& predictions_like, const Thresholds& thresholds,
                       const TensorLike& weights_like, const Kinds& kinds = {}) {
  const DType type = predictions_like.output() ? base_type(predictions_like.output()->dtype()) : DType::kFloat32;
  const char* range_text = "predictions must be in [0, 1]";
  const Output lowest = cast(0.0, type);
  const Operation above = assert_greater_equal(predictions_like, lowest, {.message = range_text});
  const Output highest = cast(1.0, type);
  const Operation below = assert_less_equal(predictions_like, highest, {.message = range_text});
  Fitted fitted;
  {
    const control_dependencies after({above, below});
    const Output predictions = cast(predictions_like, float32);
    fitted = fit_dimensions(predictions, cast(labels_like, bool_), weights_like);
  }
  const auto count = static_cast<int64_t>(thresholds.size());
  const Output column = reshape(fitted.predictions, {-1, 1});
  const Output label_row = reshape(cast(fitted.labels, bool_), {1, -1});
  const int64_t known = column.shape().known_rank() ? column.shape().dim(0) : -1;
  const TensorLike predictions_count = known >= 0 ? TensorLike(known) : TensorLike(shape(column)[0]);
  std::vector<float> limits(thresholds.begin(), thresholds.end());
  const Output limit_column = expand_dims(constant(limits), {1});
  const Output limit = tile(limit_column, stack({1, predictions_count}));
  const Output prediction_rows = tile(transpose(column), {count, 1});
  const Output positive = greater(prediction_rows, limit);
  Output negative, label_negative, weights;
  if (kinds.fn || kinds.tn) negative = logical_not(positive);
  const Output label_positive = tile(label_row, {count, 1});
  if (kinds.fp || kinds.tn) label_negative = logical_not(label_positive);
  if (fitted.weights.valid()) {
    const Output broadcast = broadcast_weights(cast(fitted.weights, float32), fitted.predictions);
    weights = tile(reshape(broadcast, {1, -1}), {count, 1});
  }
  Confusion confusion;
  const auto add_up = [&](const char* name, const Output& label, const Output& prediction, Output Counts::*kind) {
    const Variable variable = metric_variable({count}, float32, {.name = name});
    Output is_kind = cast(logical_and(label, prediction), float32);
    if (weights.valid()) is_kind = is_kind * weights;
    confusion.updated.*kind = add_to(variable, reduce_sum(is_kind, 1));
    confusion.value.*kind = variable;
  };
  if (kinds.tp) add_up("true_positives", label_positive, positive, &Counts::tp);
  if (kinds.fn) add_up("false_negatives", label_positive, negative, &Counts::fn);
  if (kinds.tn) add_up("true_negatives", label_negative, negative, &Counts::tn);
  if (kinds.fp) add_up("false_positives", label_negative, positive, &Counts::fp);
  return confusion;
}

// `count` thresholds, evenly spaced, the outermost beyond 0 and 1.
Thresholds even_thresholds(int count) {
  if (count < 2) throw ValueError("num_thresholds must be at least 2");
  Thresholds thresholds{-kOutside};
  for (int i = 0; i < count - 2; ++i) thresholds.push_back((i + 1) * 1.0 / (count - 1));
  thresholds.push_back(1.0 + kOutside);
  return thresholds;
}

Metric one_count(const char* default_name, Kinds kinds, Output Counts::*kind, const TensorLike& labels,
                 const TensorLike& predictions, const Thresholds& thresholds, const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, default_name);
  const Confusion confusion = confusion_at(labels, predictions, thresholds, options.weights, kinds);
  return collected({identity(confusion.value.*kind), confusion.updated.*kind}, options);
}

constexpr Kinds kOnlyTp{true, false, false, false}, kOnlyFn{false, true, false, false};
constexpr Kinds kOnlyTn{false, false, true, false}, kOnlyFp{false, false, false, true};

}  // namespace

Metric true_positives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                    const Thresholds& thresholds, const MetricOptions& options) {
  return one_count("true_positives", kOnlyTp, &Counts::tp, labels, predictions, thresholds, options);
}
Metric true_negatives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                    const Thresholds& thresholds, const MetricOptions& options) {
  return one_count("true_negatives", kOnlyTn, &Counts::tn, labels, predictions, thresholds, options);
}
Metric false_positives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                     const Thresholds& thresholds, const MetricOptions& options) {
  return one_count("false_positives", kOnlyFp, &Counts::fp, labels, predictions, thresholds, options);
}
Metric false_negatives_at_thresholds(const TensorLike& labels, const TensorLike& predictions,
                                     const Thresholds& thresholds, const MetricOptions& options) {
  return one_count("false_negatives", kOnlyFn, &Counts::fn, labels, predictions, thresholds, options);
}

namespace {

// right / (epsilon + right + wrong) at each threshold.
Metric ratios(const char* default_name, const std::string& prefix, Kinds kinds, Output Counts::*wrong,
              const TensorLike& labels, const TensorLike& predictions, const Thresholds& thresholds,
              const MetricOptions& options) {
  const variable_scope scope = metric_scope(options.name, default_name);
  const Confusion confusion = confusion_at(labels, predictions, thresholds, options.weights, kinds);
  const auto ratio = [&](const Counts& counts, const char* name) {
    const Output all = 1e-7 + counts.tp + counts.*wrong;
    return div(counts.tp, all, {prefix + name});
  };
  const Output value = ratio(confusion.value, "value");
  return collected({value, ratio(confusion.updated, "update_op")}, options);
}

}  // namespace

Metric precision_at_thresholds(const TensorLike& labels, const TensorLike& predictions, const Thresholds& thresholds,
                               const MetricOptions& options) {
  return ratios("precision_at_thresholds", "precision_", {true, false, false, true}, &Counts::fp, labels, predictions,
                thresholds, options);
}
Metric recall_at_thresholds(const TensorLike& labels, const TensorLike& predictions, const Thresholds& thresholds,
                            const MetricOptions& options) {
  return ratios("recall_at_thresholds", "recall_", {true, true, false, false}, &Counts::fn, labels, predictions,
                thresholds, options);
}

namespace {

void check_share(double value, const char* name) {
  if (!(value >= 0 && value <= 1)) throw ValueError(std::string("`") + name + "` must be in the range [0, 1].");
}

}  // namespace

Metric sensitivity_at_specificity(const TensorLike& labels, const TensorLike& predictions, double specificity,
                                  const AtThresholdsOptions& options) {
  check_share(specificity, "specificity");
  const variable_scope scope = metric_scope(options.name, "sensitivity_at_specificity");
  const Confusion confusion =
      confusion_at(labels, predictions, even_thresholds(options.num_thresholds), options.weights);
  const auto compute = [&](const Counts& c, const char* name) {
    const Output negatives = c.tn + c.fp + kOutside;
    const Output specificities = div(c.tn, negatives);
    const Output nearest = cast(argmin(abs(specificities - specificity), 0), int32);
    const Output right = c.tp[nearest], right_again = c.tp[nearest];
    const Output all = right_again + c.fn[nearest] + kOutside;
    return div(right, all, {name});
  };
  const Output value = compute(confusion.value, "value");
  return collected({value, compute(confusion.updated, "update_op")}, options);
}

Metric specificity_at_sensitivity(const TensorLike& labels, const TensorLike& predictions, double sensitivity,
                                  const AtThresholdsOptions& options) {
  check_share(sensitivity, "sensitivity");
  const variable_scope scope = metric_scope(options.name, "specificity_at_sensitivity");
  Thresholds thresholds = even_thresholds(options.num_thresholds);
  thresholds.back() = 1.0 - kOutside;  // as TensorFlow has it here
  const Confusion confusion = confusion_at(labels, predictions, thresholds, options.weights);
  const auto compute = [&](const Counts& c, const char* name) {
    const Output positives = c.tp + c.fn + kOutside;
    const Output sensitivities = div(c.tp, positives);
    const Output least = reduce_min(abs(sensitivities - sensitivity));
    const Output distance = abs(sensitivities - sensitivity);
    // The last of those that are equally near.
    const Output nearest_so_far = cumsum(cast(equal(distance, least), int64));
    const Output nearest = cast(argmax(nearest_so_far, 0), int32);
    const Output right = c.tn[nearest], right_again = c.tn[nearest];
    const Output all = right_again + c.fp[nearest] + kOutside;
    return div(right, all, {name});
  };
  const Output value = compute(confusion.value, "value");
  return collected({value, compute(confusion.updated, "update_op")}, options);
}

namespace {

// The area under the precision-recall curve with precision interpolated as Davis and Goadrich do (ICML 2006).
Output interpolated_pr_area(const Counts& c, int64_t last, const char* name) {
  const auto front = [&](const Output& x) { return x[Slice({}, last)]; };
  const auto back = [&](const Output& x) { return x[Slice(1, {})]; };
  const Output tp_front = front(c.tp);
  const Output dtp = tp_front - back(c.tp);
  const Output p = c.tp + c.fp;
  const Output p_front = front(p);
  const Output dp = maximum(p_front - back(p), 0);
  const Output slope = div_no_nan(dtp, dp, {"prec_slope"});
  const Output tp_back = back(c.tp);
  const Output intercept = tp_back - multiply(slope, back(p));
  const Output front_positive = front(p) > 0;
  const Output both_positive = logical_and(front_positive, back(p) > 0);
  const Output numerator = front(p);
  const Output ratio = div_no_nan(numerator, maximum(back(p), 0), {"recall_relative_ratio"});
  const Output safe_ratio = where(both_positive, ratio, ones_like(back(p)));
  const Output height = dtp + intercept * log(safe_ratio);
  const Output area = slope * height;
  const Output tp_again = back(c.tp);
  const Output positives = maximum(tp_again + back(c.fn), 0);
  const Output increments = div_no_nan(area, positives, {"pr_auc_increment"});
  return reduce_sum(increments, {.name = name});
}

Output area_under(const Counts& c, int64_t last, const AucOptions& options, const char* name) {
  if (options.curve == "PR" && options.summation_method == "careful_interpolation") {
    return interpolated_pr_area(c, last, "interpolate_pr_auc");
  }
  constexpr double kEpsilon = 1.0e-6;  // against division by 0
  const Output right = c.tp + kEpsilon;
  const Output recall = div(right, c.tp + c.fn + kEpsilon);
  Output x, y;
  if (options.curve == "ROC") {
    x = div(c.fp, c.fp + c.tn + kEpsilon);
    y = recall;
  } else {
    const Output numerator = c.tp + kEpsilon;
    x = recall;
    y = div(numerator, c.tp + c.fp + kEpsilon);
  }
  const Output x_front = x[Slice({}, last)];
  const Output width = x_front - x[Slice(1, {})];
  const Output y_front = y[Slice({}, last)];
  const Output y_back = y[Slice(1, {})];
  Output height;
  if (options.summation_method == "trapezoidal" || options.summation_method == "careful_interpolation") {
    height = (y_front + y_back) / 2.;
  } else if (options.summation_method == "minoring") {
    height = minimum(y_front, y_back);
  } else if (options.summation_method == "majoring") {
    height = maximum(y_front, y_back);
  } else {
    throw ValueError("Invalid summation_method: " + options.summation_method);
  }
  return reduce_sum(multiply(width, height), {.name = name});
}

}  // namespace

Metric auc(const TensorLike& labels, const TensorLike& predictions, const AucOptions& options) {
  const variable_scope scope = metric_scope(options.name, "auc");
  if (options.curve != "ROC" && options.curve != "PR") {
    throw ValueError("curve must be either ROC or PR, " + options.curve + " unknown");
  }
  Thresholds thresholds;
  if (options.thresholds) {
    thresholds = *options.thresholds;
    std::ranges::sort(thresholds);
    thresholds.insert(thresholds.begin(), -kOutside);
    thresholds.push_back(1.0 + kOutside);
  } else {
    thresholds = even_thresholds(options.num_thresholds);
  }
  const Confusion confusion = confusion_at(labels, predictions, thresholds, options.weights);
  const auto last = static_cast<int64_t>(thresholds.size()) - 1;
  const Output value = area_under(confusion.value, last, options, "value");
  return collected({value, area_under(confusion.updated, last, options, "update_op")}, options);
}

}  // namespace reflow::metrics
