#include "reflow/client/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

class QueueTest : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(QueueTest, NamesAreThoseOfPython) {
  const tf::FIFOQueue q(3, {tf::int32, tf::float32}, {.shapes = {{}, {2}}});
  EXPECT_EQ(q.name(), "fifo_queue");
  EXPECT_EQ(q.enqueue({1, {1., 2.}}).name(), "fifo_queue_enqueue");
  EXPECT_EQ(q.enqueue_many({{1}, {{1., 2.}}}).name(), "fifo_queue_EnqueueMany");
  EXPECT_EQ(q.dequeue()[1].name(), "fifo_queue_Dequeue:1");
  EXPECT_EQ(q.close().name(), "fifo_queue_Close");
  EXPECT_EQ(q.size().name(), "fifo_queue_Size:0");
  EXPECT_EQ(q.is_closed().name(), "fifo_queue_Is_Closed:0");
  EXPECT_EQ(q.dequeue("mine")[0].name(), "mine:0");
}

TEST_F(QueueTest, ShapesOfBatches) {
  const tf::FIFOQueue q(3, {tf::float32}, {.shapes = {{2}}});
  EXPECT_EQ(q.dequeue()[0].shape(), (tf::Shape{2}));
  EXPECT_EQ(q.dequeue_many(4)[0].shape(), (tf::Shape{4, 2}));
  EXPECT_EQ(q.dequeue_up_to(4)[0].shape(), (tf::Shape{-1, 2}));
  const tf::PaddingFIFOQueue padded(3, {tf::float32}, {.shapes = {{-1}}});
  EXPECT_EQ(padded.dequeue_many(3)[0].shape(), (tf::Shape{3, -1}));
}

TEST_F(QueueTest, ElementsGoThrough) {
  const tf::FIFOQueue q(3, {tf::int32}, {.shapes = {{}}});
  const tf::Operation fill = q.enqueue_many({{1, 2, 3}}), close = q.close();
  const tf::Output one = q.dequeue()[0], rest = q.dequeue_many(2)[0];
  tf::Session sess;
  sess.run(fill);
  EXPECT_EQ(sess.run(one).item<int32_t>(), 1);
  EXPECT_EQ(sess.run(rest).data<int32_t>()[1], 3);
  sess.run(close);
  EXPECT_THROW(sess.run(one), tf::errors::OutOfRangeError);
}

TEST_F(QueueTest, PrioritiesComeFirst) {
  const tf::PriorityQueue q(5, {tf::string}, {.shapes = {{}}});
  EXPECT_EQ(q.dtypes().size(), 2u);
  const tf::Operation low = q.enqueue({int64_t{5}, "low"}), high = q.enqueue({int64_t{1}, "high"});
  const tf::Output next = q.dequeue()[1];
  tf::Session sess;
  sess.run(low);
  sess.run(high);
  EXPECT_EQ(sess.run(next).item<std::string>(), "high");
}

TEST_F(QueueTest, OneOfSeveral) {
  const tf::FIFOQueue a(3, {tf::int32}, {.shapes = {{}}}), b(3, {tf::int32}, {.shapes = {{}}});
  const tf::Queue chosen = tf::Queue::from_list(1, {a, b});
  const tf::Operation put = chosen.enqueue({7});
  const tf::Output next = b.dequeue()[0];
  tf::Session sess;
  sess.run(put);
  EXPECT_EQ(sess.run(next).item<int32_t>(), 7);
}

TEST_F(QueueTest, WrongUse) {
  const tf::FIFOQueue q(3, {tf::float32}, {.shapes = {{2}}});
  EXPECT_THAT([&] { q.enqueue({3.}); }, ThrowsMessage<tf::ValueError>("Shapes () and (2,) are incompatible"));
  EXPECT_THAT([&] { q.enqueue_many({1.}); }, ThrowsMessage<tf::ValueError>("Shape () must have rank at least 1"));
  EXPECT_THAT([] { tf::FIFOQueue(3, {tf::int32}, {.shapes = {{1}, {2}}}); },
              ThrowsMessage<tf::ValueError>("Queue shapes must have the same length as dtypes"));
  EXPECT_THAT([] { tf::PaddingFIFOQueue(3, {tf::int32}, {.shapes = {}}); },
              ThrowsMessage<tf::ValueError>(
                  "Shapes must be provided for all components, but received 1 dtypes and 0 shapes."));
  EXPECT_THAT([] { tf::Queue::from_list(0, {}); }, ThrowsMessage<tf::TypeError>("A list of queues expected"));
}

}  // namespace
