// Products of matrices at the sizes of networks, on one thread.

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "reflow/op/gemm.h"
#include "reflow/op/panel_product.h"

namespace reflow::op {
namespace {

double thread_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void product(benchmark::State& state, bool packed, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
             bool half_zeros = false) {
  ThreadPool pool(1);
  std::vector<float> a(m * k, 0.5f);
  const std::vector<float> b(k * n, 0.25f);
  for (int64_t i = 0; half_zeros && i < m * k; ++i) {
    if ((transpose_a ? i / m : i % k) % 2 == 0) a[i] = 0;
  }
  std::vector<float> c(m * n), panels(panels_size(k, n));
  pack_panels(pool, transpose_b, k, n, b.data(), transpose_b ? k : n, panels.data());
  Gemm g;
  g.transpose_a = transpose_a, g.transpose_b = transpose_b;
  g.m = m, g.n = n, g.k = k;
  g.a = a.data(), g.lda = transpose_a ? m : k;
  g.b = b.data(), g.ldb = transpose_b ? k : n;
  if (packed) g.panels = panels.data();
  g.c = c.data(), g.ldc = n;
  g.skip_zeros = half_zeros;
  double best = 1e300;
  for (auto _ : state) {
    const double start = thread_seconds();
    gemm(pool, g);
    best = std::min(best, thread_seconds() - start);
  }
  state.counters["GFLOP/s"] = 2e-9 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k) / best;
}

BENCHMARK_CAPTURE(product, square_1024, false, false, false, 1024, 1024, 1024);
BENCHMARK_CAPTURE(product, lstm, false, false, false, 20, 1200, 600);
BENCHMARK_CAPTURE(product, lstm_packed, true, false, false, 20, 1200, 600);
BENCHMARK_CAPTURE(product, lstm_to_input, false, false, true, 20, 600, 1200);
BENCHMARK_CAPTURE(product, lstm_to_input_packed, true, false, true, 20, 600, 1200);
BENCHMARK_CAPTURE(product, lstm_to_kernel, false, true, false, 600, 1200, 700);
BENCHMARK_CAPTURE(product, softmax, false, false, false, 700, 10000, 300);
BENCHMARK_CAPTURE(product, softmax_to_input, false, false, true, 700, 300, 10000);
BENCHMARK_CAPTURE(product, softmax_to_weights, false, true, false, 300, 10000, 700);
BENCHMARK_CAPTURE(product, mlp, false, false, false, 100, 500, 784);
BENCHMARK_CAPTURE(product, mlp_to_weights, false, true, false, 784, 500, 100);
BENCHMARK_CAPTURE(product, mlp_half_zeros, false, false, false, 100, 500, 784, true);
BENCHMARK_CAPTURE(product, mlp_to_weights_half_zeros, false, true, false, 784, 500, 100, true);
BENCHMARK_CAPTURE(product, lenet_fc1, false, false, false, 100, 512, 3136);
BENCHMARK_CAPTURE(product, lenet_fc1_to_input, false, false, true, 100, 3136, 512);
BENCHMARK_CAPTURE(product, lenet_fc1_to_weights, false, true, false, 3136, 512, 100);
BENCHMARK_CAPTURE(product, vector, false, false, false, 1, 512, 3136);

}  // namespace
}  // namespace reflow::op
