#pragma once

// Tasks of several runs that are put together as rows of one batch: what Batch and BatchFunction share.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "reflow/op/function_runner.h"
#include "reflow/op/op.h"

namespace reflow::ops {

// Attributes of both ops.
struct BatcherOptions {
  int64_t num_batch_threads = 1;
  int64_t max_batch_size = 1;
  int64_t batch_timeout_micros = 0;
  int64_t max_enqueued_batches = 10;
  std::vector<int64_t> allowed_batch_sizes;  // empty: any; a batch is filled up to the next of these

  // Fails for wrong ones.
  static BatcherOptions of(op::KernelInit& c);
};

// A run that waits for its batch. Its context is good until `done` is called.
struct BatchTask {
  int64_t id = 0;
  std::vector<Tensor> inputs;  // of one number of rows
  int64_t size = 0;            // that number
  op::KernelContext* context = nullptr;
  op::CallState call_state;
  std::function<void(std::vector<BatchTask>)> process;  // computes a batch of which this is the last task
  std::function<void(Status)> done;
};
using BatchTasks = std::vector<BatchTask>;

// Collects tasks until a batch is full or has waited long enough, and hands batches to threads of its own. Thread-safe.
class Batcher : public op::Resource {
 public:
  // Computes a batch: has to call `done` of each task. May use what is there as long as the last task's run.
  using Process = std::function<void(BatchTasks)>;

  explicit Batcher(const BatcherOptions& options);
  // Computes what is left.
  ~Batcher() override;
  std::string debug_string() const override { return "BatchResource"; }

  // Adds the inputs of a run, from 0 on as many as `num_inputs`, to the open batch of the queue; `process` computes it.
  // Errors go to `done`: InvalidArgument for inputs without rows or of different numbers of rows, or too many; Unavailable:
  // "The batch scheduling queue to which this task was submitted is full"; Cancelled.
  void add(const std::string& queue, op::KernelContext& c, int num_inputs, Process process, std::function<void(Status)> done);

 private:
  struct Batch;
  struct Queues;
  const BatcherOptions options_;
  std::shared_ptr<Queues> queues_;  // its threads hold it too: the last holder of this may be a task of one of them
  std::vector<std::thread> threads_;
};

// Where the state of a node is kept: below its shared_name, or its own name. Found by the kernels of all runs.
struct SharedName {
  explicit SharedName(op::KernelInit& c);
  std::string container, name;
};

// Input `i` of all tasks below each other, filled up to `padded_size` with the first row.
StatusOr<Tensor> batched_input(const BatchTasks& tasks, int i, int64_t padded_size);

}  // namespace reflow::ops
