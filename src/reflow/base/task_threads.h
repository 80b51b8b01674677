#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace reflow {

// Threads for tasks that may block: each task has one to itself at once. Threads are made when none is idle, and kept.
// Thread-safe.
class TaskThreads {
 public:
  TaskThreads() = default;
  TaskThreads(const TaskThreads&) = delete;
  TaskThreads& operator=(const TaskThreads&) = delete;

  void schedule(std::function<void()> task);
  // Waits for all tasks and ends the threads; with `idle_only`, waits for those threads only that have no task.
  void finish(bool idle_only);

  // For the handlers of fork: a child has none of the threads, and none of their tasks.
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }
  void forget_threads();  // in the child, locked; unlocks

 private:
  void thread_main();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  std::vector<pthread_t> threads_, ended_;
  int64_t num_idle_ = 0;  // threads that wait and for which no task in the queue is meant
  bool finishing_ = false;
};

}  // namespace reflow
