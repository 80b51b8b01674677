// Losses, statistics and small functions: the graphs of TensorFlow 1.15.

#include "reflow/client/ctc_ops.h"

#include <gtest/gtest.h>

#include "reflow/client/older_names.h"
#include "reflow/client/statistics_ops.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;

namespace {

TEST(CtcOps, MakeTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::placeholder(tf::float32, {3, 4}, {.name = "x"});
  const tf::Output u = tf::placeholder(tf::float32, {-1, 4}, {.name = "u"});
  tf::nn::log_poisson_loss(x, x), tf::nn::log_poisson_loss(x, x, {.compute_full_loss = true, .name = "full"});
  tf::nn::sufficient_statistics(x, {0});
  tf::nn::sufficient_statistics(u, {0, 1}, {.shift = 0.5, .keep_dims = true, .name = "shifted"});
  tf::nn::lrn(tf::placeholder(tf::float32, {2, 3, 3, 8}), {.depth_radius = 2, .alpha = 0.5});
  const tf::Output logits = tf::placeholder(tf::float32, {5, 2, 4}, {.name = "logits"});
  const tf::SparseTensor labels({{0, 0}, {1, 0}}, tf::constant({1, 2}), {2, 1});
  tf::nn::ctc_loss(labels, logits, {5, 4});
  const tf::Output batch_major = tf::placeholder(tf::float32, {2, 5, 4});
  tf::nn::ctc_loss(labels, batch_major, {5, 4}, {.ctc_merge_repeated = false, .time_major = false});
  tf::nn::ctc_greedy_decoder(logits, {5, 4});
  tf::nn::ctc_beam_search_decoder(logits, {5, 4}, {.beam_width = 3, .top_paths = 2});
  tf::nn::ctc_beam_search_decoder_v2(logits, {5, 4});
  tf::arg_max(x, 1), tf::arg_min(x, 0, {.name = "least"}), tf::to_complex64(x), tf::reverse_v2(x, {0});
  tf::lin_space(0., 1., 5), tf::where_v2(x > 0, x, 0.), tf::where_v2(x > 0);
  tf::broadcast_dynamic_shape({2, 1}, {3});
  reflow::testing::expect_golden_graph("statistics", {.folder = "graphs"});
}

TEST(OlderNames, StaticShapesAreBroadcast) {
  EXPECT_EQ(tf::broadcast_static_shape({2, 1}, {3}), (tf::Shape{2, 3}));
  EXPECT_EQ(tf::broadcast_static_shape({-1, 1}, {4, 1}), (tf::Shape{4, 1}));
  EXPECT_EQ(tf::broadcast_static_shape({-1}, {1}), (tf::Shape{-1}));
  EXPECT_THROW(tf::broadcast_static_shape({2}, {3}), tf::ValueError);
}

}  // namespace
