// tf.losses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/layers/losses.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace losses = tf::losses;
using reflow::testing::expect_golden_graph;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

namespace {

class GoldenLosses : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenLosses, All) {
  const tf::Output l = tf::placeholder(tf::float32, {4, 3}, {.name = "labels"});
  const tf::Output p = tf::placeholder(tf::float32, {4, 3}, {.name = "pred"});
  losses::mean_squared_error(l, p), losses::absolute_difference(l, p, {.weights = 0.5});
  losses::softmax_cross_entropy(l, p, {{}, 0.1});
  losses::sparse_softmax_cross_entropy(tf::placeholder(tf::int64, {4}), p);
  const tf::Output weights = tf::placeholder(tf::float32, {4, 1}, {.name = "wt"});
  losses::sigmoid_cross_entropy(l, p, {{.weights = weights}});
  losses::hinge_loss(l, p, {.reduction = losses::Reduction::SUM});
  losses::huber_loss(l, p, {{.scope = "hub"}, 2.});
  losses::log_loss(l, p, {{.loss_collection = std::nullopt, .reduction = "none"}});
  losses::cosine_distance(l, p, 1), losses::get_total_loss();
  expect_golden_graph("losses", {.collections = true});
}

TEST_F(GoldenLosses, Reductions) {
  using R = losses::Reduction;
  const tf::Output l = tf::placeholder(tf::float32, {4, 3}, {.name = "labels"});
  const tf::Output p = tf::placeholder(tf::float32, {4, 3}, {.name = "pred"});
  const tf::Output w = tf::placeholder(tf::float32, {4, 1}, {.name = "weights"});
  const tf::Output h = tf::placeholder(tf::float16, {4, 3}, {.name = "half"});
  losses::mean_squared_error(l, p, {.weights = w, .reduction = R::MEAN});
  losses::absolute_difference(l, p, {.weights = w, .reduction = R::SUM_OVER_BATCH_SIZE});
  losses::absolute_difference(l, p, {.weights = w, .reduction = R::SUM});
  losses::absolute_difference(l, p, {.scope = "ad", .reduction = R::SUM_OVER_NONZERO_WEIGHTS});
  losses::cosine_distance(l, p, 1, {.weights = w}), losses::hinge_loss(l, p, {.weights = 0.});
  losses::huber_loss(l, p, {{.weights = w}}), losses::log_loss(l, p, {{}, 1e-5});
  losses::mean_pairwise_squared_error(l, p);
  losses::mean_pairwise_squared_error(l, p, {.weights = w, .scope = "pair"});
  losses::sigmoid_cross_entropy(l, p, {{}, 0.2});
  losses::softmax_cross_entropy(h, h, {{.weights = {1., 0., 2., 1.}, .loss_collection = std::nullopt}});
  losses::sparse_softmax_cross_entropy(tf::placeholder(tf::int32, {4, 1}), p, {.weights = w});
  losses::compute_weighted_loss(h, {.weights = 2, .loss_collection = std::nullopt});
  losses::get_total_loss(), losses::get_regularization_loss();
  expect_golden_graph("losses_reductions");
}

TEST_F(GoldenLosses, WeightsThatDontFitAreThrown) {
  const tf::Output l = tf::placeholder(tf::float32, {4, 3});
  EXPECT_THAT([&] { losses::mean_squared_error(l, l, {.weights = {1., 2.}}); },
              ThrowsMessage<tf::ValueError>("weights can not be broadcast to values. values.rank=2. weights.rank=1. "
                                            "values.shape=(4, 3). weights.shape=(2,)."));
  EXPECT_THAT([&] { losses::mean_squared_error(l, l, {.reduction = "x"}); },
              ThrowsMessage<tf::ValueError>("Invalid Reduction Key x."));
  EXPECT_THAT([&] { losses::cosine_distance(l, l, std::nullopt); },
              ThrowsMessage<tf::ValueError>("You must specify 'axis'."));
}

}  // namespace
