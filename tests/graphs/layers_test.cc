// tf.layers, recurrent cells and networks, and sampled losses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/client/sampled_losses.h"
#include "reflow/layers/layers.h"
#include "reflow/layers/cell_wrappers.h"
#include "reflow/layers/rnn.h"
#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
namespace layers = tf::layers;
namespace rnn_cell = tf::nn::rnn_cell;
using reflow::testing::expect_golden_graph;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

namespace {

class GoldenLayers : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenLayers, SmallNets) {
  const tf::Output x = tf::placeholder(tf::float32, {-1, 12, 12, 3}, {.name = "x"});
  tf::Output net = layers::conv2d(x, 4, {3, 3},
                                  {.strides = {2, 2},
                                   .padding = "same",
                                   .activation = [](const tf::Output& y) { return tf::nn::relu(y); },
                                   .kernel_regularizer = tf::contrib::layers::l2_regularizer(0.1),
                                   .layer = {.name = "conv"}});
  net = layers::max_pooling2d(net, {2, 2}, {2, 2});
  net = layers::conv2d(net, 2, {2, 2});
  net = layers::average_pooling2d(net, {2, 2}, {1, 1});
  net = layers::dropout(net, {.rate = 0.25, .seed = 2, .training = true});
  net = layers::dropout(layers::flatten(net));
  net = layers::dense(net, 5, {.activation = [](const tf::Output& y) { return tf::tanh(y); }});
  layers::dense(net, 5, {.use_bias = false, .kernel_initializer = tf::ones_initializer(), .layer = {.name = "last"}});

  const tf::Output s = tf::placeholder(tf::float32, {2, 3, 4}, {.name = "s"});
  rnn_cell::MultiRNNCell both({std::make_shared<rnn_cell::BasicLSTMCell>(3), std::make_shared<rnn_cell::GRUCell>(2)});
  tf::nn::static_rnn(both, tf::unstack(s, {.axis = 1}), {.dtype = tf::float32});
  rnn_cell::BasicRNNCell basic(3, {.activation = [](const tf::Output& y) { return tf::nn::relu(y); }});
  tf::nn::dynamic_rnn(basic, s, {.dtype = tf::float32, .scope = "loop"});
  rnn_cell::GRUCell gru(3);
  tf::nn::dynamic_rnn(gru, tf::placeholder(tf::float32, {-1, -1, 4}, {.name = "u"}),
                      {.dtype = tf::float32, .time_major = true, .scope = "major"});

  const tf::Variable embeddings = tf::get_variable("embeddings", {20, 6}), biases = tf::get_variable("biases", {20});
  const tf::Output ids = tf::placeholder(tf::int64, {5, 1}, {.name = "ids"});
  const tf::Output h = tf::placeholder(tf::float32, {5, 6}, {.name = "h"});
  tf::nn::nce_loss({.weights = embeddings, .biases = biases, .labels = ids, .inputs = h, .num_sampled = 4, .num_classes = 20});
  expect_golden_graph("small_nets");
}

// Adds the input to the state.
class Sum : public rnn_cell::RNNCell {
 public:
  Sum() : RNNCell("Sum", "sum", {}) {}
  std::vector<int64_t> state_size() const override { return {2}; }
  int64_t output_size() const override { return 2; }

 private:
  rnn_cell::Step call(const tf::Output& inputs, const rnn_cell::State& state) override {
    const tf::Variable scale = tf::get_variable("scale", {2}, {.initializer = tf::ones_initializer()});
    const tf::Output next = state[0] + inputs * scale;
    return {next, {next}};
  }
};

TEST_F(GoldenLayers, LoopsEndWithTheirSequences) {
  Sum cell;
  const auto [outputs, state] = tf::nn::dynamic_rnn(
      cell, tf::ones({2, 3, 2}), {.sequence_length = std::vector<int>{1, 3}, .dtype = tf::float32});
  tf::Session session;
  session.run(tf::global_variables_initializer());
  const tf::Tensor y = session.run(outputs), last = session.run(state[0]);
  EXPECT_THAT(std::vector<float>(y.data<float>(), y.data<float>() + 12),
              ::testing::ElementsAre(1, 1, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3));
  EXPECT_THAT(std::vector<float>(last.data<float>(), last.data<float>() + 4), ::testing::ElementsAre(1, 1, 3, 3));
}

TEST_F(GoldenLayers, VariablesAreSharedByCallsOfALayer) {
  layers::Dense dense(3);
  dense(tf::ones({2, 4})), dense(tf::ones({1, 4}));
  EXPECT_EQ(dense.trainable_variables().size(), 2u);
  EXPECT_EQ(dense.scope_name(), "dense");
  EXPECT_EQ(tf::global_variables().size(), 2u);
}

TEST_F(GoldenLayers, Mistakes) {
  EXPECT_THAT([] { layers::dense(tf::placeholder(tf::float32, {-1, -1}), 3); },
              ThrowsMessage<tf::ValueError>(
                  StartsWith("The last dimension of the inputs to `Dense` should be defined. Found `None`.")));
  EXPECT_THAT([] { layers::conv2d(tf::ones({2, 2}), 1, {2, 2}); },
              ThrowsMessage<tf::ValueError>(StartsWith("Input 0 of layer conv2d is incompatible with the layer: "
                                                       "expected ndim=4, found ndim=2.")));
  rnn_cell::GRUCell cell(2);
  EXPECT_THAT([&] { tf::nn::static_rnn(cell, {}); }, ThrowsMessage<tf::ValueError>(StartsWith("inputs must not be empty")));
  EXPECT_THAT([&] { tf::nn::dynamic_rnn(cell, tf::ones({2, 3, 4})); },
              ThrowsMessage<tf::ValueError>(StartsWith("If there is no initial_state, you must give a dtype.")));
  EXPECT_THAT([] { rnn_cell::MultiRNNCell none({}); },
              ThrowsMessage<tf::ValueError>(StartsWith("Must specify at least one cell for MultiRNNCell.")));
  EXPECT_THAT([] { rnn_cell::DropoutWrapper(std::make_shared<Sum>(), {.output_keep_prob = 2}); },
              ThrowsMessage<tf::ValueError>(StartsWith("Parameter output_keep_prob must be between 0 and 1: 2")));
}

}  // namespace
