#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "reflow/base/philox.h"
#include "reflow/tensor/dtype.h"

// Random bits to numbers, as TensorFlow 1.15 makes them: same seeds, same numbers, to the last bit. So the functions are
// libm's, and the order of operations matters.
namespace reflow::op {

// In [0, 1): the bits become the mantissa of a number in [1, 2).
inline float unit_float(uint32_t x) { return std::bit_cast<float>(uint32_t{127} << 23 | (x & 0x7fffff)) - 1.0f; }
inline double unit_double(uint32_t high, uint32_t low) {
  return std::bit_cast<double>(uint64_t{1023} << 52 | uint64_t{high & 0xfffff} << 32 | low) - 1.0;
}
inline Half unit_half(uint32_t x) {
  Half h;
  h.bits = static_cast<uint16_t>(15 << 10 | (x & 0x3ff));
  return Half(static_cast<float>(h) - 1.0f);
}
inline Bfloat16 unit_bfloat16(uint32_t x) {
  Bfloat16 b;
  b.bits = static_cast<uint16_t>(127 << 7 | (x & 0x7f));
  return Bfloat16(static_cast<float>(b) - 1.0f);
}

// Two standard normal numbers (Box and Muller, "A note on the generation of random normal deviates", 1958).
inline void normal_pair(uint32_t x0, uint32_t x1, float* f0, float* f1) {
  const float u = std::max(unit_float(x0), 1.0e-7f);  // the logarithm of nothing smaller
  const float angle = static_cast<float>(2.0f * M_PI * unit_float(x1));
  const float radius = std::sqrt(-2.0f * std::log(u));
  *f0 = std::sin(angle) * radius;
  *f1 = std::cos(angle) * radius;
}
inline void normal_pair(uint32_t x0, uint32_t x1, uint32_t x2, uint32_t x3, double* d0, double* d1) {
  const double u = std::max(unit_double(x0, x1), 1.0e-7);
  const double angle = 2 * M_PI * unit_double(x2, x3);
  const double radius = std::sqrt(-2.0 * std::log(u));
  *d0 = std::sin(angle) * radius;
  *d1 = std::cos(angle) * radius;
}

// 32-bit words one at a time, in order.
class PhiloxWords {
 public:
  explicit PhiloxWords(const Philox& generator) : generator_(generator) {}
  uint32_t operator()() {
    if (used_ == 4) {
      block_ = generator_.next();
      used_ = 0;
    }
    return block_[used_++];
  }
  double next_double() {
    const uint32_t high = (*this)();
    return unit_double(high, (*this)());
  }

 private:
  Philox generator_;
  Philox::Block block_;
  int used_ = 4;
};

// Numbers that one block of the generator gives, and the numbers themselves: group<T>::size and make(block, out).
template <typename T>
inline constexpr int kGroupSize = sizeof(T) == 8 ? 2 : 4;

struct Uniform {
  static constexpr bool kOneBlockPerGroup = true;
  template <typename T>
  static void make(const Philox::Block& x, T* out) {
    if constexpr (std::is_same_v<T, double>) {
      out[0] = unit_double(x[0], x[1]);
      out[1] = unit_double(x[2], x[3]);
    } else {
      for (int i = 0; i < 4; ++i) {
        if constexpr (std::is_same_v<T, float>) out[i] = unit_float(x[i]);
        if constexpr (std::is_same_v<T, Half>) out[i] = unit_half(x[i]);
        if constexpr (std::is_same_v<T, Bfloat16>) out[i] = unit_bfloat16(x[i]);
      }
    }
  }
};

struct Normal {
  static constexpr bool kOneBlockPerGroup = true;
  template <typename T>
  static void make(const Philox::Block& x, T* out) {
    if constexpr (std::is_same_v<T, double>) {
      normal_pair(x[0], x[1], x[2], x[3], &out[0], &out[1]);
    } else {
      for (int i = 0; i < 4; i += 2) {
        float a, b;
        normal_pair(x[i], x[i + 1], &a, &b);
        out[i] = T(a);
        out[i + 1] = T(b);
      }
    }
  }
};

// Normal numbers within two standard deviations: others are drawn again, so that a group may need many blocks.
struct TruncatedNormal {
  static constexpr bool kOneBlockPerGroup = false;
  template <typename T>
  static void make(PhiloxWords& words, T* out) {
    using Wide = std::conditional_t<std::is_same_v<T, double>, double, float>;
    for (int n = 0;;) {
      Wide pair[2];
      const uint32_t x0 = words(), x1 = words();
      if constexpr (std::is_same_v<T, double>) {
        const uint32_t x2 = words(), x3 = words();
        normal_pair(x0, x1, x2, x3, &pair[0], &pair[1]);
      } else {
        normal_pair(x0, x1, &pair[0], &pair[1]);
      }
      for (const Wide value : pair) {
        if (!(std::abs(value) < Wide(2))) continue;
        out[n++] = T(value);
        if (n == kGroupSize<T>) return;
      }
    }
  }
};

// Blocks that a stateful op sets aside for each number, whether it uses them or not.
inline constexpr int kBlocksPerNumber = 256;

}  // namespace reflow::op
