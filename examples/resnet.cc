// Trains ResNet-20 on MNIST: residual blocks with batch normalisation and its updates, weight decay, momentum.
//
//   resnet [--steps N] [--data_dir DIR] [--seed N] [--test_images N]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "reflow/contrib/learn/datasets/input_data.h"
#include "reflow/layers/layers.h"
#include "reflow/reflow.h"

namespace tf = reflow;
namespace layers = tf::layers;
namespace input_data = tf::examples::tutorials::mnist::input_data;

constexpr int kBatchSize = 64, kReportEvery = 100;

// A 3x3 convolution and batch normalisation.
tf::Output convolution(const tf::Output& inputs, int64_t filters, int64_t strides, const tf::Output& training) {
  const tf::Output net = layers::conv2d(
      inputs, filters, 3,
      {.strides = strides, .padding = "same", .use_bias = false,
       .kernel_initializer = tf::variance_scaling_initializer({.scale = 2.0, .mode = "fan_out"}),
       .kernel_regularizer = tf::contrib::layers::l2_regularizer(1e-4)});
  return layers::batch_normalization(net, training, {.momentum = 0.9});
}

// Two convolutions, and what goes past them: smaller, with channels of zeros, where the block makes pictures smaller.
tf::Output block(const tf::Output& inputs, int64_t filters, int64_t strides, const tf::Output& training) {
  tf::Output shortcut = inputs;
  if (strides > 1) {
    const int64_t more = (filters - inputs.shape().dim(3)) / 2;
    shortcut = tf::pad(layers::average_pooling2d(inputs, strides, strides, {.padding = "same"}),
                       {{0, 0}, {0, 0}, {0, 0}, {more, more}});
  }
  const tf::Output net = tf::nn::relu(convolution(inputs, filters, strides, training));
  return tf::nn::relu(convolution(net, filters, 1, training) + shortcut);
}

// The logits of pictures, [batch, 28, 28, 1].
tf::Output inference(const tf::Output& images, const tf::Output& training) {
  tf::Output net = tf::nn::relu(convolution(images, 16, 1, training));
  for (int stage = 0; stage < 3; ++stage) {
    for (int i = 0; i < 3; ++i) {
      const tf::variable_scope scope("stage" + std::to_string(stage) + "_block" + std::to_string(i));
      net = block(net, 16 << stage, stage > 0 && i == 0 ? 2 : 1, training);
    }
  }
  return layers::dense(tf::reduce_mean(net, {1, 2}), 10);
}

struct Network {
  tf::Output x, y, training, loss, right;
  tf::Operation step;
};

Network build_network(int steps) {
  Network net;
  net.x = tf::placeholder(tf::float32, {-1, 784}, {.name = "x-input"});
  net.y = tf::placeholder(tf::int64, {-1}, {.name = "y-input"});
  net.training = tf::placeholder_with_default(false, tf::Shape{}, {.name = "training"});
  const tf::Output logits = inference(tf::reshape(net.x, std::vector<int>{-1, 28, 28, 1}), net.training);
  net.loss = tf::losses::sparse_softmax_cross_entropy(net.y, logits) + tf::losses::get_regularization_loss();
  const tf::Variable global_step = tf::train::get_or_create_global_step();
  const tf::Output rate = tf::train::piecewise_constant(global_step, {steps * 2 / 3}, {0.1, 0.01});
  const auto updates = tf::get_collection<tf::Operation>(tf::GraphKeys::UPDATE_OPS);
  const tf::control_dependencies after(std::vector<tf::GraphElement>(updates.begin(), updates.end()));
  net.step = tf::train::MomentumOptimizer(rate, 0.9).minimize(net.loss, {.global_step = global_step});
  net.right = tf::reduce_sum(tf::cast(tf::nn::in_top_k(logits, net.y, 1), tf::int32));
  return net;
}

void train(input_data::Datasets& mnist, int steps, int64_t test_images) {
  const Network net = build_network(steps);
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int i = 1; i <= steps; ++i) {
    const auto [images, labels] = mnist.train.next_batch(kBatchSize);
    const tf::FeedDict batch = {{net.x, images}, {net.y, labels}, {net.training, true}};
    sess.run(net.step, batch);
    if (i % kReportEvery == 0 || i == steps) {
      std::printf("After %d training step(s), loss on training batch is %g\n", i, sess.run(net.loss, batch).item<float>());
      std::fflush(stdout);
    }
  }
  int64_t right = 0;
  for (int64_t done = 0; done < test_images; done += 500) {
    const auto [images, labels] = mnist.test.next_batch(std::min<int64_t>(500, test_images - done), false);
    right += sess.run(net.right, {{net.x, images}, {net.y, labels}}).item<int32_t>();
  }
  std::printf("test accuracy is %g\n", static_cast<double>(right) / static_cast<double>(test_images));
}

int main(int argc, char** argv) {
  CLI::App app("Trains ResNet-20 on MNIST and prints its accuracy on the test set.");
  int steps = 1000;
  std::string data_dir = "data/mnist";
  int64_t seed = -1, test_images = 10000;
  app.add_option("--steps", steps, "Training steps, of 64 images each")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--data_dir", data_dir, "Folder with the four idx files, gzipped or not")->capture_default_str();
  app.add_option("--seed", seed, "Seed of the initial weights and of the shuffling; without it every run differs");
  app.add_option("--test_images", test_images, "Test with so many images")->capture_default_str()->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    input_data::ReadDataSetsOptions options;
    if (seed >= 0) {
      tf::set_random_seed(seed);
      options.seed = seed;
    }
    auto mnist = input_data::read_data_sets(data_dir, options);
    train(mnist, steps, test_images);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "resnet: %s\n", error.what());
    return 1;
  }
  return 0;
}
