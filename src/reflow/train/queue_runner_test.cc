#include "reflow/train/queue_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::ThrowsMessage;
using tf::train::Coordinator;
using tf::train::QueueRunner;

TEST(Coordinator, StopsTheOthers) {
  Coordinator coord;
  std::atomic<int> steps = 0;
  for (int i = 0; i < 2; ++i) {
    coord.start_thread([&] {
      while (!coord.should_stop()) {
        if (++steps > 10) coord.request_stop();
      }
    });
  }
  coord.join();
  EXPECT_TRUE(coord.joined());
  EXPECT_GT(steps, 10);
}

TEST(Coordinator, JoinThrowsTheFirstError) {
  Coordinator coord;
  coord.start_thread([] { throw std::runtime_error("first"); });
  EXPECT_TRUE(coord.wait_for_stop(10));
  EXPECT_THAT([&] { coord.join(); }, ThrowsMessage<std::runtime_error>("first"));
  EXPECT_THAT([&] { coord.raise_requested_exception(); }, ThrowsMessage<std::runtime_error>("first"));
  EXPECT_THAT([&] { coord.request_stop(std::make_exception_ptr(std::runtime_error("late"))); },
              ThrowsMessage<std::runtime_error>("late"));
}

TEST(Coordinator, TheEndOfInputIsNoFailure) {
  Coordinator coord;
  coord.start_thread([] { throw tf::errors::OutOfRangeError("end"); });
  coord.join();
  EXPECT_TRUE(coord.should_stop());
  coord.clear_stop();
  EXPECT_FALSE(coord.should_stop());
}

TEST(Coordinator, ThreadsThatRunOn) {
  std::atomic<bool> end = false;
  Coordinator coord;
  coord.start_thread([&] {
    while (!end) std::this_thread::yield();
  }, "busy");
  coord.request_stop();
  EXPECT_THAT([&] { coord.join({.stop_grace_period_secs = 0.01}); },
              ThrowsMessage<tf::RuntimeError>("Coordinator stopped with threads still running: busy"));
  coord.join({.stop_grace_period_secs = 0.01, .ignore_live_threads = true});
  end = true;
}

TEST(Coordinator, WaitsForAWhile) {
  const Coordinator coord;
  EXPECT_FALSE(coord.wait_for_stop(0.001));
}

class QueueRunnerTest : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(QueueRunnerTest, FillsAQueueUntilTheInputEnds) {
  const tf::Variable count(0, {.trainable = false, .dtype = tf::int64});
  const tf::FIFOQueue queue(2, {tf::int64}, {.shapes = {{}}});
  const tf::Operation enqueue = queue.enqueue({count.count_up_to(5)});
  tf::train::add_queue_runner(QueueRunner(queue, {enqueue, enqueue}));
  const tf::Output next = queue.dequeue()[0];
  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  Coordinator coord;
  tf::train::start_queue_runners(sess, coord);
  int64_t sum = 0;
  try {
    while (true) sum += sess.run(next).item<int64_t>();
  } catch (const tf::errors::OutOfRangeError&) {
  }
  coord.request_stop();
  coord.join();
  EXPECT_EQ(sum, 10);
}

TEST_F(QueueRunnerTest, AStopWakesWhatWaits) {
  const tf::FIFOQueue queue(1, {tf::int32}, {.shapes = {{}}});
  const QueueRunner runner(queue, {queue.enqueue({1})});
  tf::Session sess;
  Coordinator coord({tf::errors::OUT_OF_RANGE, tf::errors::CANCELLED});
  runner.start(sess, coord);
  coord.request_stop();
  coord.join();
  EXPECT_EQ(runner.close_op().name(), "fifo_queue_Close");
}

TEST_F(QueueRunnerTest, NeedsOperations) {
  const tf::FIFOQueue queue(1, {tf::int32});
  EXPECT_THAT([&] { QueueRunner(queue, {}); }, ThrowsMessage<tf::ValueError>("Must provide queue and enqueue_ops."));
}

}  // namespace
