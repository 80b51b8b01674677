// Single kernels, and a chain of them.

#include <algorithm>
#include <numeric>
#include <random>

#include "harness.h"
#include "reflow/client/conv_ops.h"
#include "workloads.h"

namespace reflow::bench {
namespace {

tf::Variable uniform(const std::vector<int64_t>& shape) {
  return tf::Variable(tf::random_uniform(shape, {.minval = 0.1, .maxval = 1.0}));
}

// Work (operations, bytes, rows) for each second.
std::vector<double> work_rates(double work, const std::function<void()>& call) {
  return scaled(rates(seconds_per_call(call)), work);
}

}  // namespace

void matmul() {
  for (const int64_t n : {512, 1024, 2048}) {
    tf::Graph graph;
    const auto scope = graph.as_default();
    const tf::Output product = tf::matmul(uniform({n, n}), uniform({n, n}));
    const tf::Session sess = started();
    emit("matmul", "n" + std::to_string(n), "GFLOP/s", work_rates(2e-9 * n * n * n, target(sess, {product.op()})));
  }
}

void conv2d() {
  constexpr double kWork = 2e-9 * 16 * 56 * 56 * 64 * 64 * 9;
  const tf::Variable image = uniform({16, 56, 56, 64}), kernel = uniform({3, 3, 64, 64});
  const tf::Output out = tf::nn::conv2d(image, kernel, {1, 1, 1, 1}, "SAME");
  const auto gradients = tf::gradients(out, {image, kernel}, {.grad_ys = {uniform({16, 56, 56, 64}).value()}});
  const tf::Session sess = started();
  emit("conv2d", "forward", "GFLOP/s", work_rates(kWork, target(sess, {out.op()})));
  std::vector<tf::GraphElement> all{out.op()};
  for (const tf::Gradient& gradient : gradients) all.push_back(tf::Output(gradient).op());
  emit("conv2d", "forward_backward", "GFLOP/s", work_rates(3 * kWork, target(sess, all)));
}

void elementwise() {
  constexpr int64_t kCount = 10'000'000;
  const tf::Variable x = uniform({kCount}), wide = uniform({1000, 10000}), square = uniform({4096, 4096}),
                     row = uniform({10000});
  tf::Output chain = tf::square(tf::nn::relu(x * 1.5 + 0.25)) - 0.5;
  chain = tf::sqrt(tf::minimum(tf::abs(tf::negative(chain)), 6.0) * 0.125);
  const struct {
    const char* metric;
    tf::Output value;
    double gigabytes;
  } cases[] = {
      {"chain_of_10", chain, 8e-9 * kCount},
      {"add_bias_1000x10000", wide + row, 8e-9 * kCount},
      {"tanh", tf::tanh(x), 8e-9 * kCount},
      {"reduce_sum", tf::reduce_sum(x), 4e-9 * kCount},
      {"reduce_sum_columns", tf::reduce_sum(wide, {.axis = 0}), 4e-9 * kCount},
      {"softmax_1000x10000", tf::nn::softmax(wide), 8e-9 * kCount},
      {"transpose_4096", tf::transpose(square), 8e-9 * 4096 * 4096},
  };
  const tf::Session sess = started();
  for (const auto& c : cases) emit("elementwise", c.metric, "GB/s", work_rates(c.gigabytes, target(sess, {c.value.op()})));
}

void sparse() {
  constexpr int32_t kRows = 1'000'000, kWidth = 128, kCount = 100'000;
  std::vector<int32_t> order(kRows);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  order.resize(kCount);
  const tf::Variable table(tf::zeros({kRows, kWidth})), ids(order), values(tf::ones({kCount, kWidth}));
  const tf::Output gathered = tf::gather(table, ids), update = tf::scatter_sub(table, ids, 0.01 * values);
  const tf::Session sess = started();
  emit("sparse", "gather", "Mrows/s", work_rates(1e-6 * kCount, target(sess, {gathered.op()})));
  emit("sparse", "scatter_sgd", "Mrows/s", work_rates(1e-6 * kCount, target(sess, {update.op()})));
}

}  // namespace reflow::bench
