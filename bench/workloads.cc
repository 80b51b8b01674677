// The workloads of the peer-benchmark protocol in C++, against the public API, as a user would write them.
// reflow_bench_main WORKLOAD...   (none: lists them)

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>

#include "harness.h"
#include "reflow/contrib/learn/datasets/idx_file.h"
#include "reflow/reflow.h"

namespace tf = reflow;

namespace reflow::bench {
namespace {

// A session with as many threads as the protocol asks for.
tf::Session session(bool passes = true) {
  tf::SessionOptions options;
  options.config.intra_op_parallelism_threads = threads();
  options.config.inter_op_parallelism_threads = threads();
  if (!passes) options.config.disabled_passes = {"all"};
  return tf::Session(options);
}

// ---------------------------------------------------------------- overheads

void null_run() {
  const tf::Output a = tf::placeholder(tf::float32, {}), b = tf::placeholder(tf::float32, {});
  const tf::Output total = a + b, one = tf::constant(1.0);
  const tf::Session sess = session();
  const Tensor first = Tensor::scalar(1.0f), second = Tensor::scalar(2.0f);
  emit("null_run", "const_fetch", "us", scaled(seconds_per_call([&] { sess.run(one); }), 1e6));
  emit("null_run", "add_two_feeds", "us",
       scaled(seconds_per_call([&] { sess.run(total, {{a, first}, {b, second}}); }), 1e6));
  emit("null_run", "add_two_feeds_python_floats", "us",
       scaled(seconds_per_call([&] { sess.run(total, {{a, 1.0}, {b, 2.0}}); }), 1e6));
  std::vector<Tensor> results;
  const auto prepared = sess.make_callable({one});
  emit("null_run", "const_fetch_make_callable", "us", scaled(seconds_per_call([&] { prepared.run({}, &results); }), 1e6));
  const auto prepared_sum = sess.make_callable({total}, {a, b});
  const Tensor values[] = {first, second};
  emit("null_run", "add_two_feeds_make_callable", "us", scaled(seconds_per_call([&] { prepared_sum.run(values, &results); }), 1e6));
}

constexpr int kOps = 10000;

// `suffix` tells runs with passes off from those with them.
void chain_runs(const std::vector<tf::GraphElement>& inputs, const tf::Output& y, const tf::Output& gradient, bool passes,
                const std::string& suffix) {
  const Tensor values[] = {Tensor::scalar(1.0f), Tensor::scalar(0.999f), Tensor::scalar(0.001f)};
  std::vector<Tensor> none;
  const auto measure = [&](const tf::Output& target, const std::string& first, const std::string& later) {
    const tf::Session sess = session(passes);
    const auto run = sess.make_callable({target.op()}, inputs);
    emit("graph_build", first + suffix, "ms", {1e3 * cpu_seconds([&] { run.run(values, &none); })});
    emit("graph_build", later + suffix, "us", scaled(seconds_per_call([&] { run.run(values, &none); }), 1e6 / kOps));
  };
  measure(y, "first_run_10k_ops", "chain_run_per_op");
  measure(gradient, "first_run_gradient", "gradient_run_per_forward_op");
}

void wide_runs(const tf::Output& x, const tf::Output& wide, bool passes, const std::string& suffix) {
  const tf::Session sess = session(passes);
  const auto run = sess.make_callable({wide.op()}, {x});
  const Tensor value[] = {Tensor::scalar(5.0f)};
  std::vector<Tensor> none;
  emit("graph_build", "first_run_wide" + suffix, "ms", {1e3 * cpu_seconds([&] { run.run(value, &none); })});
  emit("graph_build", "wide_run_per_op" + suffix, "us", scaled(seconds_per_call([&] { run.run(value, &none); }), 1e6 / kOps));
}

void graph_build() {
  {
    tf::Graph graph;
    const auto scope = graph.as_default();
    const tf::Output x = tf::placeholder(tf::float32, {}), a = tf::placeholder(tf::float32, {}),
                     b = tf::placeholder(tf::float32, {});
    tf::Output y = x, gradient;
    emit("graph_build", "build_per_op", "us", {1e6 / kOps * cpu_seconds([&] {
      for (int i = 0; i < kOps / 2; ++i) y = tf::add(tf::multiply(y, a), b);
    })});
    emit("graph_build", "gradients_per_forward_op", "us",
         {1e6 / kOps * cpu_seconds([&] { gradient = tf::gradients(y, {x})[0]; })});
    chain_runs({x, a, b}, y, gradient, true, "");
    chain_runs({x, a, b}, y, gradient, false, "_passes_off");
  }
  tf::Graph graph;
  const auto scope = graph.as_default();
  const tf::Output x = tf::placeholder(tf::float32, {});
  std::vector<tf::Output> maxima;
  for (int i = 0; i < kOps; i += 100) {
    std::vector<tf::Output> small;
    for (int j = i; j < i + 100; ++j) small.push_back(tf::maximum(x, tf::constant(static_cast<float>(j))));
    maxima.push_back(tf::reduce_max(tf::stack(small)));
  }
  const tf::Output wide = tf::reduce_sum(tf::stack(maxima));
  wide_runs(x, wide, true, "");
  wide_runs(x, wide, false, "_passes_off");
}

// ---------------------------------------------------------------- training

struct MlpGraph {
  tf::Output x, labels, loss;
  tf::Operation train;
};

MlpGraph mlp_graph(int64_t hidden = 500) {
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

void mnist_mlp() {
  const MlpGraph graph = mlp_graph();
  const MnistArrays data = mnist();
  const tf::Session sess = session();
  sess.run(tf::global_variables_initializer());
  emit("mnist_mlp", "train", "steps/s", rates(mlp_steps(sess, graph, data)));
  emit_peak_memory("mnist_mlp");
}

void mlp_width() {
  const MnistArrays data = mnist();
  for (const int hidden : {500, 1000, 2000, 4000}) {
    tf::Graph graph;
    const auto scope = graph.as_default();
    const MlpGraph mlp = mlp_graph(hidden);
    const tf::Session sess = session();
    sess.run(tf::global_variables_initializer());
    emit("mlp_width", "step_hidden_" + std::to_string(hidden), "ms", scaled(mlp_steps(sess, mlp, data), 1e3));
  }
}

// What first_step times in a process of its own.
void first_step_child() {
  const MlpGraph graph = mlp_graph();
  Tensor images(DType::kFloat32, {100, 784}), labels(DType::kFloat32, {100, 10});
  std::memset(images.raw_data(), 0, images.size_bytes());
  std::memset(labels.raw_data(), 0, labels.size_bytes());
  for (int i = 0; i < 100; ++i) labels.data<float>()[i * 10 + 3] = 1;
  const tf::Session sess = session();
  sess.run(tf::global_variables_initializer());
  sess.run(graph.train, {{graph.x, images}, {graph.labels, labels}});
  std::puts("STEP");
  std::fflush(stdout);
}

double seconds_until_step() {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl("/proc/self/exe", "reflow_bench_main", "_first_step", static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  char byte;
  const bool stepped = read(ends[0], &byte, 1) == 1;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  close(ends[0]);
  int status;
  waitpid(child, &status, 0);
  if (!stepped || status != 0) throw std::runtime_error("the first step failed");
  return seconds;
}

void first_step() {
  seconds_until_step();
  std::vector<double> samples;
  for (int i = 0; i < 5; ++i) samples.push_back(seconds_until_step());
  emit("first_step", "wall", "s", samples);
}

const std::map<std::string_view, void (*)()> kWorkloads = {
    {"null_run", null_run},   {"graph_build", graph_build}, {"mnist_mlp", mnist_mlp},
    {"mlp_width", mlp_width}, {"first_step", first_step},   {"_first_step", first_step_child},
};

}  // namespace

int run_workloads(int count, char** names) {
  for (int i = 0; i < count; ++i) {
    const auto workload = kWorkloads.find(names[i]);
    if (workload == kWorkloads.end()) {
      std::fprintf(stderr, "reflow does not implement %s\n", names[i]);
      return 1;
    }
    workload->second();
  }
  if (count == 0) {
    for (const auto& [name, run] : kWorkloads) {
      if (!name.starts_with('_')) std::printf("%s\n", std::string(name).c_str());
    }
  }
  return 0;
}

}  // namespace reflow::bench

int main(int argc, char** argv) {
  try {
    return reflow::bench::run_workloads(argc - 1, argv + 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
