#pragma once

#include <vector>

#include "reflow/runtime/loop_frame.h"

namespace reflow::runtime {

// An instruction of an iteration of which all inputs are there.
struct Task {
  int instruction;
  LoopFrame* frame;
  Iteration* iteration;
  bool dead;  // an input is dead: it isn't executed, and its outputs are dead
};

// First in, first out, in memory that is used again.
class ReadyQueue {
 public:
  bool empty() const { return size_ == 0; }
  void push(const Task& task) {
    if (size_ == tasks_.size()) grow();
    tasks_[(head_ + size_++) & (tasks_.size() - 1)] = task;
  }
  // REQUIRES: !empty().
  Task pop() {
    const Task task = tasks_[head_];
    head_ = (head_ + 1) & (tasks_.size() - 1);
    --size_;
    return task;
  }
  void clear() { size_ = 0; }

 private:
  void grow() {
    std::vector<Task> larger(tasks_.size() * 2);
    for (size_t i = 0; i < size_; ++i) larger[i] = tasks_[(head_ + i) & (tasks_.size() - 1)];
    tasks_ = std::move(larger);
    head_ = 0;
  }
  std::vector<Task> tasks_ = std::vector<Task>(64);  // a power of two
  size_t head_ = 0, size_ = 0;
};

}  // namespace reflow::runtime
