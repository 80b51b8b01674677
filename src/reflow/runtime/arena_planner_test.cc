#include "reflow/runtime/arena_planner.h"

#include <gtest/gtest.h>

#include <random>

namespace reflow::runtime {
namespace {

TEST(ArenaPlanner, BuffersThatDontMeetShareMemory) {
  ArenaPlanner planner;
  const int a = planner.add(1000, 0);
  planner.extend(a, 1);
  planner.add(1000, 1);
  planner.add(1000, 2);
  int64_t total;
  const auto offsets = planner.plan(&total);
  EXPECT_NE(offsets[0], offsets[1]);
  EXPECT_EQ(offsets[0], offsets[2]);
  EXPECT_EQ(total, 2048);
}

TEST(ArenaPlanner, LivingBuffersNeverOverlap) {
  std::mt19937 random(7);
  struct Life { int64_t bytes; int begin, end; };
  std::vector<Life> lives;
  ArenaPlanner planner;
  for (int at = 0; at < 500; ++at) {
    const Life life{static_cast<int64_t>(random() % 5000), at, at + static_cast<int>(random() % 40)};
    lives.push_back(life);
    planner.extend(planner.add(life.bytes, life.begin), life.end);
  }
  int64_t total;
  const auto offsets = planner.plan(&total);
  for (size_t i = 0; i < lives.size(); ++i) {
    EXPECT_EQ(offsets[i] % 64, 0);
    EXPECT_LE(offsets[i] + lives[i].bytes, total);
    for (size_t j = i + 1; j < lives.size() && lives[j].begin <= lives[i].end; ++j) {
      EXPECT_TRUE(offsets[i] + lives[i].bytes <= offsets[j] || offsets[j] + lives[j].bytes <= offsets[i]);
    }
  }
}

TEST(ArenaPlanner, JoinedBuffersLieOneBehindTheOther) {
  ArenaPlanner planner;
  const int a = planner.add(640, 0), between = planner.add(64, 1), b = planner.add(128, 2), c = planner.add(100, 3);
  planner.extend(a, 9);
  EXPECT_FALSE(planner.join({c, a, b}));  // only the last one may end anywhere
  EXPECT_TRUE(planner.join({b, a, c}));
  EXPECT_FALSE(planner.join({a, between}));
  const int later = planner.add(64, 9), last = planner.add(832, 10);
  int64_t total;
  const auto offsets = planner.plan(&total);
  EXPECT_EQ(offsets[a], offsets[b] + 128);
  EXPECT_EQ(offsets[c], offsets[a] + 640);
  for (const int other : {between, later}) {
    EXPECT_TRUE(offsets[other] + 64 <= offsets[b] || offsets[other] >= offsets[c] + 100);
  }
  EXPECT_EQ(offsets[last], offsets[b]);  // whose row of 896 bytes is free by then
}

}  // namespace
}  // namespace reflow::runtime
