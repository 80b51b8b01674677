#include "reflow/eager/python_random.h"

#include <gtest/gtest.h>

#include <vector>

namespace reflow::eager {
namespace {

std::vector<int64_t> first_seeds(int64_t seed) {
  PythonRandom random(seed);
  std::vector<int64_t> seeds;
  for (int i = 0; i < 4; ++i) seeds.push_back(random.next_seed());
  return seeds;
}

// random.Random(seed).randint(0, 2**31 - 1), four times, of Python 3.7.
TEST(PythonRandom, GivesPythonsNumbers) {
  EXPECT_EQ(first_seeds(1), (std::vector<int64_t>{577090037, 271041745, 1095513148, 506456969}));
  EXPECT_EQ(first_seeds(0), (std::vector<int64_t>{1654615998, 1806341205, 173879092, 1112038970}));
}

TEST(PythonRandom, TakesTheMagnitudeOfNegativeSeeds) {
  EXPECT_EQ(first_seeds(-5), (std::vector<int64_t>{1097127993, 1539898300, 124576495, 1999834075}));
}

TEST(PythonRandom, TakesSeedsOf64Bits) {
  EXPECT_EQ(first_seeds(12345678901), (std::vector<int64_t>{1408749075, 1648367662, 1521061569, 492378014}));
}

TEST(PythonRandom, GoesOnBeyondTheFirstState) {
  PythonRandom random(7);
  for (int i = 0; i < 2000; ++i) random.next();
  EXPECT_EQ(random.next(), 4083946869u);
}

}  // namespace
}  // namespace reflow::eager
