// The functions of ops/metrics_impl.py.

#include "reflow/layers/metrics.h"

#include <nanobind/stl/optional.h>

#include "bindings.h"
#include "functions.h"

namespace reflow::python {
namespace {

std::vector<std::string> keys_from_python(nb::handle keys) {
  std::vector<std::string> names;
  if (keys.is_none()) return names;
  if (PyUnicode_Check(keys.ptr())) return {string_from_python(keys)};
  for (nb::handle key : keys) names.push_back(string_from_python(key));
  return names;
}

metrics::MetricOptions metric_options(TensorLike weights, nb::handle metrics_collections, nb::handle updates_collections,
                                      nb::handle name) {
  if (!name.is_none() && !PyUnicode_Check(name.ptr())) {
    throw TypeError("VariableScope: name_or_scope must be a string or VariableScope.");
  }
  return {.weights = weights, .metrics_collections = keys_from_python(metrics_collections),
          .updates_collections = keys_from_python(updates_collections), .name = string_from_python(name)};
}

nb::object pair_of(const metrics::Metric& metric) {
  return nb::make_tuple(tensor_object(metric.value), tensor_object(metric.update_op));
}

using MetricFn = metrics::Metric (*)(const TensorLike&, const metrics::MetricOptions&);
using PairMetricFn = metrics::Metric (*)(const TensorLike&, const TensorLike&, const metrics::MetricOptions&);
using ThresholdsMetricFn = metrics::Metric (*)(const TensorLike&, const TensorLike&, const metrics::Thresholds&,
                                               const metrics::MetricOptions&);
using AtMetricFn = metrics::Metric (*)(const TensorLike&, const TensorLike&, double,
                                       const metrics::AtThresholdsOptions&);

// Arguments end in weights, both collections and the name.
template <typename... Arg, typename Fn>
void def_metric(nb::module_& m, const char* name, Fn metric) {
  m.def(name, [metric](Arg... arguments, TensorLike weights, nb::handle metrics_collections,
                       nb::handle updates_collections, nb::handle n) {
    return pair_of(metric(arguments..., metric_options(weights, metrics_collections, updates_collections, n)));
  }, (static_cast<void>(sizeof(Arg)), nb::arg().none())..., nb::arg().none(), nb::arg().none(), nb::arg().none(),
     nb::arg().none());
}

void def_pair(nb::module_& m, const char* name, PairMetricFn metric) {
  def_metric<TensorLike, TensorLike>(m, name, metric);
}
void def_at_thresholds(nb::module_& m, const char* name, ThresholdsMetricFn metric) {
  def_metric<TensorLike, TensorLike, metrics::Thresholds>(m, name, metric);
}
void def_at(nb::module_& m, const char* name, AtMetricFn metric) {
  m.def(name, [metric](TensorLike labels, TensorLike predictions, double at, TensorLike weights, int num_thresholds,
                       nb::handle metrics_collections, nb::handle updates_collections, nb::handle n) {
    metrics::AtThresholdsOptions options{metric_options(weights, metrics_collections, updates_collections, n)};
    options.num_thresholds = num_thresholds;
    return pair_of(metric(labels, predictions, at, options));
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none());
}

}  // namespace

void bind_metric_functions(nb::module_& m) {
  nb::module_ metrics_module = m.def_submodule("metrics");
  nb::module_& s = metrics_module;
  def_metric<TensorLike>(s, "mean", static_cast<MetricFn>(metrics::mean));
  def_metric<TensorLike>(s, "mean_tensor", static_cast<MetricFn>(metrics::mean_tensor));
  def_pair(s, "accuracy", metrics::accuracy);
  def_pair(s, "percentage_below", metrics::percentage_below);
  def_pair(s, "mean_absolute_error", metrics::mean_absolute_error);
  def_pair(s, "mean_squared_error", metrics::mean_squared_error);
  def_pair(s, "root_mean_squared_error", metrics::root_mean_squared_error);
  def_pair(s, "true_positives", metrics::true_positives);
  def_pair(s, "true_negatives", metrics::true_negatives);
  def_pair(s, "false_positives", metrics::false_positives);
  def_pair(s, "false_negatives", metrics::false_negatives);
  def_pair(s, "precision", metrics::precision);
  def_pair(s, "recall", metrics::recall);
  def_at_thresholds(s, "true_positives_at_thresholds", metrics::true_positives_at_thresholds);
  def_at_thresholds(s, "true_negatives_at_thresholds", metrics::true_negatives_at_thresholds);
  def_at_thresholds(s, "false_positives_at_thresholds", metrics::false_positives_at_thresholds);
  def_at_thresholds(s, "false_negatives_at_thresholds", metrics::false_negatives_at_thresholds);
  def_at_thresholds(s, "precision_at_thresholds", metrics::precision_at_thresholds);
  def_at_thresholds(s, "recall_at_thresholds", metrics::recall_at_thresholds);
  def_at(s, "sensitivity_at_specificity", metrics::sensitivity_at_specificity);
  def_at(s, "specificity_at_sensitivity", metrics::specificity_at_sensitivity);
  def_metric<TensorLike, TensorLike, TensorLike>(s, "mean_relative_error", metrics::mean_relative_error);
  def_metric<TensorLike, TensorLike, int>(s, "mean_cosine_distance", metrics::mean_cosine_distance);
  def_metric<TensorLike, TensorLike, TensorLike>(s, "mean_iou", metrics::mean_iou);
  def_metric<TensorLike, TensorLike, int>(s, "mean_per_class_accuracy", metrics::mean_per_class_accuracy);
  s.def("auc", [](TensorLike labels, TensorLike predictions, TensorLike weights, int num_thresholds,
                  nb::handle metrics_collections, nb::handle updates_collections, const std::string& curve,
                  nb::handle name, const std::string& summation_method,
                  std::optional<metrics::Thresholds> thresholds) {
    metrics::AucOptions options{metric_options(weights, metrics_collections, updates_collections, name)};
    options.num_thresholds = num_thresholds;
    options.curve = curve;
    options.summation_method = summation_method;
    options.thresholds = thresholds;
    return pair_of(metrics::auc(labels, predictions, options));
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg().none(),
     nb::arg(), nb::arg().none());
  s.def("metric_variable", [](Shape shape, DType dtype, bool validate_shape, nb::handle name) {
    return metrics::metric_variable(shape, dtype, {.validate_shape = validate_shape, .name = string_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
}

}  // namespace reflow::python
