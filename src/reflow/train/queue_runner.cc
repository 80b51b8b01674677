#include "reflow/train/queue_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

namespace reflow::train {

QueueRunner::QueueRunner(const Queue& queue, std::vector<Operation> enqueue_ops, const QueueRunnerOptions& options)
    : queue_(queue), enqueue_ops_(std::move(enqueue_ops)), queue_closed_codes_(options.queue_closed_codes) {
  if (enqueue_ops_.empty()) throw ValueError("Must provide queue and enqueue_ops.");
  close_op_ = queue_.close();
  cancel_op_ = queue_.close({.cancel_pending_enqueues = true});
}

void QueueRunner::start(const Session& session, Coordinator& coordinator) const {
  const auto num_running = std::make_shared<std::atomic<size_t>>(enqueue_ops_.size());
  // Closing a queue, or a session, twice is no matter here.
  const auto run_quietly = [session](const Operation& operation) {
    try {
      session.run(operation);
    } catch (const std::exception&) {
    }
  };
  const auto fill = [session, &coordinator, num_running, run_quietly, close = close_op_,
                     codes = queue_closed_codes_](const Operation& enqueue) {
    bool at_end = false;
    try {
      while (!coordinator.should_stop()) session.run(enqueue);
    } catch (const errors::OpError& error) {
      at_end = std::ranges::find(codes, error.error_code()) != codes.end();
      if (!at_end) {
        num_running->fetch_sub(1);
        throw;
      }
    }
    if (num_running->fetch_sub(1) == 1 && at_end) run_quietly(close);
  };
  for (const Operation& enqueue : enqueue_ops_) {
    coordinator.start_thread([fill, enqueue] { fill(enqueue); },
                             fmt::format("QueueRunnerThread-{}-{}", name(), enqueue.name()));
  }
  coordinator.start_thread(
      [&coordinator, run_quietly, cancel = cancel_op_] {
        coordinator.wait_for_stop();
        run_quietly(cancel);
      },
      fmt::format("QueueRunnerThread-{}-close_on_stop", name()));
}

void add_queue_runner(const QueueRunner& runner, const std::string& collection) {
  add_to_collection(collection, runner);
}

void start_queue_runners(const Session& session, Coordinator& coordinator, const std::string& collection) {
  const Graph graph = session.graph();
  const Graph::DefaultScope scope = graph.as_default();
  for (const QueueRunner& runner : get_collection<QueueRunner>(collection)) runner.start(session, coordinator);
}

}  // namespace reflow::train
