#include "reflow/base/philox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace reflow {
namespace {

using ::testing::ElementsAre;

// Known-answer vectors of the Random123 library for philox4x32-10.
TEST(Philox, KnownAnswers) {
  EXPECT_THAT(Philox({0, 0, 0, 0}, {0, 0}).next(), ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(Philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}).next(),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}).next(),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(Philox, SeedsAreKeyAndUpperCounter) {
  const Philox p(0x1122334455667788, 0x99aabbccddeeff00);
  EXPECT_THAT(p.key(), ElementsAre(0x55667788, 0x11223344));
  EXPECT_THAT(p.counter(), ElementsAre(0, 0, 0xddeeff00, 0x99aabbcc));
}

TEST(Philox, SkipIsAsManyCallsOfNext) {
  Philox one(7, 8), other(7, 8);
  for (int i = 0; i < 1000; ++i) one.next();
  other.skip(1000);
  EXPECT_EQ(one.next(), other.next());
}

TEST(Philox, SkipCarries) {
  Philox p({0xffffffff, 0xffffffff, 0xffffffff, 1}, {0, 0});
  p.skip(1);
  EXPECT_THAT(p.counter(), ElementsAre(0, 0, 0, 2));
  p.skip(0x500000003);
  EXPECT_THAT(p.counter(), ElementsAre(3, 5, 0, 2));
}

TEST(PhiloxStream, ReservationsFollowEachOther) {
  PhiloxStream stream(1, 2);
  EXPECT_EQ(stream.reserve(10).counter()[0], 0u);
  EXPECT_EQ(stream.reserve_outputs(3).counter()[0], 10u);
  EXPECT_EQ(stream.reserve(1).counter()[0], 10u + 3 * 256);
}

TEST(PhiloxStream, SeedsOfZeroVary) {
  EXPECT_NE(PhiloxStream(0, 0).reserve(1).key(), PhiloxStream(0, 0).reserve(1).key());
  EXPECT_EQ(PhiloxStream(0, 1).reserve(1).key(), PhiloxStream(0, 2).reserve(1).key());
}

TEST(PhiloxStream, ThreadsGetDisjointBlocks) {
  PhiloxStream stream(1, 1);
  std::vector<std::vector<uint32_t>> begins(4);
  std::vector<std::thread> threads;
  for (auto& mine : begins) {
    threads.emplace_back([&stream, &mine] {
      for (int i = 0; i < 1000; ++i) mine.push_back(stream.reserve(1).counter()[0]);
    });
  }
  for (auto& t : threads) t.join();
  std::set<uint32_t> all;
  for (const auto& mine : begins) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000u);
  EXPECT_EQ(*all.rbegin(), 3999u);
}

}  // namespace
}  // namespace reflow
