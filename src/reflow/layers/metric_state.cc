#include "reflow/layers/metric_state.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/state_ops.h"
#include "reflow/client/weights_broadcast.h"

namespace reflow::metrics {

Variable metric_variable(const Shape& shape, DType dtype, const MetricVariableOptions& options) {
  return Variable([&] { return zeros(shape, {.dtype = dtype}); },
                  {.trainable = false,
                   .collections = {{GraphKeys::LOCAL_VARIABLES, GraphKeys::METRIC_VARIABLES}},
                   .validate_shape = options.validate_shape,
                   .name = options.name,
                   .synchronization = VariableSynchronization::ON_READ,
                   .aggregation = VariableAggregation::SUM});
}

MetricOptions inner_options(const TensorLike& weights, const std::string& name) {
  MetricOptions options;
  options.weights = weights;
  options.name = name;
  return options;
}

MetricOptions named(const MetricOptions& options, const char* default_name) {
  MetricOptions inner = options;
  if (inner.name.empty()) inner.name = default_name;
  return inner;
}

Metric collected(const Metric& metric, const MetricOptions& options) {
  add_to_collections(options.metrics_collections, metric.value);
  add_to_collections(options.updates_collections, metric.update_op);
  return metric;
}

namespace {

Output fit_weights(const Output& weights, const Output& predictions) {
  const int weights_rank = weights.shape().rank(), rank_of_values = predictions.shape().rank();
  if (weights_rank == 0) return weights;
  if (weights_rank >= 0 && rank_of_values >= 0) {
    if (weights_rank - rank_of_values == 1) return squeeze(weights, {-1});
    if (rank_of_values - weights_rank == 1) return expand_dims(weights, {-1});
    return weights;
  }
  const Output own_rank = rank(weights);
  const Output difference = own_rank - rank(predictions);
  const int64_t last = weights_rank > 0 ? weights.shape().dim(weights_rank - 1) : -1;
  const auto expand = [&] {
    const Output one_less = equal(difference, -1);
    return cond(one_less, [&] { return expand_dims(weights, {-1}); }, [&] { return weights; });
  };
  const auto adjust = [&] {
    const Output one_more = equal(difference, 1);
    return cond(one_more, [&] { return last > 1 || last == 0 ? weights : squeeze(weights, {-1}); }, expand);
  };
  const Output is_scalar = equal(own_rank, 0);
  return cond(is_scalar, [&] { return weights; }, adjust);
}

}  // namespace

Fitted fit_dimensions(const TensorLike& predictions, const TensorLike& labels, const TensorLike& weights) {
  Fitted fitted;
  fitted.predictions = client::convert(predictions, DType::kInvalid, "");
  if (!labels.is_none()) {
    const Squeezed pair = remove_squeezable_dimensions(labels, fitted.predictions);
    fitted.labels = pair.labels;
    fitted.predictions = pair.predictions;
    if (!fitted.predictions.shape().compatible_with(fitted.labels.shape())) {
      throw ValueError("Shapes " + client::python_shape(fitted.predictions.shape()) + " and " +
                       client::python_shape(fitted.labels.shape()) + " are incompatible");
    }
  }
  if (!weights.is_none()) {
    fitted.weights = fit_weights(client::convert(weights, DType::kInvalid, ""), fitted.predictions);
  }
  return fitted;
}

Output add_to(const Variable& variable, const TensorLike& delta) { return assign_add(variable, delta); }

}  // namespace reflow::metrics
