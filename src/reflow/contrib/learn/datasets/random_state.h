#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <span>
#include <utility>

namespace reflow::contrib::learn::datasets {

// The numbers of NumPy's RandomState(seed), which is the Mersenne Twister MT19937.
class RandomState {
 public:
  explicit RandomState(uint32_t seed) : generator_(seed) {}
  // Begins again, as numpy.random.seed.
  void seed(uint32_t seed) { generator_.seed(seed); }

  // An integer of [0, max], by rejection of what lies above within the next power of two.
  uint32_t interval(uint32_t max) {
    if (max == 0) return 0;
    const uint32_t mask = ~uint32_t{0} >> std::countl_zero(max);
    uint32_t value;
    do value = static_cast<uint32_t>(generator_()) & mask;
    while (value > max);
    return value;
  }

  // numpy.random.shuffle. REQUIRES: fewer than 2^32 values.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i-- > 1;) std::swap(values[i], values[interval(static_cast<uint32_t>(i))]);
  }

 private:
  std::mt19937 generator_;
};

}  // namespace reflow::contrib::learn::datasets
