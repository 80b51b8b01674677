#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reflow/client/collections.h"
#include "reflow/client/queue.h"
#include "reflow/client/session.h"
#include "reflow/train/coordinator.h"

namespace reflow::train {

struct QueueRunnerOptions {
  std::vector<errors::Code> queue_closed_codes = {errors::OUT_OF_RANGE};  // errors that say: the input is at its end
};

// Holds a queue and its enqueue operations; `start` makes a thread for each of them, which runs it until the input is at
// its end, the queue is closed, or the coordinator asks to stop. The last one to end closes the queue. A handle.
class QueueRunner {
 public:
  // ValueError: "Must provide queue and enqueue_ops.".
  QueueRunner(const Queue& queue, std::vector<Operation> enqueue_ops, const QueueRunnerOptions& options = {});

  const std::string& name() const { return queue_.name(); }
  const Queue& queue() const { return queue_; }
  const std::vector<Operation>& enqueue_ops() const { return enqueue_ops_; }
  const Operation& close_op() const { return close_op_; }
  const Operation& cancel_op() const { return cancel_op_; }

  // Starts the threads, which belong to the coordinator. The session has to live until these have ended.
  void start(const Session& session, Coordinator& coordinator) const;

 private:
  Queue queue_;
  std::vector<Operation> enqueue_ops_;
  Operation close_op_, cancel_op_;
  std::vector<errors::Code> queue_closed_codes_;
};

// Adds a runner to those that start_queue_runners starts.
void add_queue_runner(const QueueRunner& runner, const std::string& collection = GraphKeys::QUEUE_RUNNERS);
// Starts the threads of all runners in the collection of the session's graph.
void start_queue_runners(const Session& session, Coordinator& coordinator,
                         const std::string& collection = GraphKeys::QUEUE_RUNNERS);

}  // namespace reflow::train
