#include "reflow/base/task_threads.h"

#include <new>
#include <utility>

namespace reflow {

void TaskThreads::schedule(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  if (num_idle_ > 0) {
    --num_idle_;
    queue_.push_back(std::move(task));
    lock.unlock();
    changed_.notify_one();
    return;
  }
  const auto entry = [](void* self) -> void* {
    static_cast<TaskThreads*>(self)->thread_main();
    return nullptr;
  };
  queue_.push_back(std::move(task));
  pthread_t thread;
  if (pthread_create(&thread, nullptr, entry, this) == 0) {
    threads_.push_back(thread);
    return;
  }
  // No more threads are to be had: the task runs here rather than never.
  task = std::move(queue_.back());
  queue_.pop_back();
  lock.unlock();
  task();
}

void TaskThreads::thread_main() {
  std::unique_lock lock(mutex_);
  while (true) {
    // Each thread is made for a task, or was counted out of num_idle_ for one.
    changed_.wait(lock, [this] { return !queue_.empty() || finishing_; });
    if (queue_.empty()) break;
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it holds goes before the thread counts as idle
    lock.lock();
    ++num_idle_;
  }
  --num_idle_;
  std::erase_if(threads_, [](pthread_t t) { return pthread_equal(t, pthread_self()); });
  ended_.push_back(pthread_self());
  changed_.notify_all();
}

void TaskThreads::finish(bool idle_only) {
  std::unique_lock lock(mutex_);
  finishing_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return idle_only ? num_idle_ == 0 : threads_.empty(); });
  const std::vector<pthread_t> ended = std::exchange(ended_, {});
  lock.unlock();
  for (const pthread_t thread : ended) pthread_join(thread, nullptr);
}

void TaskThreads::forget_threads() {
  // The tasks belong to the parent; destroying them here could touch what its threads were changing.
  new (&queue_) std::deque<std::function<void()>>;
  new (&changed_) std::condition_variable;
  threads_.clear();
  ended_.clear();
  num_idle_ = 0;
  mutex_.unlock();
}

}  // namespace reflow
