// A language model: two layers of LSTM with dropout, unrolled over a text that is read as a few long sequences; the
// embedding of the words is also the weights of the softmax. Prints the perplexity: how many words the model hesitates
// between.
//
//   ptb_lstm TEXT [--epochs N] [--hidden N] [--vocabulary N] [--seed N]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reflow/layers/cell_wrappers.h"
#include "reflow/layers/rnn.h"
#include "reflow/reflow.h"

namespace tf = reflow;
namespace rnn_cell = tf::nn::rnn_cell;

constexpr int kBatchSize = 20, kSteps = 35, kReportEvery = 100;
constexpr double kKeepProb = 0.9, kMaxGradientNorm = 5;

// The words of a file as numbers, the most frequent ones first; what is beyond the vocabulary is word 0, and so is the
// end of a line.
std::vector<int32_t> read_words(const std::string& path, int vocabulary) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  std::vector<std::string> text;
  std::map<std::string, int64_t> counts;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;) text.push_back(word);
    text.emplace_back("<eos>");
  }
  for (const std::string& word : text) ++counts[word];
  std::vector<std::pair<int64_t, std::string>> order;
  for (const auto& [word, count] : counts) order.emplace_back(-count, word);
  std::sort(order.begin(), order.end());
  std::map<std::string, int32_t> numbers;
  for (size_t i = 0; i < order.size() && i + 1 < static_cast<size_t>(vocabulary); ++i) {
    numbers[order[i].second] = static_cast<int32_t>(i + 1);
  }
  std::vector<int32_t> words;
  for (const std::string& word : text) words.push_back(numbers.contains(word) ? numbers[word] : 0);
  return words;
}

struct Model {
  tf::Output data, targets, cost;
  rnn_cell::State initial_state, final_state;
  tf::Operation train_op;
};

Model build_model(int hidden, int vocabulary) {
  Model m;
  m.data = tf::placeholder(tf::int32, {kBatchSize, kSteps});
  m.targets = tf::placeholder(tf::int32, {kBatchSize, kSteps});
  const tf::variable_scope scope("language_model", {.initializer = tf::random_uniform_initializer({.minval = -0.05, .maxval = 0.05})});
  std::vector<std::shared_ptr<rnn_cell::RNNCell>> layers;
  for (int i = 0; i < 2; ++i) {
    layers.push_back(std::make_shared<rnn_cell::DropoutWrapper>(std::make_shared<rnn_cell::BasicLSTMCell>(hidden),
                                                                rnn_cell::DropoutWrapperOptions{.output_keep_prob = kKeepProb}));
  }
  rnn_cell::MultiRNNCell cell(layers);
  m.initial_state = cell.zero_state(kBatchSize, tf::float32);
  const tf::Variable embedding = tf::get_variable("embedding", {vocabulary, hidden});
  const tf::Output inputs =
      tf::nn::dropout(tf::nn::embedding_lookup(embedding, m.data), tf::nn::DropoutOptions{.rate = 1 - kKeepProb});
  const auto [outputs, state] =
      tf::nn::static_rnn(cell, tf::unstack(inputs, {.axis = 1}), {.initial_state = m.initial_state, .scope = "RNN"});
  m.final_state = state;
  const tf::Output output = tf::reshape(tf::concat(outputs, 1), std::vector<int>{-1, hidden});
  const tf::Output logits =
      tf::matmul(output, tf::transpose(embedding)) + tf::get_variable("bias", {vocabulary});
  const tf::Output losses = tf::nn::sparse_softmax_cross_entropy_with_logits(
      {.labels = tf::reshape(m.targets, std::vector<int>{-1}), .logits = logits});
  m.cost = tf::reduce_sum(losses) / static_cast<double>(kBatchSize);

  tf::train::GradientDescentOptimizer optimizer(1.0);
  auto gradients = optimizer.compute_gradients(m.cost);
  std::vector<tf::Gradient> values;
  for (const auto& pair : gradients) values.push_back(pair.gradient);
  const auto clipped = tf::clip_by_global_norm(values, kMaxGradientNorm);
  for (size_t i = 0; i < gradients.size(); ++i) gradients[i].gradient = clipped.list_clipped[i];
  m.train_op = optimizer.apply_gradients(gradients);
  return m;
}

void train(const std::vector<int32_t>& words, int hidden, int vocabulary, int epochs) {
  const Model m = build_model(hidden, vocabulary);
  const int64_t length = static_cast<int64_t>(words.size()) / kBatchSize, batches = (length - 1) / kSteps;
  if (batches < 1) throw std::runtime_error("the text is too short: it has to have more than 720 words");
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    double costs = 0;
    int64_t steps = 0;
    std::vector<tf::Tensor> state =
        sess.run(std::vector<tf::GraphElement>(m.initial_state.begin(), m.initial_state.end()));
    for (int64_t batch = 0; batch < batches; ++batch) {
      tf::Tensor x(tf::int32, {kBatchSize, kSteps}), y(tf::int32, {kBatchSize, kSteps});
      for (int64_t row = 0; row < kBatchSize; ++row) {
        const int32_t* from = words.data() + row * length + batch * kSteps;
        std::copy_n(from, kSteps, x.data<int32_t>() + row * kSteps);
        std::copy_n(from + 1, kSteps, y.data<int32_t>() + row * kSteps);
      }
      tf::FeedDict feed = {{m.data, x}, {m.targets, y}};
      for (size_t i = 0; i < state.size(); ++i) feed.add(m.initial_state[i], state[i]);
      std::vector<tf::GraphElement> fetches = {m.cost};
      for (const tf::Output& part : m.final_state) fetches.emplace_back(part);
      fetches.emplace_back(m.train_op);
      std::vector<tf::Tensor> results = sess.run(fetches, feed);
      costs += results[0].item<float>();
      steps += kSteps;
      state.assign(results.begin() + 1, results.begin() + 1 + static_cast<ptrdiff_t>(state.size()));
      if (batch % kReportEvery == 0) {
        std::printf("After %lld steps, perplexity is %.3f\n", static_cast<long long>(batch),
                    std::exp(costs / static_cast<double>(steps)));
        std::fflush(stdout);
      }
    }
    std::printf("Epoch: %d Train Perplexity: %.3f\n", epoch, std::exp(costs / static_cast<double>(steps)));
  }
}

int main(int argc, char** argv) {
  CLI::App app("Trains a language model of LSTMs on a text and prints its perplexity.");
  std::string text;
  int epochs = 1, hidden = 300, vocabulary = 10000;
  int64_t seed = -1;
  app.add_option("text", text, "A text, such as ptb.train.txt")->required();
  app.add_option("--epochs", epochs, "Passes over the text")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--hidden", hidden, "Units of each layer")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--vocabulary", vocabulary, "Number of words that are told apart")->capture_default_str()->check(CLI::Range(2, 1000000));
  app.add_option("--seed", seed, "Seed of weights and dropout; without it every run differs");
  CLI11_PARSE(app, argc, argv);
  try {
    if (seed >= 0) tf::set_random_seed(seed);
    train(read_words(text, vocabulary), hidden, vocabulary, epochs);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ptb_lstm: %s\n", error.what());
    return 1;
  }
  return 0;
}
