// tf.layers, tf.nn's recurrent networks and tf.contrib.layers, each kind as TensorFlow builds it.

#include <gtest/gtest.h>

#include "reflow/contrib/layers/layers.h"
#include "reflow/contrib/rnn/block_cells.h"
#include "reflow/layers/cell_wrappers.h"
#include "reflow/layers/layers.h"
#include "reflow/layers/lstm_cell.h"
#include "reflow/layers/rnn.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace layers = tf::layers;
namespace slim = tf::contrib::layers;
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

class Variables : public tf::nn::StateSaver {
 public:
  tf::Output state(const std::string& name) override { return tf::get_variable(name, {4, 3}, {.trainable = false}); }
  tf::Output save_state(const std::string& name, const tf::Output& value) override {
    return tf::assign(tf::get_variable(name, {4, 3}), value);
  }
};

void directions(const std::vector<tf::Output>& steps, const tf::Output& x, const tf::Output& xu, const tf::Output& n) {
  {
    rnn_cell::GRUCell fw(2);
    rnn_cell::BasicRNNCell bw(3);
    tf::nn::static_bidirectional_rnn(fw, bw, steps, {.dtype = tf::float32, .sequence_length = n});
  }
  {
    rnn_cell::GRUCell fw(2), bw(2);
    tf::nn::static_bidirectional_rnn(fw, bw, steps, {.dtype = tf::float32, .scope = "without_lengths"});
  }
  {
    rnn_cell::GRUCell fw(2);
    rnn_cell::LSTMCell bw(3);
    tf::nn::bidirectional_dynamic_rnn(fw, bw, xu, {.sequence_length = n, .dtype = tf::float32, .scope = "both"});
  }
  rnn_cell::GRUCell fw(2), bw(2);
  tf::nn::bidirectional_dynamic_rnn(fw, bw, x, {.dtype = tf::float32, .time_major = true, .scope = "major"});
}

TEST_F(LayerKinds, Recurrence) {
  const tf::Output x = tf::placeholder(tf::float32, {4, 3, 5}, {.name = "x"});
  const tf::Output xu = tf::placeholder(tf::float32, {-1, -1, 5}, {.name = "xu"});
  const tf::Output n = tf::placeholder(tf::int32, {4}, {.name = "n"});
  const std::vector<tf::Output> steps = tf::unstack(x, {.axis = 1});
  rnn_cell::LSTMCell lstm(3, {.use_peepholes = true, .cell_clip = 1.0, .initializer = tf::ones_initializer(), .num_proj = 2,
                              .proj_clip = 2.0});
  tf::nn::dynamic_rnn(lstm, xu, {.sequence_length = n, .dtype = tf::float32});
  rnn_cell::GRUCell gru(3);
  tf::nn::static_rnn(gru, steps, {.dtype = tf::float32, .sequence_length = n, .scope = "lengths"});
  const auto dropped = std::make_shared<rnn_cell::DropoutWrapper>(
      std::make_shared<rnn_cell::LSTMCell>(3),
      rnn_cell::DropoutWrapperOptions{.input_keep_prob = 0.5, .output_keep_prob = 0.6, .state_keep_prob = 0.7});
  const auto both = std::make_shared<rnn_cell::MultiRNNCell>(
      std::vector<std::shared_ptr<rnn_cell::RNNCell>>{dropped, std::make_shared<rnn_cell::BasicRNNCell>(5)});
  rnn_cell::DeviceWrapper wrapped(std::make_shared<rnn_cell::ResidualWrapper>(both), "/cpu:0");
  tf::nn::static_rnn(wrapped, steps, {.dtype = tf::float32, .scope = "wrapped"});
  directions(steps, x, xu, n);
  rnn_cell::LSTMCell cell(3);
  const tf::TensorArray inputs = tf::TensorArray(tf::float32, 3).unstack(tf::transpose(x, {1, 0, 2}));
  const auto loop_fn = [&](const tf::Output& time, const tf::Output& output, const rnn_cell::State& state,
                           const std::vector<tf::Output>&) {
    const tf::Output finished = time >= n;
    const tf::Output next_input = tf::cond(tf::reduce_all(finished), [] { return tf::zeros({4, 5}); },
                                           [&] { return inputs.read(time); });
    const rnn_cell::State next = output.valid() ? state : cell.zero_state(4, tf::float32);
    return tf::nn::RawRnnStep{finished, next_input, next, output, {}};
  };
  tf::nn::raw_rnn(cell, loop_fn, {.scope = "raw"}).emitted.stack();
  Variables saver;
  rnn_cell::BasicLSTMCell basic(3);
  const tf::variable_scope saving("saving", {.reuse = tf::AUTO_REUSE});
  tf::nn::static_state_saving_rnn(basic, steps, saver, {"c", "h"});
  expect_golden_graph("recurrence_kinds");
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

TEST_F(LayerKinds, LayersInArgScopes) {
  const tf::Output x = tf::placeholder(tf::float32, {2, 12, 12, 3}, {.name = "x"});
  const tf::Output ids = tf::placeholder(tf::int64, {2, 5}, {.name = "ids"});
  const tf::Output t = tf::placeholder(tf::bool_, tf::Shape{}, {.name = "t"});
  tf::Output net;
  {
    const auto relu6 = [](const tf::Output& y) { return tf::nn::relu6(y); };
    const tf::Regularizer l2 = slim::l2_regularizer(0.05);
    const slim::arg_scope<slim::Conv2dOptions> convolutions({.activation_fn = relu6, .weights_regularizer = l2});
    const slim::arg_scope<slim::FullyConnectedOptions> dense({.activation_fn = relu6, .weights_regularizer = l2});
    {
      const slim::arg_scope<slim::Conv2dOptions> inner({.stride = 2, .padding = "VALID"});
      net = slim::conv2d(x, 4, 3);
      net = slim::conv2d(net, 5, {2, 2}, {.stride = 1, .scope = "z"});
    }
    net = slim::conv2d(net, 4, 3, {.normalizer_fn = [&](const tf::Output& y) {
                         return slim::batch_norm(y, {.scale = true, .is_training = t});
                       }});
    net = slim::max_pool2d(net, 2);
    net = slim::fully_connected(slim::flatten(net), 6,
                                {.normalizer_fn = [](const tf::Output& y) { return slim::layer_norm(y); }});
  }
  net = slim::dropout(net, {.keep_prob = 0.8, .is_training = t, .scope = "drop"});
  net = slim::repeat(net, 2, [](const tf::Output& y, const std::string& scope) {
    return slim::fully_connected(y, 4, {.scope = scope});
  }, "r");
  net = slim::fully_connected(net, 3, {.activation_fn = nullptr, .biases_initializer = nullptr,
                                       .variables_collections = std::vector<std::string>{"vc"}});
  slim::softmax(net);
  slim::one_hot_encoding(ids, 7);
  slim::avg_pool2d(x, {3, 3}, {.stride = 1, .padding = "SAME", .scope = "ap"});
  slim::batch_norm(x, {.decay = 0.9, .fused = false});
  slim::embed_sequence(ids, {.vocab_size = 10, .embed_dim = 4});
  expect_golden_graph("scoped_layers");
  EXPECT_EQ(tf::get_collection<tf::Variable>("vc").size(), 1u);
  EXPECT_EQ(tf::model_variables().size(), 21u);
}

}  // namespace
