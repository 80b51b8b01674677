// Trains a network of two fully connected layers, 784-500-10, on MNIST: cross entropy with L2 regularisation, a learning
// rate that decays, and moving averages of the weights, which are what is tested. With --model_dir it saves checkpoints,
// and goes on from the last one when it is run again.
//
//   mnist_mlp [--steps N] [--data_dir DIR] [--model_dir DIR] [--log_dir DIR] [--seed N]
//
// With --log_dir it writes what TensorBoard shows: loss, accuracy and learning rate, the distributions of weights and
// biases, some digits, the graph, and the times and memory of its nodes.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "reflow/contrib/learn/datasets/input_data.h"
#include "reflow/reflow.h"

namespace tf = reflow;
namespace input_data = tf::examples::tutorials::mnist::input_data;

constexpr int kInputNodes = 784, kLayer1Nodes = 500, kOutputNodes = 10;
constexpr int kBatchSize = 100;
constexpr double kLearningRateBase = 0.8, kLearningRateDecay = 0.99;
constexpr double kRegularizationRate = 0.0001, kMovingAverageDecay = 0.99;
constexpr int kReportEvery = 1000, kSummarizeEvery = 20;

struct Layer {
  tf::Variable weights, biases;
};

Layer make_layer(const char* name, int num_inputs, int num_outputs) {
  const tf::name_scope scope(name);
  return {tf::Variable(tf::truncated_normal({num_inputs, num_outputs}, {.stddev = 0.1}), {.name = "weights"}),
          tf::Variable(tf::constant(0.1, {.shape = tf::Shape{num_outputs}}), {.name = "biases"})};
}

struct Weights {
  tf::Output weights1, biases1, weights2, biases2;
};

tf::Output hidden_layer(const tf::Output& images, const Weights& w) {
  return tf::nn::relu(tf::matmul(images, w.weights1) + w.biases1);
}

tf::Output output_layer(const tf::Output& hidden, const Weights& w) { return tf::matmul(hidden, w.weights2) + w.biases2; }

struct Network {
  tf::Output x, y_, loss, accuracy, summaries;
  tf::Operation train_op;
  tf::Variable global_step;
};

// What is written every so often: one summary of all.
tf::Output build_summaries(const Network& net, const tf::Output& learning_rate, const tf::Output& hidden, const Layer& layer1,
                           const Layer& layer2) {
  tf::summary::scalar("training/loss", net.loss);
  tf::summary::scalar("training/learning_rate", learning_rate);
  tf::summary::histogram("weights/layer1", layer1.weights);
  tf::summary::histogram("biases/layer1", layer1.biases);
  tf::summary::histogram("activations/layer1", hidden);
  tf::summary::histogram("weights/layer2", layer2.weights);
  tf::summary::histogram("biases/layer2", layer2.biases);
  tf::summary::image("digits", tf::reshape(net.x, {-1, 28, 28, 1}), {.max_outputs = 4});
  return *tf::summary::merge_all();
}

Network build_network(int64_t num_examples) {
  Network net;
  {
    const tf::name_scope scope("input");
    net.x = tf::placeholder(tf::float32, {-1, kInputNodes}, {.name = "x-input"});
    net.y_ = tf::placeholder(tf::float32, {-1, kOutputNodes}, {.name = "y-input"});
  }
  const Layer layer1 = make_layer("layer1", kInputNodes, kLayer1Nodes);
  const Layer layer2 = make_layer("layer2", kLayer1Nodes, kOutputNodes);
  tf::Output hidden, y;
  {
    const tf::name_scope scope("inference");
    const Weights weights{layer1.weights, layer1.biases, layer2.weights, layer2.biases};
    hidden = hidden_layer(net.x, weights);
    y = output_layer(hidden, weights);
  }

  const tf::Variable global_step = net.global_step = tf::Variable(0, {.trainable = false, .name = "global_step"});
  tf::train::ExponentialMovingAverage variable_averages(kMovingAverageDecay, {.num_updates = global_step});
  tf::Operation variable_averages_op;
  {
    const tf::name_scope scope("moving_averages");
    variable_averages_op = variable_averages.apply(tf::trainable_variables());
  }
  tf::Output learning_rate;
  {
    const tf::name_scope scope("loss");
    const tf::Output cross_entropy = tf::nn::sparse_softmax_cross_entropy_with_logits(
        {.labels = tf::argmax(net.y_, {.axis = 1}), .logits = y});
    const auto regularizer = tf::contrib::layers::l2_regularizer(kRegularizationRate);
    net.loss = tf::reduce_mean(cross_entropy) + (regularizer(layer1.weights) + regularizer(layer2.weights));
  }
  {
    const tf::name_scope scope("train");
    learning_rate = tf::train::exponential_decay(kLearningRateBase, global_step, static_cast<double>(num_examples),
                                                 kLearningRateDecay);
    const tf::Operation train_step =
        tf::train::GradientDescentOptimizer(learning_rate).minimize(net.loss, {.global_step = global_step});
    const tf::control_dependencies both({train_step, variable_averages_op});
    net.train_op = tf::no_op("train");
  }
  {
    const tf::name_scope scope("accuracy");
    const Weights averages{*variable_averages.average(layer1.weights), *variable_averages.average(layer1.biases),
                           *variable_averages.average(layer2.weights), *variable_averages.average(layer2.biases)};
    const tf::Output average_y = output_layer(hidden_layer(net.x, averages), averages);
    const tf::Output correct = tf::equal(tf::argmax(average_y, {.axis = 1}), tf::argmax(net.y_, {.axis = 1}));
    net.accuracy = tf::reduce_mean(tf::cast(correct, tf::float32));
  }
  net.summaries = build_summaries(net, learning_rate, hidden, layer1, layer2);
  return net;
}

// What the training is doing: a bar that is redrawn on a terminal, nothing elsewhere.
class Progress {
 public:
  explicit Progress(int steps) : steps_(steps), shown_(isatty(STDOUT_FILENO)) {}

  void update(int step, float loss) {
    if (!shown_) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    constexpr int kWidth = 30;
    const int done = static_cast<int>(int64_t{kWidth} * step / steps_);
    std::printf("\r[%s%s] %d/%d  %.0f steps/s  loss %.4f ", std::string(done, '=').c_str(),
                std::string(kWidth - done, ' ').c_str(), step, steps_, step / seconds, loss);
    std::fflush(stdout);
  }
  // Makes room for a line of text.
  void clear() const {
    if (shown_) std::printf("\r\033[K");
  }
  double steps_per_second(int step) const {
    return step / std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  int steps_;
  bool shown_;
  Clock::time_point start_ = Clock::now();
};

// Restores the newest checkpoint of the folder if there is one; the number of steps that the network has behind it.
int go_on(const tf::Session& sess, const Network& net, tf::train::Saver& saver, const std::string& model_dir) {
  const auto last = tf::train::latest_checkpoint(model_dir);
  if (!last) return 0;
  saver.restore(sess, *last);
  saver.recover_last_checkpoints(tf::train::get_checkpoint_state(model_dir)->all_model_checkpoint_paths);
  const int step = sess.run(net.global_step).item<int32_t>();
  std::printf("Going on from %s, after %d steps\n", last->c_str(), step);
  return step;
}

void train(input_data::Datasets& mnist, int steps, const std::string& model_dir, const std::string& log_dir) {
  const Network net = build_network(mnist.train.num_examples());
  tf::train::Saver saver;
  std::optional<tf::summary::FileWriter> writer;
  if (!log_dir.empty()) writer.emplace(log_dir, tf::get_default_graph());
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  const int first = model_dir.empty() ? 0 : go_on(sess, net, saver, model_dir);
  const auto save = [&] {
    if (!model_dir.empty()) saver.save(sess, model_dir + "/model.ckpt", {.global_step = net.global_step});
  };
  std::printf("Training a 784-500-10 network on %lld images: %d steps of %d.\n",
              static_cast<long long>(mnist.train.num_examples()), steps, kBatchSize);

  const auto validation_accuracy = [&] {
    return sess.run(net.accuracy, {{net.x, mnist.validation.images()}, {net.y_, mnist.validation.labels()}})
        .item<float>();
  };
  Progress progress(steps);
  for (int i = 0; i < steps; ++i) {
    const auto [images, labels] = mnist.train.next_batch(kBatchSize);
    const tf::FeedDict batch = {{net.x, images}, {net.y_, labels}};
    if (i % kReportEvery == 0) {
      progress.clear();
      const float accuracy = validation_accuracy();
      std::printf("After %d training step(s), validation accuracy using average model is %g\n", first + i, accuracy);
      std::fflush(stdout);
      save();
      if (writer) {
        writer->add_scalar("validation/accuracy", accuracy, first + i);
        tf::RunMetadata metadata;
        sess.run({net.train_op}, batch, {.trace_level = tf::RunOptions::FULL_TRACE}, &metadata);
        writer->add_run_metadata(metadata, "step " + std::to_string(first + i), first + i);
        continue;
      }
    }
    sess.run(net.train_op, batch);
    if (writer && i % kSummarizeEvery == 0) writer->add_summary(sess.run(net.summaries, batch), first + i);
    if ((i + 1) % 100 == 0) progress.update(i + 1, sess.run(net.loss, batch).item<float>());
  }
  save();
  progress.clear();
  std::printf("%d steps at %.0f steps/s, validation included\n", steps, progress.steps_per_second(steps));
  const float accuracy =
      sess.run(net.accuracy, {{net.x, mnist.test.images()}, {net.y_, mnist.test.labels()}}).item<float>();
  std::printf("test accuracy using average model is %g\n", accuracy);
  if (!writer) return;
  writer->close();
  std::printf("The log is in %s. To look at it:\n  reflow events show %s\n  tensorboard --logdir %s\n", log_dir.c_str(),
              log_dir.c_str(), log_dir.c_str());
}

int main(int argc, char** argv) {
  CLI::App app("Trains a 784-500-10 network on MNIST and prints its accuracy on the test set.");
  int steps = 20000;
  std::string data_dir = "data/mnist", model_dir, log_dir;
  int64_t seed = -1;
  app.add_option("--steps", steps, "Training steps, of 100 images each")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--data_dir", data_dir, "Folder with the four idx files, gzipped or not")->capture_default_str();
  app.add_option("--model_dir", model_dir, "Folder for checkpoints, from the last of which it goes on");
  app.add_option("--log_dir", log_dir, "Folder for what TensorBoard shows: summaries, graph, traces");
  app.add_option("--seed", seed, "Seed of the initial weights and of the shuffling; without it every run differs");
  CLI11_PARSE(app, argc, argv);
  try {
    input_data::ReadDataSetsOptions options{.one_hot = true};
    if (seed >= 0) {
      tf::set_random_seed(seed);
      options.seed = seed;
    }
    std::printf("Reading MNIST from %s\n", data_dir.c_str());
    auto mnist = input_data::read_data_sets(data_dir, options);
    if (!model_dir.empty()) std::filesystem::create_directories(model_dir);
    train(mnist, steps, model_dir, log_dir);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mnist_mlp: %s\n", error.what());
    return 1;
  }
  return 0;
}
