// A step of a language model: two layers of LSTM over 35 words, as 35 copies of the cell and as a loop.

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

#include "harness.h"
#include "workloads.h"

namespace reflow::bench {
namespace {

constexpr int kBatch = 20, kLength = 35, kHidden = 300, kVocabulary = 10000;
constexpr double kKeep = 0.9;

// The words of ptb.train.txt, numbered by frequency, as [kBatch, columns].
Tensor ptb_words() {
  const std::string path = data_dir() + "/ptb/ptb.train.txt";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  std::vector<std::string> text;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;) text.push_back(word);
    text.emplace_back("<eos>");
  }
  std::unordered_map<std::string, int32_t> numbers;  // first the count, negative, then the number
  std::vector<std::string> order;
  for (const std::string& word : text) {
    if (numbers[word]-- == 0) order.push_back(word);
  }
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) { return numbers[a] < numbers[b]; });
  for (size_t i = 0; i < order.size(); ++i) numbers[order[i]] = static_cast<int32_t>(i);
  const int64_t columns = static_cast<int64_t>(text.size()) / kBatch;
  Tensor words(DType::kInt32, {kBatch, columns});
  for (int64_t i = 0; i < kBatch * columns; ++i) words.data<int32_t>()[i] = numbers[text[i]];
  return words;
}

// Columns [from, from + kLength).
Tensor columns_of(const Tensor& words, int64_t from) {
  Tensor part(DType::kInt32, {kBatch, kLength});
  for (int64_t row = 0; row < kBatch; ++row) {
    std::copy_n(words.data<int32_t>() + row * words.dim(1) + from, kLength, part.data<int32_t>() + row * kLength);
  }
  return part;
}

tf::Output uniform_weights(int64_t rows, int64_t columns) {
  return tf::random_uniform({rows, columns}, {.minval = -0.05, .maxval = 0.05});
}

tf::Output drop_out(const tf::Output& x) { return tf::nn::dropout(x, tf::nn::DropoutOptions{.rate = 1 - kKeep}); }

// The arithmetic of BasicLSTMCell with forget bias 1, and dropout of what it gives to the layer above.
struct Cell {
  tf::Variable kernel{uniform_weights(2 * kHidden, 4 * kHidden)}, bias{tf::zeros({4 * kHidden})};

  tf::Output operator()(const tf::Output& x, tf::Output& c, tf::Output& h) const {
    const auto gates =
        tf::split(tf::nn::bias_add(tf::matmul(tf::concat(std::vector<tf::Output>{x, h}, 1), kernel), bias), 4, {.axis = 1});
    c = c * tf::sigmoid(gates[2] + 1.0) + tf::sigmoid(gates[0]) * tf::tanh(gates[1]);
    h = tf::tanh(c) * tf::sigmoid(gates[3]);
    return drop_out(h);
  }
};

struct Model {
  tf::Output words, targets, loss;
  std::vector<tf::Output> state, new_state;  // c and h of each layer
  tf::Operation train;
};

// The outputs of the cells, [kBatch * kLength, kHidden], rows by batch.
tf::Output unrolled(const Cell (&cells)[2], const tf::Output& inputs, std::vector<tf::Output>& state) {
  std::vector<tf::Output> outputs;
  for (const tf::Output& input : tf::unstack(inputs, {.axis = 1})) {
    outputs.push_back(cells[1](cells[0](input, state[0], state[1]), state[2], state[3]));
  }
  return tf::reshape(tf::concat(outputs, 1), std::vector<int>{-1, kHidden});
}

tf::Output looped(const Cell (&cells)[2], const tf::Output& inputs, std::vector<tf::Output>& state) {
  const auto source = tf::TensorArray(tf::float32, kLength).unstack(tf::transpose(inputs, {1, 0, 2}));
  const tf::TensorArray sink(tf::float32, kLength, {.element_shape = {kBatch, kHidden}});
  const auto results = tf::while_loop(
      [](const auto& v) { return tf::less(v[0], kLength); },
      [&](const auto& v) {
        std::vector<tf::Output> now(v.begin() + 2, v.end());
        const tf::Output x = cells[1](cells[0](source.read(v[0]), now[0], now[1]), now[2], now[3]);
        return tf::TensorList{v[0] + 1, sink.with_flow(v[1]).write(v[0], x).flow(), now[0], now[1], now[2], now[3]};
      },
      {tf::constant(0), sink.flow(), state[0], state[1], state[2], state[3]});
  state.assign(results.begin() + 2, results.end());
  return tf::reshape(tf::transpose(sink.with_flow(results[1]).stack(), {1, 0, 2}), std::vector<int>{-1, kHidden});
}

Model build_model(bool unroll) {
  Model m;
  m.words = tf::placeholder(tf::int32, {kBatch, kLength});
  m.targets = tf::placeholder(tf::int32, {kBatch, kLength});
  for (int i = 0; i < 4; ++i) m.state.push_back(tf::placeholder(tf::float32, {kBatch, kHidden}));
  const tf::Variable embedding(uniform_weights(kVocabulary, kHidden));
  const Cell cells[2];
  const tf::Variable softmax_w(uniform_weights(kHidden, kVocabulary)), softmax_b(tf::zeros({kVocabulary}));
  const tf::Output inputs = drop_out(tf::nn::embedding_lookup(embedding, m.words));
  m.new_state = m.state;
  const tf::Output flat = unroll ? unrolled(cells, inputs, m.new_state) : looped(cells, inputs, m.new_state);
  const tf::Output logits = tf::matmul(flat, softmax_w) + softmax_b;
  const tf::Output entropy = tf::nn::sparse_softmax_cross_entropy_with_logits(
      {.labels = tf::reshape(m.targets, std::vector<int>{-1}), .logits = logits});
  m.loss = tf::reduce_sum(entropy) / static_cast<double>(kBatch);

  tf::train::GradientDescentOptimizer descent(1.0);
  auto gradients = descent.compute_gradients(m.loss);
  std::vector<tf::Gradient> values;
  for (const auto& pair : gradients) values.push_back(pair.gradient);
  const auto clipped = tf::clip_by_global_norm(values, 5);
  for (size_t i = 0; i < gradients.size(); ++i) gradients[i].gradient = clipped.list_clipped[i];
  m.train = descent.apply_gradients(gradients);
  return m;
}

void measure(const Tensor& words, const std::string& metric, bool unroll) {
  tf::Graph graph;
  const auto scope = graph.as_default();
  const Model m = build_model(unroll);
  const tf::Session sess = started();
  Tensor zeros(DType::kFloat32, {kBatch, kHidden});
  std::ranges::fill(zeros.flat<float>(), 0.0f);
  std::vector<Tensor> state(4, zeros);
  std::vector<tf::GraphElement> fetches{m.loss, m.train};
  fetches.insert(fetches.end(), m.new_state.begin(), m.new_state.end());
  int64_t next = 0;
  const auto step = [&] {
    tf::FeedDict feed = {{m.words, columns_of(words, next)}, {m.targets, columns_of(words, next + 1)}};
    for (size_t i = 0; i < state.size(); ++i) feed.add(m.state[i], state[i]);
    const std::vector<Tensor> results = sess.run(fetches, feed);
    state.assign(results.begin() + 2, results.end());
    next = next + 2 * kLength + 1 > words.dim(1) ? 0 : next + kLength;
  };
  const double first = seconds_of(step);
  emit("ptb_lstm", metric, "words/s", scaled(rates(seconds_per_call(step, 3)), kBatch * kLength));
  emit("ptb_lstm", metric + "_first_run", "ms", {1e3 * first});
}

}  // namespace

void ptb_lstm() {
  const Tensor words = ptb_words();
  measure(words, "static", true);
  measure(words, "dynamic", false);
  emit_peak_memory("ptb_lstm");
}

}  // namespace reflow::bench
