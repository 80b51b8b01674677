// Pooling and convolutions backwards: the graph of TensorFlow 1.15, and errors.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace nn = reflow::nn;
using reflow::testing::expect_golden_graph;
using ::testing::ThrowsMessage;

namespace {

TEST(Pooling, MakesTensorFlowsGraph) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const auto x1 = tf::placeholder(tf::float32, {2, 8, 3}, {.name = "x1"});
  const auto x2 = tf::placeholder(tf::float32, {2, 8, 6, 3}, {.name = "x2"});
  const auto x3 = tf::placeholder(tf::float32, {2, 4, 8, 6, 3}, {.name = "x3"});
  const auto f2 = tf::placeholder(tf::float32, {3, 3, 3, 4}, {.name = "f2"});
  tf::placeholder(tf::float32, {3, 3, 4}, {.name = "f1"});
  tf::placeholder(tf::float32, {2, 3, 3, 3, 4}, {.name = "f3"});
  const auto d2 = tf::placeholder(tf::float32, {3, 3, 3, 2}, {.name = "d2"});
  const auto k2 = tf::placeholder(tf::float32, {2, 2, 3}, {.name = "k2"});
  const auto y2 = tf::placeholder(tf::float32, {2, 8, 6, 4}, {.name = "y2"});
  const auto y3 = tf::placeholder(tf::float32, {2, 4, 8, 6, 4}, {.name = "y3"});
  const auto dy2 = tf::placeholder(tf::float32, {2, 8, 6, 6}, {.name = "dy2"});
  nn::max_pool1d(x1, {2}, {2}, "VALID"), nn::avg_pool1d(x1, {3}, {1}, "SAME", {.name = "mean1"});
  nn::max_pool2d(x2, {2}, {2, 1}, "VALID"), nn::avg_pool2d(x2, {1, 2, 2, 1}, {2}, "SAME", {.name = "mean2"});
  nn::max_pool_v2(x1, {2}, {2}, "VALID"), nn::max_pool_v2(x2, {2}, {2}, "VALID", {.name = "m2"});
  nn::avg_pool_v2(x3, {2}, {1}, "SAME");
  nn::max_pool_with_argmax(x2, {1, 2, 2, 1}, {1, 2, 2, 1}, "VALID");
  nn::max_pool_with_argmax(x2, {1, 2, 2, 1}, {1, 1, 1, 1}, "SAME",
                           {.Targmax = tf::int32, .include_batch_in_index = true, .name = "where"});
  nn::pool(x2, {2, 2}, "MAX", "SAME"), nn::pool(x2, {3, 3}, "AVG", "VALID", {.dilation_rate = {2, 1}, .name = "wide"});
  nn::pool(x1, {2}, "MAX", "VALID", {.strides = {2}}), nn::pool(x3, {2, 2, 2}, "AVG", "SAME");
  nn::fractional_max_pool(x2, {1., 1.5, 1.2, 1.}, {.seed = 3, .seed2 = 4});
  nn::fractional_avg_pool(x2, {1., 1.5, 1.2, 1.}, {true, true, true, 3, 4, "mean_part"});
  nn::dilation2d(x2, k2, {1, 1, 1, 1}, {1, 1, 1, 1}, "SAME");
  nn::erosion2d(x2, k2, {1, 2, 2, 1}, {1, 1, 1, 1}, "VALID");
  const std::vector<int64_t> ones(4, 1), five_ones(5, 1);
  nn::conv2d_backprop_filter(x2, {3, 3, 3, 4}, y2, ones, "SAME");
  nn::conv2d_backprop_input({2, 8, 6, 3}, f2, y2, ones, "SAME", {.name = "to_input"});
  nn::conv3d_backprop_filter(x3, {2, 3, 3, 3, 4}, y3, five_ones, "SAME");
  nn::conv3d_backprop_filter_v2(x3, {2, 3, 3, 3, 4}, y3, five_ones, "SAME", {.name = "to_filter"});
  nn::depthwise_conv2d_native(x2, d2, ones, "SAME");
  nn::depthwise_conv2d_native_backprop_input({2, 8, 6, 3}, d2, dy2, ones, "SAME");
  nn::depthwise_conv2d_backprop_filter(x2, {3, 3, 3, 2}, dy2, ones, "SAME");
  nn::conv_transpose(x2, tf::ones({3, 3, 4, 3}), {2, 16, 12, 4}, {2});
  nn::conv_transpose(x1, tf::ones({3, 4, 3}), {2, 16, 4}, {2}, {.name = "wide1"});
  nn::atrous_conv2d_transpose(y2, f2, {2, 8, 6, 3}, 2, "SAME");
  nn::atrous_conv2d_transpose(y2, f2, {2, 12, 10, 3}, 2, "VALID", {"from_valid"});
  nn::atrous_conv2d_transpose(y2, f2, {2, 8, 6, 3}, 1, "SAME");
  expect_golden_graph("nn_pooling", {.folder = "graphs"});
}

TEST(Pooling, WhatDoesNotFitIsAnError) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const auto matrix = tf::zeros({2, 3}), pictures = tf::zeros({1, 4, 4, 1});
  EXPECT_THAT([&] { nn::max_pool_v2(matrix, {2}, {2}, "SAME"); },
              ThrowsMessage<tf::ValueError>("Input tensor must be of rank 3, 4 or 5 but was 2."));
  EXPECT_THAT([&] { nn::pool(pictures, {2, 2}, "MAX", "SAME", {.dilation_rate = {2, 2}}); },
              ThrowsMessage<tf::ValueError>("pooling with SAME padding is not implemented for dilation_rate > 1"));
  EXPECT_THAT([&] { nn::atrous_conv2d_transpose(pictures, tf::zeros({2, 2, 1, 1}), {1, 4, 4, 1}, 0, "SAME"); },
              ThrowsMessage<tf::ValueError>("rate 0 cannot be less than one"));
}

TEST(Pooling, ErosionUndoesWhatDilationAdds) {
  const tf::Graph graph;
  const auto scope = graph.as_default();
  const auto x = tf::reshape(tf::range(16., 0., -1.), {1, 4, 4, 1});
  const auto kernel = tf::fill({1, 1, 1}, 0.5);
  const auto grown = nn::dilation2d(x, kernel, {1, 1, 1, 1}, {1, 1, 1, 1}, "SAME");
  const auto [before, after] =
      tf::Session().run<2>({x, nn::erosion2d(grown, kernel, {1, 1, 1, 1}, {1, 1, 1, 1}, "SAME")});
  for (int i = 0; i < 16; ++i) EXPECT_EQ(after.data<float>()[i], before.data<float>()[i]) << i;
}

}  // namespace
