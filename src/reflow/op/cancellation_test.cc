#include "reflow/op/cancellation.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "reflow/op/rendezvous.h"

namespace reflow::op {
namespace {

TEST(CancellationManager, CallsEachCallbackOnce) {
  CancellationManager m;
  int calls = 0;
  EXPECT_TRUE(m.add_callback(m.next_token(), [&] { ++calls; }));
  const auto removed = m.next_token();
  EXPECT_TRUE(m.add_callback(removed, [&] { calls += 100; }));
  EXPECT_TRUE(m.remove_callback(removed));
  EXPECT_FALSE(m.cancelled());
  m.cancel();
  m.cancel();
  EXPECT_TRUE(m.cancelled());
  EXPECT_EQ(calls, 1);
}

TEST(CancellationManager, RegistrationsFailAfterwards) {
  CancellationManager m;
  m.cancel();
  EXPECT_FALSE(m.add_callback(m.next_token(), [] { FAIL(); }));
  EXPECT_FALSE(m.remove_callback(0));
}

TEST(CancellationManager, RemovalWaitsForTheCallback) {
  CancellationManager m;
  std::atomic<bool> inside{false}, release{false}, ended{false};
  const auto token = m.next_token();
  m.add_callback(token, [&] {
    inside = true;
    while (!release) std::this_thread::yield();
    ended = true;
  });
  std::thread canceller([&] { m.cancel(); });
  while (!inside) std::this_thread::yield();
  std::thread releaser([&] { release = true; });
  EXPECT_FALSE(m.remove_callback(token));
  EXPECT_TRUE(ended);
  canceller.join();
  releaser.join();
}

TEST(CancellationManager, CallbackMayRemoveItself) {
  CancellationManager m;
  const auto token = m.next_token();
  m.add_callback(token, [&] { EXPECT_FALSE(m.remove_callback(token)); });
  m.cancel();
}

TEST(Rendezvous, Key) {
  EXPECT_EQ(Rendezvous::key("/job:a/task:0/device:CPU:0", "/job:b/task:1/device:CPU:0", "edge_5_x", 3, 7, 0xabc),
            "/job:a/task:0/device:CPU:0;0000000000000abc;/job:b/task:1/device:CPU:0;edge_5_x;3:7");
}

}  // namespace
}  // namespace reflow::op
