// tf.metrics.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/layers/metrics.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace metrics = tf::metrics;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

class GoldenMetrics : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenMetrics, First) {
  const tf::Output l = tf::placeholder(tf::int64, {-1}, {.name = "l"});
  const tf::Output p = tf::placeholder(tf::int64, {-1}, {.name = "p"});
  metrics::accuracy(l, p), metrics::mean(tf::to_float(p), {.name = "m"});
  metrics::precision(l, p), metrics::recall(l, p);
  const tf::Output float_labels = tf::to_float(l);
  metrics::mean_squared_error(float_labels, tf::to_float(p));
  const tf::Output bool_labels = tf::cast(l, tf::bool_), float_predictions = tf::to_float(p);
  metrics::auc(bool_labels, float_predictions, {{}, 10});
  expect_golden_graph("metrics", {.first_nodes = 336});  // what comes then is mean_iou, of an op that isn't there yet
}

TEST_F(GoldenMetrics, Means) {
  const tf::Output l = tf::placeholder(tf::float32, {4}, {.name = "l"});
  const tf::Output p = tf::placeholder(tf::float32, {4}, {.name = "p"});
  const tf::Output w = tf::placeholder(tf::float32, {4}, {.name = "w"});
  const tf::Output b = tf::cast(l, tf::bool_);
  metrics::accuracy(l, p, {w, {"mc"}, {"uc"}, "acc"});
  metrics::mean(p, {.weights = 2.}), metrics::mean_tensor(tf::ones({2, 3}), {.weights = 2.});
  metrics::percentage_below(p, 0.5);
  metrics::mean_absolute_error(l, p, {.weights = w}), metrics::mean_squared_error(l, p);
  metrics::root_mean_squared_error(l, p), metrics::mean_relative_error(l, p, w), metrics::mean_cosine_distance(l, p, 0);
  metrics::mean_per_class_accuracy(l, p, 3);
  metrics::mean_per_class_accuracy(l, p, 3, {.weights = w, .name = "weighted"});
  metrics::true_negatives(b, p), metrics::false_negatives(b, p), metrics::precision(b, p);
  metrics::recall(b, p, {.name = "rec"});
  expect_golden_graph("metrics_more");
  EXPECT_EQ(tf::get_collection("mc").size(), 1u);
}

TEST_F(GoldenMetrics, AtThresholds) {
  const tf::Output l = tf::placeholder(tf::bool_, {4}, {.name = "l"});
  const tf::Output p = tf::placeholder(tf::float32, {4}, {.name = "p"});
  const tf::Output w = tf::placeholder(tf::float32, {4}, {.name = "w"});
  metrics::true_positives_at_thresholds(l, p, {0.2, 0.5});
  metrics::false_positives_at_thresholds(l, p, {0.5}, {.name = "fpt"});
  metrics::true_negatives_at_thresholds(l, p, {0.2, 0.5}), metrics::false_negatives_at_thresholds(l, p, {0.5});
  metrics::precision_at_thresholds(l, p, {0.2, 0.5}, {.weights = w}), metrics::recall_at_thresholds(l, p, {0.2, 0.5});
  metrics::sensitivity_at_specificity(l, p, 0.5, {{}, 5}), metrics::specificity_at_sensitivity(l, p, 0.5, {{}, 5});
  metrics::auc(l, p, {{}, 4, "PR"}), metrics::auc(l, p, {{}, 4, "PR", "careful_interpolation"});
  metrics::auc(l, p, {{.weights = w}, 4, "ROC", "minoring"});
  metrics::auc(l, p, {{.name = "au"}, 200, "ROC", "majoring", metrics::Thresholds{0.3, 0.1}});
  expect_golden_graph("metrics_at_thresholds");
}

TEST_F(GoldenMetrics, CountOverBatches) {
  const tf::Output l = tf::placeholder(tf::int64, {-1}), p = tf::placeholder(tf::int64, {-1});
  const metrics::Metric metric = metrics::accuracy(l, p);
  tf::Session session;
  session.run({tf::local_variables_initializer()});
  const tf::Tensor labels = tf::Tensor::vector<int64_t>({1, 2, 3, 4});
  session.run(metric.update_op, {{l, labels}, {p, tf::Tensor::vector<int64_t>({1, 2, 3, 0})}});
  session.run(metric.update_op, {{l, labels}, {p, tf::Tensor::vector<int64_t>({1, 0, 0, 0})}});
  EXPECT_EQ(session.run(metric.value).item<float>(), 0.5f);
}

TEST_F(GoldenMetrics, WrongOptionsAreThrown) {
  const tf::Output p = tf::placeholder(tf::float32, {4});
  EXPECT_THAT([&] { metrics::auc(p, p, {{}, 4, "X"}); },
              ThrowsMessage<tf::ValueError>("curve must be either ROC or PR, X unknown"));
  EXPECT_THAT([&] { metrics::sensitivity_at_specificity(p, p, 1.5); },
              ThrowsMessage<tf::ValueError>("`specificity` must be in the range [0, 1]."));
}

}  // namespace
