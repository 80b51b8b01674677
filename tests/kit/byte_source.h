#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace reflow::testing {

// Choices that bytes make, one after the other. When they have run out, every choice is the first one.
class ByteSource {
 public:
  explicit ByteSource(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool empty() const { return at_ >= bytes_.size(); }
  uint8_t byte() { return empty() ? 0 : bytes_[at_++]; }
  bool flip() { return (byte() & 1) != 0; }
  // True once in `n` times.
  bool one_in(int n) { return byte() % n == n - 1; }
  // From 0 to n - 1. REQUIRES: 0 < n <= 65536.
  size_t below(size_t n) {
    const size_t low = byte();
    return (n <= 256 ? low : low | static_cast<size_t>(byte()) << 8) % n;
  }
  int64_t between(int64_t low, int64_t high) { return low + static_cast<int64_t>(below(high - low + 1)); }
  // Any bits at all.
  template <typename T>
  T bits() {
    std::array<uint8_t, sizeof(T)> raw;
    for (uint8_t& b : raw) b = byte();
    T value;
    std::memcpy(&value, raw.data(), sizeof(T));
    return value;
  }
  template <typename Range>
  const auto& one_of(const Range& range) { return *(std::begin(range) + below(std::size(range))); }
  std::string text(size_t most) {
    std::string text(below(most + 1), '\0');
    for (char& c : text) c = static_cast<char>(byte());
    return text;
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

}  // namespace reflow::testing
