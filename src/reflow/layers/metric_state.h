#pragma once

// What metrics share. Not for users.

#include <functional>
#include <string>

#include "reflow/client/variable_scope.h"
#include "reflow/layers/metrics.h"

namespace reflow::metrics {

// The variable scope of a metric: `name`, else `default_name` made unique.
inline variable_scope metric_scope(const std::string& name, const char* default_name) {
  if (name.empty()) return variable_scope(nullptr, {.default_name = default_name});
  return variable_scope(name);
}

// Options of a metric that is part of another: weights, and a name.
MetricOptions inner_options(const TensorLike& weights, const std::string& name);
// `options` with the name that a metric has where it is given none.
MetricOptions named(const MetricOptions& options, const char* default_name);
// Puts both into the collections that options name.
Metric collected(const Metric& metric, const MetricOptions& options);

// Predictions, labels and weights with ranks that fit: a last dimension of 1 too much is left out, one too little of
// weights added. `labels` and `weights` may be none, and then aren't valid().
struct Fitted {
  Output predictions, labels, weights;
};
Fitted fit_dimensions(const TensorLike& predictions, const TensorLike& labels, const TensorLike& weights);

// value + delta where it runs; as variables of either kind.
Output add_to(const Variable& variable, const TensorLike& delta);

}  // namespace reflow::metrics
