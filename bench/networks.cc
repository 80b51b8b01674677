// Training steps of networks that see MNIST.

#include <algorithm>
#include <stdexcept>

#include "harness.h"
#include "reflow/client/conv_ops.h"
#include "reflow/contrib/learn/datasets/idx_file.h"
#include "workloads.h"

namespace reflow::bench {

MlpGraph mlp_graph(int64_t hidden) {
  MlpGraph g;
  g.x = tf::placeholder(tf::float32, {-1, 784});
  g.labels = tf::placeholder(tf::float32, {-1, 10});
  const tf::Variable step(0, {.trainable = false, .dtype = tf::int64});
  const tf::Variable w1(tf::truncated_normal({784, hidden}, {.stddev = 0.1}));
  const tf::Variable b1(tf::constant(0.1, {.shape = Shape{hidden}}));
  const tf::Variable w2(tf::truncated_normal({hidden, 10}, {.stddev = 0.1}));
  const tf::Variable b2(tf::constant(0.1, {.shape = Shape{10}}));
  const tf::Output logits = tf::matmul(tf::nn::relu(tf::matmul(g.x, w1) + b1), w2) + b2;
  const tf::Output entropy = tf::nn::sparse_softmax_cross_entropy_with_logits(
      {.labels = tf::argmax(g.labels, {.axis = 1}), .logits = logits});
  g.loss = tf::reduce_mean(entropy) + 1e-4 * (tf::nn::l2_loss(w1) + tf::nn::l2_loss(w2));
  const tf::Output rate = tf::train::exponential_decay(0.8, step, 550, 0.99);
  const tf::Operation descent = tf::train::GradientDescentOptimizer(rate).minimize(g.loss, {.global_step = step});
  tf::train::ExponentialMovingAverage average(0.99, {.num_updates = step});
  g.train = tf::group({descent, average.apply(tf::trainable_variables())});
  return g;
}

namespace {

// Training images [60000, 784] in 0..1 and one-hot labels [60000, 10].
struct MnistArrays {
  Tensor images, labels;
};

Tensor value_or_throw(StatusOr<Tensor> value) {
  if (!value.ok()) throw std::runtime_error(std::string(value.status().message()));
  return *std::move(value);
}

MnistArrays mnist() {
  namespace datasets = tf::contrib::learn::datasets;
  const std::string files = data_dir() + "/mnist/train-";
  const Tensor labels = value_or_throw(datasets::read_idx_labels(files + "labels-idx1-ubyte.gz", false));
  Tensor one_hot(DType::kFloat32, {labels.num_elements(), 10});
  std::ranges::fill(one_hot.flat<float>(), 0.0f);
  for (int64_t i = 0; i < labels.num_elements(); ++i) one_hot.data<float>()[10 * i + labels.data<uint8_t>()[i]] = 1;
  const Tensor images = value_or_throw(datasets::read_idx_images(files + "images-idx3-ubyte.gz", DType::kFloat32));
  return {images.reshaped({images.dim(0), 784}), one_hot};
}

std::vector<double> mlp_steps(const tf::Session& sess, const MlpGraph& graph, const MnistArrays& data) {
  constexpr int64_t kBatch = 100;
  int64_t next = 0;
  const auto batch = [&](const Tensor& array) { return array.rows(next, next + kBatch); };
  const auto advance = [&] { next = next + 2 * kBatch > data.images.dim(0) ? 0 : next + kBatch; };
  const auto step = [&] {
    sess.run(graph.train, {{graph.x, batch(data.images)}, {graph.labels, batch(data.labels)}});
    advance();
  };
  std::vector<double> samples = seconds_per_call(step, 2);
  const Tensor loss = sess.run(graph.loss, {{graph.x, batch(data.images)}, {graph.labels, batch(data.labels)}});
  if (!(loss.item<float>() < 1.0f)) throw std::runtime_error("mnist_mlp does not learn");
  return samples;
}

}  // namespace

void mnist_mlp() {
  const MlpGraph graph = mlp_graph();
  const MnistArrays data = mnist();
  const tf::Session sess = started();
  emit("mnist_mlp", "train", "steps/s", rates(mlp_steps(sess, graph, data)));
  emit_peak_memory("mnist_mlp");
}

void mlp_width() {
  const MnistArrays data = mnist();
  for (const int hidden : {500, 1000, 2000, 4000}) {
    tf::Graph graph;
    const auto scope = graph.as_default();
    const MlpGraph mlp = mlp_graph(hidden);
    const tf::Session sess = started();
    emit("mlp_width", "step_hidden_" + std::to_string(hidden), "ms", scaled(mlp_steps(sess, mlp, data), 1e3));
  }
}

namespace {

// A convolution with pooling.
tf::Output block(const tf::Output& x, int64_t channels, int64_t outputs) {
  const tf::Variable w(tf::truncated_normal({5, 5, channels, outputs}, {.stddev = 0.1}));
  const tf::Variable b(tf::constant(0.1, {.shape = Shape{outputs}}));
  const tf::Output y = tf::nn::relu(tf::nn::bias_add(tf::nn::conv2d(x, w, {1, 1, 1, 1}, "SAME"), b));
  return tf::nn::max_pool(y, {1, 2, 2, 1}, {1, 2, 2, 1}, "SAME");
}

}  // namespace

void lenet() {
  const tf::Output x = tf::placeholder(tf::float32, {-1, 28, 28, 1}), labels = tf::placeholder(tf::float32, {-1, 10}),
                   keep = tf::placeholder(tf::float32, {});
  const tf::Output maps = tf::reshape(block(block(x, 1, 32), 32, 64), std::vector<int>{-1, 7 * 7 * 64});
  const tf::Variable w1(tf::truncated_normal({7 * 7 * 64, 512}, {.stddev = 0.1})), b1(tf::constant(0.1, {.shape = Shape{512}}));
  const tf::Variable w2(tf::truncated_normal({512, 10}, {.stddev = 0.1})), b2(tf::constant(0.1, {.shape = Shape{10}}));
  const tf::Output hidden = tf::nn::relu(tf::matmul(maps, w1) + b1);
  const tf::Output inference = tf::matmul(hidden, w2) + b2;
  const tf::Output logits = tf::matmul(tf::nn::dropout(hidden, tf::nn::DropoutOptions{.rate = 1 - keep}), w2) + b2;
  const tf::Output loss =
      tf::reduce_mean(tf::nn::softmax_cross_entropy_with_logits_v2({.labels = labels, .logits = logits}));
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.01).minimize(loss);

  const MnistArrays data = mnist();
  const Tensor images = data.images.reshaped({data.images.dim(0), 28, 28, 1});
  const tf::Session sess = started();
  int64_t next = 0;
  const auto step = [&] {
    sess.run(train, {{x, images.rows(next, next + 100)}, {labels, data.labels.rows(next, next + 100)}, {keep, 0.5f}});
    next = next + 200 > images.dim(0) ? 0 : next + 100;
  };
  emit("lenet", "train", "steps/s", rates(seconds_per_call(step, 3)));
  emit_peak_memory("lenet");
  const Tensor thousand = images.rows(0, 1000);
  emit("lenet", "inference", "images/s",
       scaled(rates(seconds_per_call([&] { sess.run(inference, {{x, thousand}}); })), 1000));
}

}  // namespace reflow::bench
