#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>

namespace reflow {

// Threads that share the work of one process. One process-wide pool does all intra-op work; sessions may own others.
// Thread-safe. Joined by the destructor, after the tasks already scheduled have run.
class ThreadPool {
 public:
  // A pool in which `num_threads` threads work, the caller of parallel_for counted: it starts num_threads - 1.
  explicit ThreadPool(int num_threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const;

  // The pool that all sessions use unless they ask for another size; as many threads as the machine has cores
  // (REFLOW_NUM_THREADS overrides). Rebuilt in the child of a fork.
  static ThreadPool& process_pool();

  // Calls body(begin, end) over disjoint ranges that cover [0, n), from this thread and from pool threads, and returns
  // when all have ended. `cost_ns` is the estimated cost of one item in nanoseconds: work too small to be worth a
  // hand-over runs on this thread in one call. Chunks are taken as threads become free, so that a late thread holds
  // nothing up. Chunk borders depend on n, cost_ns and the number of threads only. Nested calls run on this thread.
  template <typename Body>
  void parallel_for(int64_t n, double cost_ns, Body&& body) {
    if (n <= 0) return;
    if (num_threads_ == 1 || n * cost_ns < kWorthAHandOverNs || n == 1) {
      body(int64_t{0}, n);
      return;
    }
    using B = std::remove_reference_t<Body>;
    run_chunks(n, cost_ns, [](void* b, int64_t begin, int64_t end) { (*static_cast<B*>(b))(begin, end); },
               const_cast<void*>(static_cast<const void*>(&body)));
  }

  // Runs `task` on a thread of its own or of the pool, some time; may block there without harm to parallel_for.
  void schedule(std::function<void()> task);

 private:
  static constexpr double kWorthAHandOverNs = 12000;
  using ChunkBody = void (*)(void* body, int64_t begin, int64_t end);
  void run_chunks(int64_t n, double cost_ns, ChunkBody call, void* body);

  struct State;
  int num_threads_;
  std::unique_ptr<State> state_;
};

}  // namespace reflow
