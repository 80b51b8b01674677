// Skip-grams: learns vectors of words from their neighbours in a text, with the noise-contrastive loss, and prints which
// words are nearest to the most frequent ones.
//
//   word2vec TEXT [--steps N] [--size N] [--vocabulary N] [--seed N]

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/sampled_losses.h"
#include "reflow/reflow.h"

namespace tf = reflow;

constexpr int kBatchSize = 128, kWindow = 1, kNumSampled = 64, kReportEvery = 2000, kShown = 8, kNearest = 4;

struct Text {
  std::vector<std::string> vocabulary;  // the most frequent words first; word 0 stands for all others
  std::vector<int32_t> words;
};

Text read_text(const std::string& path, size_t vocabulary_size) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  std::vector<std::string> all;
  std::map<std::string, int64_t> counts;
  for (std::string word; file >> word;) {
    all.push_back(word);
    ++counts[word];
  }
  std::vector<std::pair<int64_t, std::string>> order;
  for (const auto& [word, count] : counts) order.emplace_back(-count, word);
  std::sort(order.begin(), order.end());
  Text text{{"UNK"}, {}};
  std::map<std::string, int32_t> numbers;
  for (const auto& [count, word] : order) {
    if (text.vocabulary.size() >= vocabulary_size) break;
    numbers[word] = static_cast<int32_t>(text.vocabulary.size());
    text.vocabulary.push_back(word);
  }
  for (const std::string& word : all) text.words.push_back(numbers.contains(word) ? numbers[word] : 0);
  if (text.words.size() < 2 * kWindow + 1) throw std::runtime_error(path + " has too few words");
  return text;
}

void print_neighbours(const Text& text, const tf::Tensor& similarity) {
  const int64_t words = similarity.dim(1);
  for (int64_t i = 0; i < similarity.dim(0); ++i) {
    const float* row = similarity.data<float>() + i * words;
    std::vector<int64_t> nearest(static_cast<size_t>(words));
    for (int64_t j = 0; j < words; ++j) nearest[static_cast<size_t>(j)] = j;
    const auto shown = std::min<int64_t>(kNearest + 1, words);
    std::partial_sort(nearest.begin(), nearest.begin() + shown, nearest.end(),
                      [&](int64_t a, int64_t b) { return row[a] > row[b]; });
    std::printf("Nearest to %s:", text.vocabulary[static_cast<size_t>(i)].c_str());
    for (int64_t j = 1; j < shown; ++j) {
      std::printf(" %s", text.vocabulary[static_cast<size_t>(nearest[static_cast<size_t>(j)])].c_str());
    }
    std::printf("\n");
  }
}

void train(const Text& text, int steps, int size, uint64_t seed) {
  const auto num_words = static_cast<int64_t>(text.vocabulary.size());
  const tf::Output centers = tf::placeholder(tf::int32, {kBatchSize});
  const tf::Output contexts = tf::placeholder(tf::int32, {kBatchSize, 1});
  const tf::Variable embeddings(tf::random_uniform({num_words, size}, {.minval = -1.0, .maxval = 1.0}));
  const tf::Variable weights(tf::truncated_normal({num_words, size}, {.stddev = 1.0 / std::sqrt(size)}));
  const tf::Variable biases(tf::zeros({num_words}));
  const tf::Output loss = tf::reduce_mean(tf::nn::nce_loss(
      {.weights = weights, .biases = biases, .labels = contexts, .inputs = tf::nn::embedding_lookup(embeddings, centers),
       .num_sampled = std::min<int64_t>(kNumSampled, num_words), .num_classes = num_words}));
  const tf::Operation train_op = tf::train::GradientDescentOptimizer(1.0).minimize(loss);
  const tf::Output unit = tf::nn::l2_normalize(embeddings, 1);
  const int64_t shown = std::min<int64_t>(kShown, num_words);
  const tf::Output similarity =
      tf::matmul(tf::slice(unit, std::vector<int>{0, 0}, std::vector<int64_t>{shown, -1}), unit, {.transpose_b = true});

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<size_t> position(kWindow, text.words.size() - kWindow - 1);
  double sum = 0;
  for (int step = 1; step <= steps; ++step) {
    tf::Tensor xs(tf::int32, {kBatchSize}), ys(tf::int32, {kBatchSize, 1});
    for (int i = 0; i < kBatchSize; ++i) {
      const size_t at = position(random);
      xs.data<int32_t>()[i] = text.words[at];
      ys.data<int32_t>()[i] = text.words[random() % 2 ? at + kWindow : at - kWindow];
    }
    auto [value, done] = sess.run<2>({loss, train_op}, {{centers, xs}, {contexts, ys}});
    sum += value.item<float>();
    if (step % kReportEvery == 0 || step == steps) {
      const int since = step % kReportEvery == 0 ? kReportEvery : step % kReportEvery;
      std::printf("Average loss at step %d: %g\n", step, sum / since);
      std::fflush(stdout);
      sum = 0;
    }
  }
  print_neighbours(text, sess.run(similarity));
}

int main(int argc, char** argv) {
  CLI::App app("Learns vectors of words from a text.");
  std::string path;
  int steps = 20000, size = 128, vocabulary = 10000;
  int64_t seed = -1;
  app.add_option("text", path, "A text: words between blanks")->required();
  app.add_option("--steps", steps, "Training steps, of 128 pairs of words each")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--size", size, "Size of the vectors")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--vocabulary", vocabulary, "Number of words that are told apart")->capture_default_str()->check(CLI::Range(2, 1000000));
  app.add_option("--seed", seed, "Seed of everything random; without it every run differs");
  CLI11_PARSE(app, argc, argv);
  try {
    if (seed >= 0) tf::set_random_seed(seed);
    train(read_text(path, static_cast<size_t>(vocabulary)), steps, size,
          seed >= 0 ? static_cast<uint64_t>(seed) : std::random_device()());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "word2vec: %s\n", error.what());
    return 1;
  }
  return 0;
}
