#include "reflow/base/interrupt.h"

#include <gtest/gtest.h>

#include <thread>

namespace reflow {
namespace {

class Counting : public Interrupt {
 public:
  int times_asked = 0;
  bool answer = false;

 private:
  bool asked() override {
    ++times_asked;
    return answer;
  }
};

TEST(Interrupt, NobodyToAsk) {
  EXPECT_FALSE(Interrupt::possible());
  EXPECT_FALSE(Interrupt::requested());
}

TEST(Interrupt, IsAskedOnceAnInterval) {
  Counting interrupt;
  EXPECT_TRUE(Interrupt::possible());
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Interrupt::requested());
  EXPECT_LE(interrupt.times_asked, 3);
}

TEST(Interrupt, YesIsForGood) {
  Counting interrupt;
  interrupt.answer = true;
  std::this_thread::sleep_for(Interrupt::kInterval);
  EXPECT_TRUE(Interrupt::requested());
  interrupt.answer = false;
  EXPECT_TRUE(Interrupt::requested());
  EXPECT_EQ(interrupt.times_asked, 1);
}

TEST(Interrupt, BelongsToItsThread) {
  const Counting interrupt;
  bool possible = true;
  std::thread([&] { possible = Interrupt::possible(); }).join();
  EXPECT_FALSE(possible);
}

}  // namespace
}  // namespace reflow
