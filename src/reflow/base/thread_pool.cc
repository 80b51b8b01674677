#include "reflow/base/thread_pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <vector>

#include "reflow/base/clock.h"
#include "reflow/base/env.h"
#include "reflow/base/task_threads.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace reflow {
namespace {

constexpr EnvKnob kNumThreads("REFLOW_NUM_THREADS", "the cores that the process may use",
                              "How many threads work on one operation, the calling one included.");
const EnvKnob::Registration num_threads_registration(kNumThreads);

constexpr int64_t kSpinNs = 50000;       // how long an idle thread looks for work before it sleeps
constexpr double kMinChunkNs = 5000;     // a chunk is worth taking from the counter
constexpr int kChunksPerThread = 8;      // so many that a thread that is held up leaves the rest to others
constexpr int kNumSlots = 8;             // callers that get help at the same time; others work alone

thread_local bool t_in_body = false;

void pause_cpu() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// How the caller's FPU rounds and treats subnormals holds for its chunks on other threads too.
#if defined(__x86_64__)
using FloatControl = unsigned;
FloatControl float_control() { return _mm_getcsr() & ~0x3fu; }
void set_float_control(FloatControl control) { _mm_setcsr(control); }
#elif defined(__aarch64__)
using FloatControl = uint64_t;
FloatControl float_control() {
  FloatControl control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  return control;
}
void set_float_control(FloatControl control) { asm volatile("msr fpcr, %0" ::"r"(control)); }
#endif

void futex_wait(std::atomic<uint32_t>& word, uint32_t seen) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
}
void futex_wake(std::atomic<uint32_t>& word, int count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

}  // namespace

// A caller of parallel_for puts its
// job, which is on its stack, into a slot; threads enter the slot (users), take chunks and leave; the caller takes the
// job away when no chunk is left and waits until all have left.
struct ThreadPool::State {
  struct Job {
    ChunkBody call;
    void* body;
    int64_t n, chunk;
    FloatControl float_control;
    std::atomic<int64_t> next{0};
    std::atomic<bool> failed{false};
    std::exception_ptr error;  // of the first chunk that threw; for the caller, when all have left

    // Runs chunks until none is left. After an exception no chunk is begun any more.
    void work() noexcept {
      t_in_body = true;
      try {
        for (int64_t begin; (begin = next.fetch_add(chunk, std::memory_order_relaxed)) < n;) {
          call(body, begin, std::min(begin + chunk, n));
        }
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
        next.store(n, std::memory_order_relaxed);
      }
      t_in_body = false;
    }
    bool exhausted() const { return next.load(std::memory_order_relaxed) >= n; }
  };
  struct alignas(64) Slot {
    std::atomic<bool> taken{false};
    std::atomic<Job*> job{nullptr};
    std::atomic<uint32_t> users{0};
    std::atomic<bool> owner_sleeps{false};
  };

  std::array<Slot, kNumSlots> slots;
  alignas(64) std::atomic<uint32_t> epoch{0};  // counts jobs; sleeping threads wait for it to change
  std::atomic<uint32_t> sleepers{0};
  std::atomic<bool> started{false}, stopping{false};
  std::mutex start_mutex;
  std::vector<pthread_t> threads;
  TaskThreads tasks;
  int num_threads = 1;

  void start();
  void stop();
  void thread_main();
  bool help();
  void wait_for_users(Slot& slot);
  void forget_threads();
};

namespace {

struct Pools {
  std::mutex mutex;
  std::vector<ThreadPool*> all;
};
Pools& pools() {
  static auto* pools = new Pools;
  return *pools;
}

}  // namespace

void ThreadPool::State::start() {
  const std::lock_guard lock(start_mutex);
  if (started || stopping) return;
  for (int i = 1; i < num_threads; ++i) {
    pthread_t thread;
    const auto entry = [](void* state) -> void* {
      static_cast<State*>(state)->thread_main();
      return nullptr;
    };
    if (pthread_create(&thread, nullptr, entry, this) != 0) break;  // callers do with fewer
    threads.push_back(thread);
  }
  started = true;
}

void ThreadPool::State::stop() {
  const std::lock_guard lock(start_mutex);
  stopping = true;
  epoch.fetch_add(1);
  futex_wake(epoch, INT_MAX);
  for (const pthread_t thread : threads) {
    if (!pthread_equal(thread, pthread_self())) pthread_join(thread, nullptr);
  }
  threads.clear();
}

// Takes part in any job that has chunks left; false: there was none.
bool ThreadPool::State::help() {
  bool helped = false;
  for (Slot& slot : slots) {
    if (!slot.job.load(std::memory_order_relaxed)) continue;
    slot.users.fetch_add(1);
    Job* job = slot.job.load();  // after users: from now on the caller waits for this thread to leave
    if (job && !job->exhausted()) {
      set_float_control(job->float_control);
      job->work();
      helped = true;
    }
    if (slot.users.fetch_sub(1) == 1 && slot.owner_sleeps.load()) futex_wake(slot.users, 1);
  }
  return helped;
}

void ThreadPool::State::thread_main() {
  while (!stopping.load(std::memory_order_relaxed)) {
    const uint32_t seen = epoch.load();
    if (help()) continue;
    const int64_t give_up = monotonic_ns() + kSpinNs;
    bool changed = false;
    while (!(changed = epoch.load(std::memory_order_relaxed) != seen) && monotonic_ns() < give_up) {
      for (int i = 0; i < 8; ++i) pause_cpu();
    }
    if (changed || stopping) continue;
    sleepers.fetch_add(1);
    futex_wait(epoch, seen);
    sleepers.fetch_sub(1);
  }
}

void ThreadPool::State::wait_for_users(Slot& slot) {
  const int64_t give_up = monotonic_ns() + kSpinNs;
  while (slot.users.load() != 0) {
    if (monotonic_ns() < give_up) {
      for (int i = 0; i < 8; ++i) pause_cpu();
      continue;
    }
    slot.owner_sleeps = true;
    if (const uint32_t users = slot.users.load()) futex_wait(slot.users, users);
    slot.owner_sleeps = false;
  }
}

// In the child of a fork, where only the forking thread lives on.
void ThreadPool::State::forget_threads() {
  for (Slot& slot : slots) {
    slot.taken = false;
    slot.job = nullptr;
    slot.users = 0;
    slot.owner_sleeps = false;
  }
  sleepers = 0;
  started = false;
  threads.clear();
  tasks.forget_threads();
}

ThreadPool::ThreadPool(int num_threads) : num_threads_(std::max(num_threads, 1)), state_(std::make_unique<State>()) {
  state_->num_threads = num_threads_;
  static std::once_flag once;
  std::call_once(once, [] {
    const auto lock_all = [] {
      pools().mutex.lock();
      for (ThreadPool* pool : pools().all) {
        pool->state_->start_mutex.lock();
        pool->state_->tasks.lock();
      }
    };
    const auto unlock_all = [] {
      for (ThreadPool* pool : pools().all) {
        pool->state_->tasks.unlock();
        pool->state_->start_mutex.unlock();
      }
      pools().mutex.unlock();
    };
    const auto unlock_in_child = [] {
      for (ThreadPool* pool : pools().all) {
        pool->state_->forget_threads();
        pool->state_->start_mutex.unlock();
      }
      pools().mutex.unlock();
      t_in_body = false;
    };
    pthread_atfork(lock_all, unlock_all, unlock_in_child);
  });
  const std::lock_guard lock(pools().mutex);
  pools().all.push_back(this);
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(pools().mutex);
    std::erase(pools().all, this);
  }
  state_->tasks.finish(false);
  state_->stop();
}

int ThreadPool::num_threads() const { return num_threads_; }

ThreadPool& ThreadPool::process_pool() {
  static ThreadPool* pool = [] {
    cpu_set_t cpus;
    const int64_t cores = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : sysconf(_SC_NPROCESSORS_ONLN);
    auto* made = new ThreadPool(static_cast<int>(std::clamp<int64_t>(kNumThreads.integer(cores), 1, 1024)));
    // Never destroyed, as static objects may still use it; but its threads end before the process does, those apart
    // that are within a task, which may wait for something that never comes.
    std::atexit([] {
      process_pool().state_->tasks.finish(true);
      process_pool().state_->stop();
    });
    return made;
  }();
  return *pool;
}

void ThreadPool::run_chunks(int64_t n, double cost_ns, ChunkBody call, void* body) {
  if (t_in_body || state_->stopping.load(std::memory_order_relaxed)) return call(body, 0, n);
  if (!state_->started.load(std::memory_order_acquire)) state_->start();
  State::Slot* slot = nullptr;
  for (State::Slot& candidate : state_->slots) {
    if (!candidate.taken.load(std::memory_order_relaxed) && !candidate.taken.exchange(true)) {
      slot = &candidate;
      break;
    }
  }
  if (!slot) return call(body, 0, n);

  const double max_chunks = std::min<double>(n, double{kChunksPerThread} * num_threads_);
  const auto chunks = static_cast<int64_t>(std::clamp(n * cost_ns / kMinChunkNs, std::min(2.0, max_chunks), max_chunks));
  int64_t chunk = (n + chunks - 1) / chunks;
  if (chunk >= 128) chunk = (chunk + 15) & ~int64_t{15};  // so that borders fall between vectors and cache lines
  State::Job job{call, body, n, chunk, float_control()};
  slot->job.store(&job);
  state_->epoch.fetch_add(1);
  if (const uint32_t sleepers = state_->sleepers.load()) {
    futex_wake(state_->epoch, static_cast<int>(std::min<int64_t>(sleepers, (n + chunk - 1) / chunk - 1)));
  }
  job.work();
  slot->job.store(nullptr);
  if (slot->users.load() != 0) state_->wait_for_users(*slot);
  slot->taken.store(false, std::memory_order_release);
  if (job.error) std::rethrow_exception(job.error);
}

void ThreadPool::schedule(std::function<void()> task) { state_->tasks.schedule(std::move(task)); }

}  // namespace reflow
