#pragma once

#include <array>
#include <cstdint>

namespace reflow::eager {

// The numbers of Python's random.Random(seed): a Mersenne twister, MT19937, seeded by its init_by_array. TensorFlow takes
// the seeds of random ops from it where ops run at once. (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998.)
class PythonRandom {
 public:
  explicit PythonRandom(int64_t seed);
  uint32_t next();  // getrandbits(32)
  // randint(0, 2**31 - 1).
  int64_t next_seed();

 private:
  static constexpr int kSize = 624, kShift = 397;
  void refill();
  std::array<uint32_t, kSize> state_;
  int index_ = kSize;
};

}  // namespace reflow::eager
