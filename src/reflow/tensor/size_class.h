#pragma once

#include <bit>
#include <cstddef>

namespace reflow::allocator_internal {

// Sizes of blocks: multiples of 64 bytes up to 512, then eight for each power of two, so that at most an eighth of a
// block lies idle.
inline constexpr size_t kMaxBytes = size_t{1} << 47;
inline constexpr int kNumClasses = 8 + 8 * (47 - 9);

// The class of the smallest block that holds `size_bytes`. REQUIRES: size_bytes <= kMaxBytes.
constexpr int size_class(size_t size_bytes) {
  const size_t last = size_bytes == 0 ? 0 : size_bytes - 1;
  if (last < 512) return static_cast<int>(last / 64);
  const int exponent = std::bit_width(last) - 1;  // last is in [2^exponent, 2^(exponent + 1))
  return 8 * (exponent - 8) + static_cast<int>((last >> (exponent - 3)) & 7);
}

constexpr size_t class_bytes(int c) {
  if (c < 8) return size_t{64} * (c + 1);
  return size_t(9 + c % 8) << (c / 8 + 5);
}

}  // namespace reflow::allocator_internal
