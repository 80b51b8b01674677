// Sessions under load: threads that run one shared session whose graph grows, and sessions of their own, with loops,
// errors, queues that block, cancellations, timeouts and closes while runs go on. What comes out is checked, counters to
// the last increment, and memory must not grow.
//
// usage: session_stress [--seconds N] [--threads N] [--runs N]
//   --runs N: instead of the mixed load, N runs of one training step, for memory alone

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "reflow/client/apply_op.h"
#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using Clock = std::chrono::steady_clock;
constexpr double kMegabyte = 1 << 20;

double resident_megabytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / kMegabyte;
}

void check(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error(what);
}

// One graph and session that all threads use.
class Shared {
 public:
  Shared() {
    const auto scope = graph_.as_default();
    x_ = tf::placeholder(tf::float32, {-1, 8});
    const tf::Output weights = tf::constant(0.5, {.shape = tf::Shape{8, 8}});
    product_ = tf::reduce_sum(tf::nn::relu(tf::matmul(tf::matmul(x_, weights), weights)));
    counter_ = tf::Variable(0, {.trainable = false, .dtype = tf::int64, .use_resource = true});
    increment_ = counter_.assign_add_op(1);
    limit_ = tf::placeholder(tf::int32, {});
    triangle_ = tf::while_loop([&](const auto& v) { return v[0] < limit_; },
                               [](const auto& v) { return tf::TensorList{v[0] + 1, v[1] + v[0]}; },
                               {tf::constant(0), tf::constant(0)})[1];
    broken_ = tf::check_numerics(x_, "stress");
    tf::graph::Node* queue = tf::client::make_op(
        "FIFOQueueV2", "queue", tf::TensorList{},
        {{"component_types", std::vector<tf::DType>{tf::float32}}, {"shapes", std::vector<tf::Shape>{tf::Shape{}}}});
    tf::graph::Node* dequeue = tf::client::make_op("QueueDequeueV2", "dequeue", {tf::Output(queue, 0)},
                                               {{"component_types", std::vector<tf::DType>{tf::float32}}});
    wait_ = tf::Output(dequeue, 0);
    session_.emplace(tf::SessionOptions{.graph = graph_});
    session_->run(tf::global_variables_initializer());
  }

  void step(std::mt19937& random) {
    switch (random() % 8) {
      case 0: {
        session_->run(increment_);
        ++increments_;
        break;
      }
      case 1: {
        const int n = static_cast<int>(random() % 40);
        check(session_->run(triangle_, {{limit_, n}}).item<int32_t>() == n * (n - 1) / 2, "a loop's sum is wrong");
        break;
      }
      case 2: grow(random); break;
      case 3: expect_error<tf::errors::InvalidArgumentError>([&] { session_->run(broken_, {{x_, infinite()}}); }); break;
      case 4:
        expect_error<tf::errors::DeadlineExceededError>(
            [&] { session_->run({wait_}, {}, {.timeout_in_ms = 1 + static_cast<int>(random() % 5)}); });
        break;
      case 5: cancel_while_waiting(random); break;
      default: {
        const int64_t rows = 1 + random() % 16;
        const tf::Tensor x = ones(rows);
        check(session_->run(product_, {{x_, x}}).item<float>() == static_cast<float>(rows) * 8 * 16, "a product is wrong");
      }
    }
  }

  // All increments that returned are there, and no others.
  void finish() {
    check(session_->run(counter_).item<int64_t>() == increments_, "increments were lost");
    session_->close();
  }

 private:
  static tf::Tensor ones(int64_t rows) {
    tf::Tensor x(tf::float32, {rows, 8});
    std::ranges::fill(x.flat<float>(), 1.0f);
    return x;
  }
  static tf::Tensor infinite() {
    tf::Tensor x = ones(1);
    x.data<float>()[3] = std::numeric_limits<float>::infinity();
    return x;
  }
  template <typename Error, typename F>
  static void expect_error(F run) {
    try {
      run();
    } catch (const Error&) {
      return;
    }
    throw std::runtime_error("a run that has to fail did not");
  }

  // New ops, and a run with them. Graphs live as long as their sessions: their number is bounded, memory is watched.
  void grow(std::mt19937& random) {
    if (grown_.fetch_add(1) >= 500) return;
    const auto scope = graph_.as_default();
    const float addend = static_cast<float>(random() % 100);
    const tf::Output sum = product_ + static_cast<double>(addend);
    check(session_->run(sum, {{x_, ones(1)}}).item<float>() == 128 + addend, "a sum made while others run is wrong");
  }

  void cancel_while_waiting(std::mt19937& random) {
    const tf::Cancellation cancellation;
    std::thread canceller([&, delay = random() % 3] {
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      cancellation.cancel();
    });
    try {
      expect_error<tf::errors::CancelledError>([&] { session_->run({wait_}, {}, {.cancellation = cancellation}); });
    } catch (...) {
      canceller.join();
      throw;
    }
    canceller.join();
  }

  tf::Graph graph_;
  std::optional<tf::Session> session_;
  tf::Output x_, product_, limit_, triangle_, broken_, wait_;
  tf::Variable counter_;
  tf::Operation increment_;
  std::atomic<int64_t> increments_{0};
  std::atomic<int> grown_{0};
};

// A graph that trains a line.
struct Training {
  Training() {
    const auto scope = graph.as_default();
    x = tf::placeholder(tf::float32, {-1});
    const tf::Variable slope(tf::constant(0.0));
    loss = tf::reduce_mean(tf::square(x * slope - x * 2.0));
    train = tf::train::GradientDescentOptimizer(0.1).minimize(loss);
    init = tf::global_variables_initializer();
  }
  tf::Graph graph;
  tf::Output x, loss;
  tf::Operation train, init;
};

// A session of one thread, closed by another one while it runs every second time.
void own_session(std::mt19937& random) {
  const Training t;
  const tf::Session session(tf::SessionOptions{.graph = t.graph});
  session.run(t.init);
  const tf::Tensor points = tf::Tensor::vector<float>({1, 2, 3});
  if (random() % 2 == 0) {
    for (int i = 0; i < 20; ++i) session.run(t.train, {{t.x, points}});
    check(session.run(t.loss, {{t.x, points}}).item<float>() < 1e-3f, "a line was not learnt");
    session.close();
    return;
  }
  std::thread closer([&, delay = random() % 2000] {
    std::this_thread::sleep_for(std::chrono::microseconds(delay));
    session.close();
  });
  try {
    while (true) session.run(t.train, {{t.x, points}});
  } catch (const tf::RuntimeError&) {  // closed before the run
  } catch (const tf::errors::CancelledError&) {  // closed in it
  } catch (...) {
    closer.join();
    throw;
  }
  closer.join();
}

struct Options {
  int seconds = 60, threads = 16;
  int64_t runs = 0;
};

void check_memory(double before, double after, double allowed) {
  std::printf("memory: %.0f MB after the beginning, %.0f MB at the end\n", before, after);
#ifndef __SANITIZE_THREAD__  // which keeps a history of its own in memory
  check(after - before < allowed, "memory grows");
#endif
}

void mixed_load(const Options& options) {
  Shared shared;
  const auto start = Clock::now(), end = start + std::chrono::seconds(options.seconds);
  std::atomic<int64_t> steps{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::string failure;
  std::vector<std::thread> threads;
  for (int i = 0; i < options.threads; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937 random(i);
      try {
        for (; Clock::now() < end && !failed; ++steps) random() % 10 == 0 ? own_session(random) : shared.step(random);
      } catch (const std::exception& e) {
        const std::lock_guard lock(mutex);
        if (!failed.exchange(true)) failure = e.what();
      }
    });
  }
  std::this_thread::sleep_for((end - start) / 4);
  const double before = resident_megabytes();
  for (std::thread& thread : threads) thread.join();
  check(!failed, failure);
  shared.finish();
  std::printf("%lld steps in %d threads, %d s\n", static_cast<long long>(steps), options.threads, options.seconds);
  check_memory(before, resident_megabytes(), 64);
}

void many_runs(int64_t runs) {
  const Training t;
  const tf::Session session(tf::SessionOptions{.graph = t.graph});
  session.run(t.init);
  const tf::Tensor points = tf::Tensor::vector<float>({1, 2, 3});
  double before = 0;
  for (int64_t i = 0; i < runs; ++i) {
    if (i == runs / 100) before = resident_megabytes();
    session.run(t.train, {{t.x, points}});
  }
  std::printf("%lld runs\n", static_cast<long long>(runs));
  check_memory(before, resident_megabytes(), 4);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--seconds") == 0) options.seconds = std::atoi(argv[i + 1]);
    else if (std::strcmp(argv[i], "--threads") == 0) options.threads = std::atoi(argv[i + 1]);
    else if (std::strcmp(argv[i], "--runs") == 0) options.runs = std::atoll(argv[i + 1]);
    else return std::fprintf(stderr, "usage: session_stress [--seconds N] [--threads N] [--runs N]\n"), 2;
  }
  try {
    options.runs > 0 ? many_runs(options.runs) : mixed_load(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "session_stress: %s\n", e.what());
    return 1;
  }
}
