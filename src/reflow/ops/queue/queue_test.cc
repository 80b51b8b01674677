#include <chrono>
#include <regex>
#include <thread>

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::AttrMap;
using graph::Endpoint;
using graph::Node;
using Types = std::vector<DType>;
using Shapes = std::vector<Shape>;

class QueueTest : public reflow::testing::SessionFixture {
 protected:
  Endpoint fifo(int64_t capacity, Types types, Shapes shapes, std::string name = "q", std::string shared_name = "") {
    return op("FIFOQueueV2", {},
              {{"capacity", capacity}, {"component_types", types}, {"shapes", shapes}, {"shared_name", shared_name}}, name);
  }
  Endpoint ints(int64_t capacity) { return fifo(capacity, {DType::kInt32}, {Shape{}}); }
  Node* enqueue(Endpoint queue, Tensor value) {
    return node("QueueEnqueueV2", {queue, std::vector<Endpoint>{constant(value)}});
  }
  Node* enqueue_many(Endpoint queue, std::vector<Tensor> batch) {
    std::vector<Endpoint> components;
    for (Tensor& t : batch) components.push_back(constant(std::move(t)));
    return node("QueueEnqueueManyV2", {queue, components});
  }
  Node* dequeue(Endpoint queue, Types types = {DType::kInt32}) {
    return node("QueueDequeueV2", {queue}, {{"component_types", types}}, "dequeue");
  }
  Node* dequeue_many(Endpoint queue, int32_t n, Types types = {DType::kInt32}, const char* op = "QueueDequeueManyV2") {
    return node(op, {queue, constant(Tensor::scalar(n))}, {{"component_types", types}}, "dequeue");
  }
  Node* close(Endpoint queue, bool cancel = false) {
    return node("QueueCloseV2", {queue}, {{"cancel_pending_enqueues", cancel}}, "close");
  }
  int size(Endpoint queue) { return run({op("QueueSizeV2", {queue})})[0].item<int32_t>(); }
  std::string text(Node* taken, int i = 0) { return run({taken->output(i)})[0].summarize(-1); }
  // The error without the node's place.
  std::string failure(Node* node) {
    const std::string message = numbered_anew(error({}, {}, {node}));
    return message.substr(0, message.find("\n\t [[{{node "));
  }
  // Queues without a shared name are numbered in the order of their making in the process.
  static std::string numbered_anew(const std::string& message) {
    return std::regex_replace(message, std::regex("'_[0-9]+_"), "'_0_");
  }
  Status run_briefly(Node* node) {
    runtime::RunOptions options;
    options.timeout_ms = 30;
    return try_run({}, {}, {node}, nullptr, options);
  }
};

TEST_F(QueueTest, ElementsLeaveInTheOrderOfTheirComing) {
  const Endpoint q = fifo(5, {DType::kInt32, DType::kString}, {Shape{}, Shape{}});
  run({}, {}, {enqueue_many(q, {Tensor::vector<int32_t>({1, 2, 3}), Tensor::vector<std::string>({"a", "b", "c"})})});
  EXPECT_EQ(size(q), 3);
  Node* one = dequeue(q, {DType::kInt32, DType::kString});
  const auto first = run({one->output(0), one->output(1)});
  EXPECT_EQ(first[0].summarize() + first[1].summarize(), "1a");
  EXPECT_EQ(text(dequeue_many(q, 2, {DType::kInt32, DType::kString}), 1), "b c");
}

TEST_F(QueueTest, WhatWasPutInDoesNotChangeWithAVariable) {
  const Endpoint v = variable({}, "v", DType::kInt32), q = ints(3);
  run({}, {}, {node("Assign", {v, constant(Tensor::scalar<int32_t>(1))})});
  run({}, {}, {node("QueueEnqueueV2", {q, std::vector<Endpoint>{op("Identity", {v})}})});
  run({}, {}, {node("AssignAdd", {v, constant(Tensor::scalar<int32_t>(5))})});
  EXPECT_EQ(text(dequeue(q)), "1");
}

TEST_F(QueueTest, ClosedOneGivesWhatIsLeftAndNoMore) {
  const Endpoint q = ints(5);
  run({}, {}, {enqueue_many(q, {Tensor::vector<int32_t>({1, 2})})});
  run({}, {}, {close(q)});
  EXPECT_TRUE(run({op("QueueIsClosedV2", {q})})[0].item<bool>());
  EXPECT_EQ(numbered_anew(error({}, {}, {dequeue_many(q, 3)})),
            "FIFOQueue '_0_q' is closed and has insufficient elements (requested 3, current size 2)\n\t [[{{node dequeue}}]]");
  EXPECT_EQ(text(dequeue_many(q, 5, {DType::kInt32}, "QueueDequeueUpToV2")), "1 2");
  EXPECT_EQ(failure(dequeue(q)), "FIFOQueue '_0_q' is closed and has insufficient elements (requested 1, current size 0)");
  EXPECT_EQ(failure(enqueue(q, Tensor::scalar<int32_t>(1))), "FIFOQueue '_0_q' is closed.");
  EXPECT_EQ(failure(close(q)), "Queue '_0_q' is already closed.");
  EXPECT_EQ(failure(close(q, true)), "");
}

TEST_F(QueueTest, WaitingEndsWithTheTimeout) {
  const Endpoint q = fifo(3, {DType::kInt32}, {Shape{}});
  const Status status = run_briefly(dequeue(q));
  EXPECT_EQ(status.code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(message_of(status), "Timed out waiting for notification");
  // What fits stays in; what was taken for a batch that doesn't come about is lost, as in TensorFlow.
  EXPECT_EQ(run_briefly(enqueue_many(q, {Tensor::vector<int32_t>({1, 2, 3, 4})})).code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(size(q), 3);
  EXPECT_EQ(run_briefly(dequeue_many(q, 4)).code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(size(q), 0);
}

TEST_F(QueueTest, TimeoutOfTheSessionCounts) {
  options_.operation_timeout_ms = 30;
  EXPECT_EQ(error({dequeue(ints(3))->output(0)}), "Timed out waiting for notification");
}

TEST_F(QueueTest, WhoWaitsIsServedByAnotherRun) {
  const Endpoint q = ints(1);
  Node* take = dequeue_many(q, 3);
  Node* put = enqueue_many(q, {Tensor::vector<int32_t>({7, 8, 9})});
  session();
  std::thread other([&] { run({}, {}, {put}); });
  EXPECT_EQ(text(take), "7 8 9");
  other.join();
}

TEST_F(QueueTest, WaitsBesideOtherNodesOfItsRun) {
  const Endpoint q = ints(1);
  Node* take = dequeue(q);
  Node* put = enqueue(q, Tensor::scalar<int32_t>(4));
  EXPECT_EQ(run({take->output(0)}, {}, {put})[0].summarize(), "4");
}

TEST_F(QueueTest, ClosingTheSessionCancelsWhoWaits) {
  Node* take = dequeue(ints(1));
  session();
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    (void)session().close();
  });
  EXPECT_EQ(error({}, {}, {take}), "Dequeue operation was cancelled\n\t [[{{node dequeue}}]]");
  other.join();
}

TEST_F(QueueTest, TheCallerMayCancel) {
  Node* take = dequeue(ints(1));
  op::CancellationManager cancellation;
  runtime::RunOptions options;
  options.cancellation = &cancellation;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    cancellation.cancel();
  });
  const Status status = try_run({}, {}, {take}, nullptr, options);
  other.join();
  EXPECT_EQ(status.code(), StatusCode::kCancelled);
  EXPECT_EQ(message_of(status), "Dequeue operation was cancelled\n\t [[{{node dequeue}}]]");
  EXPECT_EQ(message_of(try_run({}, {}, {take}, nullptr, options)), "Run call was cancelled");
}

TEST_F(QueueTest, ClosingMayCancelWhoWaitsToPutIn) {
  const Endpoint q = ints(1);
  Node *put = enqueue(q, Tensor::scalar<int32_t>(1)), *cancel = close(q, true);
  run({}, {}, {put});
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    run({}, {}, {cancel});
  });
  EXPECT_EQ(failure(put), "Enqueue operation was cancelled");
  other.join();
}

TEST_F(QueueTest, ClosingWaitsForThoseWhoWereThereBefore) {
  const Endpoint q = ints(1);
  Node *put = enqueue_many(q, {Tensor::vector<int32_t>({1, 2, 3})}), *end = close(q), *take = dequeue(q);
  const Endpoint filled = op("QueueSizeV2", {q});
  session();
  std::thread putter([&] { run({}, {}, {put}); });
  while (run({filled})[0].item<int32_t>() == 0) std::this_thread::yield();
  std::thread closer([&] { run({}, {}, {end}); });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  for (const char* expected : {"1", "2", "3"}) EXPECT_EQ(text(take), expected);
  putter.join();
  closer.join();
  EXPECT_NE(failure(take).find("insufficient elements"), std::string::npos);
}

TEST_F(QueueTest, ChecksTypesAndShapes) {
  const Endpoint q = fifo(3, {DType::kFloat32}, {Shape{2}}), x = placeholder(DType::kFloat32);
  const auto fed = [&](Node* n, Tensor value) {
    const std::string message = error({}, {{x, value}}, {n});
    return message.substr(0, message.find('\n'));
  };
  Node* put = node("QueueEnqueueV2", {q, std::vector<Endpoint>{x}});
  Node* put_many = node("QueueEnqueueManyV2", {q, std::vector<Endpoint>{x}});
  EXPECT_EQ(fed(put, Tensor::vector({1.f, 2.f, 3.f})), "Shape mismatch in tuple component 0. Expected [2], got [3]");
  EXPECT_EQ(fed(put_many, Tensor::from({1.f, 2.f, 3.f}, {1, 3})),
            "Shape mismatch in tuple component 0. Expected [1,2], got [1,3]");
  EXPECT_EQ(fed(put_many, Tensor::scalar(1.f)), "Component 0 of a batch of elements is a scalar");
  EXPECT_EQ(failure(dequeue(q)), "Signature mismatch, have: resource->int32 expected: resource->float");
  EXPECT_EQ(failure(node("QueueEnqueueV2", {q, std::vector<Endpoint>{x, x}})).substr(0, 12), "You must fee");
  EXPECT_EQ(failure(enqueue(q, Tensor::scalar<int32_t>(1))),
            "Signature mismatch, have: resource, int32-> expected: resource, float->");
}

TEST_F(QueueTest, BatchesNeedKnownShapesAndASizeThatIsNone) {
  const Endpoint any = fifo(3, {DType::kInt32}, {}, "any");
  EXPECT_EQ(failure(dequeue_many(any, 1)),
            "FIFOQueue's DequeueMany and DequeueUpTo require the components to have specified shapes.");
  const Endpoint q = fifo(3, {DType::kFloat32}, {Shape{2}}), n = placeholder(DType::kInt32, Shape{});
  Node* take = node("QueueDequeueManyV2", {q, n}, {{"component_types", Types{DType::kFloat32}}});
  EXPECT_EQ(run({take->output(0)}, {{n, Tensor::scalar<int32_t>(0)}})[0].shape(), (Shape{0, 2}));
  EXPECT_EQ(error({}, {{n, Tensor::scalar<int32_t>(-1)}}, {take}).substr(0, 39), "DequeueManyOp requested -1 < 0 elements");
}

TEST_F(QueueTest, SharedNamesMeanTheSameQueue) {
  run({}, {}, {enqueue(fifo(3, {DType::kInt32}, {Shape{}}, "a", "sh"), Tensor::scalar<int32_t>(5))});
  EXPECT_EQ(size(fifo(3, {DType::kInt32}, {Shape{}}, "b", "sh")), 1);
  EXPECT_EQ(error({}, {}, {fifo(4, {DType::kInt32}, {Shape{}}, "c", "sh").node}),
            "Shared queue 'sh' has capacity 3 but requested capacity was 4\n\t [[{{node c}}]]");
  EXPECT_EQ(failure(fifo(3, {DType::kFloat32}, {Shape{}}, "d", "sh").node),
            "Shared queue 'sh' has component types int32 but requested component types were float");
  EXPECT_EQ(failure(fifo(3, {DType::kInt32}, {Shape{1}}, "e", "sh").node),
            "Shared queue 'sh' has component shapes [[]] but requested component shapes were [[1]]");
  EXPECT_EQ(failure(node("PriorityQueueV2", {}, {{"shapes", Shapes{}}, {"shared_name", "sh"}})),
            "Expected FIFOQueue, found PriorityQueueV2");
}

TEST_F(QueueTest, WrongDefinitionsAreErrors) {
  EXPECT_EQ(failure(fifo(1, {DType::kFloat32, DType::kInt32}, {Shape{}}).node),
            "Different number of component types.  Types: float, int32, Shapes: [[]]");
  EXPECT_EQ(failure(fifo(1, {DType::kFloat32}, {Shape{-1}}).node), "Shape [?] is not fully defined");
  EXPECT_EQ(failure(node("RandomShuffleQueueV2", {},
                         {{"component_types", Types{DType::kInt32}}, {"capacity", 3}, {"min_after_dequeue", 5}})),
            "min_after_dequeue 5 must be < capacity 3");
  EXPECT_EQ(failure(node("PaddingFIFOQueueV2", {}, {{"component_types", Types{DType::kInt32}}})),
            "Shapes must be provided for all components, but received 1 dtypes and 0 shapes.");
}

TEST_F(QueueTest, HandlesOfOtherThingsAreErrors) {
  const Endpoint v = op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{}}, {"shared_name", "v"}});
  EXPECT_EQ(failure(op("QueueSizeV2", {v}).node),
            "Trying to access resource using the wrong type. Expected N10tensorflow3VarE got "
            "N10tensorflow14QueueInterfaceE");
  EXPECT_EQ(try_run({op("ReadVariableOp", {ints(1)}, {{"dtype", DType::kInt32}})}).code(), StatusCode::kFailedPrecondition);
}

// The order of TensorFlow 1.15.5 for tf.RandomShuffleQueue(100, 0, seed=7) filled with 0 to 19.
TEST_F(QueueTest, ShufflesAsTensorFlow) {
  const Endpoint q = op("RandomShuffleQueueV2", {},
                        {{"component_types", Types{DType::kInt32}}, {"shapes", Shapes{Shape{}}}, {"capacity", 100},
                         {"seed", 87654321}, {"seed2", 7}}, "q");
  Tensor values(DType::kInt32, {20});
  for (int i = 0; i < 20; ++i) values.data<int32_t>()[i] = i;
  run({}, {}, {enqueue_many(q, {values})});
  EXPECT_EQ(text(dequeue_many(q, 5)), "7 4 19 15 0");
  Node* one = dequeue(q);
  for (const char* expected : {"8", "10", "11", "14", "6"}) EXPECT_EQ(text(one), expected);
  EXPECT_EQ(text(dequeue_many(q, 10)), "16 1 12 3 17 5 2 18 13 9");
}

TEST_F(QueueTest, ShufflingKeepsAMinimumUntilItIsClosed) {
  const Endpoint q = op("RandomShuffleQueueV2", {},
                        {{"component_types", Types{DType::kInt32}}, {"shapes", Shapes{Shape{}}}, {"capacity", 10},
                         {"min_after_dequeue", 2}, {"seed", 1}}, "q");
  run({}, {}, {enqueue_many(q, {Tensor::vector<int32_t>({1, 2, 3})})});
  run({}, {}, {dequeue(q)});
  EXPECT_EQ(run_briefly(dequeue(q)).code(), StatusCode::kDeadlineExceeded);
  run({}, {}, {close(q)});
  EXPECT_EQ(run({dequeue_many(q, 9, {DType::kInt32}, "QueueDequeueUpToV2")->output(0)})[0].shape(), Shape{2});
}

TEST_F(QueueTest, PaddingFillsBatchesUp) {
  const Endpoint q = op("PaddingFIFOQueueV2", {},
                        {{"component_types", Types{DType::kInt32}}, {"shapes", Shapes{Shape{-1, 2}}}}, "q");
  run({}, {}, {enqueue(q, Tensor::from<int32_t>({1, 2, 3, 4}, {2, 2}))});
  run({}, {}, {enqueue(q, Tensor::from<int32_t>({5, 6}, {1, 2}))});
  EXPECT_EQ(text(dequeue_many(q, 2)), "[[1 2][3 4]][[5 6][0 0]]");
  EXPECT_EQ(run({dequeue_many(q, 0)->output(0)})[0].shape(), (Shape{0, 0, 2}));
  EXPECT_EQ(failure(enqueue(q, Tensor::scalar<int32_t>(1))), "Shape mismatch in tuple component 0. Expected [?,2], got []");
}

TEST_F(QueueTest, PaddingIsFifoInMessagesButThoseOfBatches) {
  const Endpoint q = op("PaddingFIFOQueueV2", {}, {{"component_types", Types{DType::kInt32}}, {"shapes", Shapes{Shape{}}}}, "q");
  run({}, {}, {close(q)});
  EXPECT_EQ(failure(dequeue(q)), "FIFOQueue '_0_q' is closed and has insufficient elements (requested 1, current size 0)");
  EXPECT_EQ(failure(dequeue_many(q, 2)),
            "PaddingFIFOQueue '_0_q' is closed and has insufficient elements (requested 2, current size 0)");
  EXPECT_EQ(failure(enqueue(q, Tensor::scalar<int32_t>(1))), "FIFOQueue '_0_q' is closed.");
}

TEST_F(QueueTest, SmallestPriorityLeavesFirst) {
  const Endpoint q = op("PriorityQueueV2", {}, {{"component_types", Types{DType::kString}}, {"shapes", Shapes{Shape{}}}}, "q");
  run({}, {}, {enqueue_many(q, {Tensor::vector<int64_t>({3, 1, 2, 1}), Tensor::vector<std::string>({"c", "a", "b", "a2"})})});
  Node* take = dequeue(q, {DType::kInt64, DType::kString});
  for (const char* expected : {"a", "a2", "b", "c"}) EXPECT_EQ(text(take, 1), expected);
}

// The ops of old graphs, whose handles are references to container and name.
TEST_F(QueueTest, OldFormsWork) {
  const AttrMap attrs{{"component_types", Types{DType::kInt32}}, {"shapes", Shapes{Shape{}}}};
  for (const char* kind : {"FIFOQueue", "RandomShuffleQueue", "PaddingFIFOQueue"}) {
    const Endpoint q = op(kind, {}, attrs);
    const auto many = std::vector<Endpoint>{constant(Tensor::vector<int32_t>({1, 1, 1}))};
    run({}, {}, {node("QueueEnqueueMany", {q, many})});
    run({}, {}, {node("QueueEnqueue", {q, std::vector<Endpoint>{constant(Tensor::scalar<int32_t>(1))}})});
    EXPECT_EQ(run({op("QueueSize", {q})})[0].summarize(), "4") << kind;
    const AttrMap types{{"component_types", Types{DType::kInt32}}};
    const Endpoint two = constant(Tensor::scalar<int32_t>(2));
    EXPECT_EQ(text(node("QueueDequeueMany", {q, two}, types)), "1 1") << kind;
    EXPECT_EQ(text(node("QueueDequeue", {q}, types)), "1") << kind;
    run({}, {}, {node("QueueClose", {q})});
    EXPECT_TRUE(run({op("QueueIsClosed", {q})})[0].item<bool>()) << kind;
    EXPECT_EQ(text(node("QueueDequeueUpTo", {q, two}, types)), "1") << kind;
  }
  const Endpoint p = op("PriorityQueue", {}, {{"shapes", Shapes{}}});
  run({}, {}, {node("QueueEnqueue", {p, std::vector<Endpoint>{constant(Tensor::scalar<int64_t>(1))}})});
  EXPECT_EQ(run({op("QueueSize", {p})})[0].summarize(), "1");
}

}  // namespace
}  // namespace reflow::ops
