#include "reflow/layers/metrics_at_k.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace metrics = tf::metrics;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

TEST(MetricsAtK, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output labels = tf::placeholder(tf::int64, {2, 3}, {.name = "labels"});
  const tf::Output one = tf::placeholder(tf::int64, {2}, {.name = "one"});
  const tf::Output places = tf::constant({{0, 0}, {1, 1}}, tf::int64);
  const tf::SparseTensor some(places, tf::constant({1, 2}, tf::int64), {2, 3});
  const tf::Output scores = tf::placeholder(tf::float32, {2, 4}, {.name = "scores"});
  const tf::Output best = tf::placeholder(tf::int64, {2, 2}, {.name = "best"});
  const tf::Output loose_labels = tf::placeholder(tf::int64, {.name = "loose_labels"});
  const tf::Output w = tf::placeholder(tf::float32, {2}, {.name = "w"});
  metrics::recall_at_k(labels, scores, 2);
  metrics::recall_at_k(one, scores, 3, {1, w, {"mc"}, {"uc"}});
  metrics::recall_at_k(some, scores, 1, {.name = "sparse_recall"});
  metrics::recall_at_top_k(labels, best);
  metrics::recall_at_top_k(some, best, {.k = 2, .class_id = 0}), metrics::recall_at_top_k(loose_labels, best);
  metrics::precision_at_k(labels, scores, 2, {.weights = 2.});
  metrics::precision_at_k(one, scores, 2, {.class_id = 3, .name = "p"});
  metrics::sparse_precision_at_k(some, scores, 2), metrics::precision_at_top_k(one, best);
  metrics::precision_at_top_k(labels, best, {.k = 2, .class_id = 1, .weights = w});
  metrics::average_precision_at_k(labels, scores, 2);
  metrics::average_precision_at_k(one, scores, 1, {.weights = w, .name = "ap"});
  metrics::average_precision_at_k(some, scores, 2), metrics::sparse_average_precision_at_k(some, scores, 1);
  expect_golden_graph("metrics_at_k", {.folder = "graphs"});
  EXPECT_EQ(tf::get_collection("mc").size(), 1u);
  EXPECT_EQ(tf::get_collection("uc").size(), 1u);
}

// Two batches: the values after each.
struct Values {
  float first, second;
};
Values run(const metrics::Metric& metric, const tf::Output& scores) {
  tf::Session sess;
  sess.run(tf::local_variables_initializer());
  const double first = sess.run(metric.update_op, {{scores, {{0.1, 0.9, 0.5}, {0.6, 0.3, 0.2}}}}).item<double>();
  sess.run(metric.update_op, {{scores, {{0.9, 0.2, 0.1}, {0.1, 0.2, 0.9}}}});
  return {static_cast<float>(first), static_cast<float>(sess.run(metric.value).item<double>())};
}

TEST(MetricsAtK, CountThroughTheBatches) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output scores = tf::placeholder(tf::float32, {2, 3});
  const tf::Output labels = tf::constant({{2}, {1}}, tf::int64);
  const Values recall = run(metrics::recall_at_k(labels, scores, 2), scores);
  EXPECT_FLOAT_EQ(recall.first, 1);         // both labels are among the two best
  EXPECT_FLOAT_EQ(recall.second, 3 / 4.f);  // one of the two is after that
  const Values precision = run(metrics::precision_at_k(labels, scores, 1), scores);
  EXPECT_FLOAT_EQ(precision.first, 0);
  EXPECT_FLOAT_EQ(precision.second, 0);
  const Values average = run(metrics::average_precision_at_k(labels, scores, 2), scores);
  EXPECT_FLOAT_EQ(average.first, 0.5f);
  EXPECT_FLOAT_EQ(average.second, 3 / 8.f);
}

TEST(MetricsAtK, WhatDoesNotFitIsAnError) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output best = tf::zeros({2, 3}, {.dtype = tf::int64});
  EXPECT_THAT([&] { metrics::recall_at_top_k(tf::zeros({2, 3, 4}, {.dtype = tf::int64}), best); },
              ThrowsMessage<tf::ValueError>("Unexpected labels shape (2, 3, 4) for predictions shape (2, 3)."));
  EXPECT_THAT([&] { metrics::average_precision_at_k(best, best, 0); },
              ThrowsMessage<tf::ValueError>("Invalid k=0."));
}

}  // namespace
