// tf.layers, tf.nn's recurrent networks and tf.contrib.layers, each kind as TensorFlow builds it.

#include <gtest/gtest.h>

#include "reflow/contrib/layers/layers.h"
#include "reflow/contrib/rnn/block_cells.h"
#include "reflow/layers/layers.h"
#include "reflow/layers/rnn.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace layers = tf::layers;
namespace rnn_cell = tf::nn::rnn_cell;
using reflow::testing::expect_golden_graph;

namespace {

class LayerKinds : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

tf::Output relu(const tf::Output& x) { return tf::nn::relu(x); }

void convolutions(const tf::Output& x, const tf::Output& xn, const tf::Output& xc, const tf::Output& s,
                  const tf::Output& sc, const tf::Output& z, const tf::Regularizer& reg) {
  layers::conv1d(s, 2, 3, {.strides = 2, .padding = "same", .activation = relu});
  layers::conv1d(sc, 4, 3, {.data_format = "channels_first"});
  layers::conv1d(s, 2, 3, {.dilation_rate = 2});
  layers::conv2d(x, 4, 3, {.padding = "same", .dilation_rate = {2, 2}, .kernel_regularizer = reg, .layer = {.name = "dilated"}});
  layers::conv2d(xn, 4, 3, {.dilation_rate = 2});
  layers::conv2d(xc, 4, {3, 2}, {.data_format = "channels_first", .use_bias = false});
  layers::conv3d(z, 2, 2, {.strides = {1, 2, 1}, .activity_regularizer = reg});
  layers::conv2d_transpose(x, 4, 3, {.strides = 2, .padding = "same"});
  layers::conv2d_transpose(xn, 4, {3, 2}, {.strides = {2, 3}, .use_bias = false});
  layers::conv3d_transpose(z, 2, 2, {.strides = 2, .activation = relu});
  layers::separable_conv1d(s, 4, 3, {.padding = "same"});
  layers::separable_conv2d(x, 4, 3, {.depth_multiplier = 2, .depthwise_regularizer = reg});
}

void pooling(const tf::Output& x, const tf::Output& xc, const tf::Output& s, const tf::Output& z) {
  layers::max_pooling1d(s, 2, 2);
  layers::average_pooling1d(s, 2, 1, {.padding = "same"});
  layers::max_pooling2d(xc, 2, 2, {.data_format = "channels_first"});
  layers::average_pooling2d(x, {3, 3}, {2, 2}, {.padding = "same", .name = "ap"});
  layers::max_pooling3d(z, 2, 2);
  layers::average_pooling3d(z, 2, 1, {.padding = "same"});
}

TEST_F(LayerKinds, Layers) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 9, 8, 3}, {.name = "x"});
  const tf::Output xn = tf::placeholder(tf::float32, {-1, -1, -1, 3}, {.name = "xn"});
  const tf::Output xc = tf::placeholder(tf::float32, {2, 3, 9, 8}, {.name = "xc"});
  const tf::Output s = tf::placeholder(tf::float32, {-1, 9, 3}, {.name = "s"});
  const tf::Output sc = tf::placeholder(tf::float32, {2, 3, 9}, {.name = "sc"});
  const tf::Output z = tf::placeholder(tf::float32, {2, 5, 6, 7, 3}, {.name = "z"});
  const tf::Output v = tf::placeholder(tf::float32, {-1, 5, 4}, {.name = "v"});
  const tf::Output t = tf::placeholder(tf::bool_, tf::Shape{}, {.name = "t"});
  const tf::Regularizer reg = tf::contrib::layers::l2_regularizer(0.1);
  convolutions(x, xn, xc, s, sc, z, reg);
  pooling(x, xc, s, z);
  layers::batch_normalization(x, t);
  layers::batch_normalization(x, true, {.momentum = 0.9, .scale = false});
  layers::batch_normalization(v, t, {.gamma_regularizer = reg, .layer = {.name = "bn"}});
  layers::batch_normalization(s, true, {.axis = {1}});
  layers::batch_normalization(x, true, {.axis = {1, 3}});
  layers::batch_normalization(x, false, {.center = false, .scale = false});
  layers::dropout(v, {.rate = 0.3, .noise_shape = std::vector<int>{1, 5, 4}, .seed = 2, .training = t});
  layers::flatten(xc, {.data_format = "channels_first"});
  layers::dense(v, 3, {.activation = [](const tf::Output& y) { return tf::tanh(y); }, .bias_regularizer = reg});
  const tf::variable_scope twice("twice", {.reuse = tf::AUTO_REUSE});
  layers::dense(v, 3, {.kernel_regularizer = reg, .layer = {.name = "k"}});
  layers::dense(v, 3, {.kernel_regularizer = reg, .layer = {.name = "k"}});
  expect_golden_graph("layer_kinds");
}

TEST_F(LayerKinds, UpdatesOfBatchNormalization) {
  const tf::Output x = tf::ones({2, 3, 3, 4});
  layers::BatchNormalization layer;
  layer(x, true);
  layers::batch_normalization(x, false);
  EXPECT_EQ(layer.updates().size(), 2u);
  EXPECT_EQ(tf::get_collection<tf::Operation>(tf::GraphKeys::UPDATE_OPS), layer.updates());
  EXPECT_EQ(layer.trainable_variables().size(), 2u);
  EXPECT_EQ(layer.non_trainable_variables().size(), 2u);
}

TEST_F(LayerKinds, BlockCells) {
  const tf::Output x = tf::placeholder(tf::float32, {4, 3, 5}, {.name = "x"});
  const std::vector<tf::Output> steps = tf::unstack(x, {.axis = 1});
  tf::contrib::rnn::LSTMBlockCell lstm(3);
  tf::nn::static_rnn(lstm, steps, {.dtype = tf::float32});
  tf::contrib::rnn::LSTMBlockCell clipped(3, {.forget_bias = 0.5, .cell_clip = 2.0, .use_peephole = true});
  tf::nn::static_rnn(clipped, steps, {.dtype = tf::float32, .scope = "clip"});
  tf::contrib::rnn::GRUBlockCellV2 gru(3);
  tf::nn::dynamic_rnn(gru, x, {.dtype = tf::float32, .scope = "gru"});
  tf::contrib::rnn::LSTMBlockFusedCell fused(3);
  fused(x, {.dtype = tf::float32});
  tf::contrib::rnn::LSTMBlockFusedCell peeping(3, {.use_peephole = true});
  const tf::Output major = tf::transpose(x, {1, 0, 2});
  const tf::Output c = tf::zeros({4, 3}), h = tf::ones({4, 3});
  peeping(major, {.initial_state = rnn_cell::State{c, h}});
  expect_golden_graph("block_cells");
}

}  // namespace
