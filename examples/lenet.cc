// Trains LeNet-5 on MNIST: two convolutions with pooling, two dense layers, L2 regularisation, a learning rate that decays,
// and moving averages of the weights, which are what is tested.
//
//   lenet [--steps N] [--data_dir DIR] [--seed N]

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "reflow/contrib/learn/datasets/input_data.h"
#include "reflow/layers/layers.h"
#include "reflow/reflow.h"

namespace tf = reflow;
namespace input_data = tf::examples::tutorials::mnist::input_data;

constexpr int kBatchSize = 100, kReportEvery = 1000;

// The logits of pictures, [batch, 28, 28, 1].
tf::Output inference(const tf::Output& images, const tf::Regularizer& regularizer) {
  const auto relu = [](const tf::Output& x) { return tf::nn::relu(x); };
  const auto initializer = tf::truncated_normal_initializer({.stddev = 0.1});
  tf::Output net = tf::layers::conv2d(images, 32, {5, 5}, {.padding = "same", .activation = relu,
                                                           .kernel_initializer = initializer, .layer = {.name = "conv1"}});
  net = tf::layers::max_pooling2d(net, {2, 2}, {2, 2});
  net = tf::layers::conv2d(net, 64, {5, 5}, {.padding = "same", .activation = relu, .kernel_initializer = initializer,
                                             .layer = {.name = "conv2"}});
  net = tf::layers::max_pooling2d(net, {2, 2}, {2, 2});
  net = tf::layers::flatten(net);
  net = tf::layers::dense(net, 512, {.activation = relu, .kernel_initializer = initializer,
                                     .kernel_regularizer = regularizer, .layer = {.name = "fc1"}});
  return tf::layers::dense(net, 10, {.kernel_initializer = initializer, .kernel_regularizer = regularizer,
                                     .layer = {.name = "fc2"}});
}

struct Network {
  tf::Output x, y_, loss, accuracy;
  tf::Operation train_op;
  std::vector<tf::GraphElement> take_averages;  // what gives the weights the values of their averages
};

Network build_network(int64_t num_examples) {
  Network net;
  net.x = tf::placeholder(tf::float32, {-1, 784}, {.name = "x-input"});
  net.y_ = tf::placeholder(tf::float32, {-1, 10}, {.name = "y-input"});
  const tf::Output logits = inference(tf::reshape(net.x, std::vector<int>{-1, 28, 28, 1}),
                                      tf::contrib::layers::l2_regularizer(0.0001));
  const tf::Output labels = tf::argmax(net.y_, {.axis = 1});
  const tf::Variable global_step(0, {.trainable = false});
  tf::train::ExponentialMovingAverage averages(0.99, {.num_updates = global_step});
  const tf::Operation averages_op = averages.apply(tf::trainable_variables());
  const tf::Output cross_entropy =
      tf::nn::sparse_softmax_cross_entropy_with_logits({.labels = labels, .logits = logits});
  net.loss = tf::reduce_mean(cross_entropy) + tf::losses::get_regularization_loss();
  const tf::Output learning_rate =
      tf::train::exponential_decay(0.05, global_step, static_cast<double>(num_examples) / kBatchSize, 0.99);
  const tf::Operation step =
      tf::train::GradientDescentOptimizer(learning_rate).minimize(net.loss, {.global_step = global_step});
  {
    const tf::control_dependencies both({step, averages_op});
    net.train_op = tf::no_op("train");
  }
  net.accuracy = tf::reduce_mean(tf::cast(tf::equal(tf::argmax(logits, {.axis = 1}), labels), tf::float32));
  for (const tf::Variable& variable : tf::trainable_variables()) {
    net.take_averages.push_back(variable.assign(*averages.average(variable)).op());
  }
  return net;
}

void train(input_data::Datasets& mnist, int steps) {
  const Network net = build_network(mnist.train.num_examples());
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int i = 1; i <= steps; ++i) {
    const auto [images, labels] = mnist.train.next_batch(kBatchSize);
    const tf::FeedDict batch = {{net.x, images}, {net.y_, labels}};
    sess.run(net.train_op, batch);
    if (i % kReportEvery == 0 || i == steps) {
      std::printf("After %d training step(s), loss on training batch is %g\n", i, sess.run(net.loss, batch).item<float>());
      std::fflush(stdout);
    }
  }
  for (const tf::GraphElement& assign : net.take_averages) sess.run(assign);
  constexpr int kTestBatches = 10;
  double right = 0;
  for (int i = 0; i < kTestBatches; ++i) {
    const auto [images, labels] = mnist.test.next_batch(mnist.test.num_examples() / kTestBatches, false);
    right += sess.run(net.accuracy, {{net.x, images}, {net.y_, labels}}).item<float>();
  }
  std::printf("test accuracy using average model is %g\n", right / kTestBatches);
}

int main(int argc, char** argv) {
  CLI::App app("Trains LeNet-5 on MNIST and prints its accuracy on the test set.");
  int steps = 20000;
  std::string data_dir = "data/mnist";
  int64_t seed = -1;
  app.add_option("--steps", steps, "Training steps, of 100 images each")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--data_dir", data_dir, "Folder with the four idx files, gzipped or not")->capture_default_str();
  app.add_option("--seed", seed, "Seed of the initial weights and of the shuffling; without it every run differs");
  CLI11_PARSE(app, argc, argv);
  try {
    input_data::ReadDataSetsOptions options{.one_hot = true};
    if (seed >= 0) {
      tf::set_random_seed(seed);
      options.seed = seed;
    }
    auto mnist = input_data::read_data_sets(data_dir, options);
    train(mnist, steps);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lenet: %s\n", error.what());
    return 1;
  }
  return 0;
}
