#include "reflow/io/crc32c_concat.h"

#include <array>

namespace reflow::io {
namespace {

// Polynomials over GF(2) modulo Castagnoli's, bits reversed: the highest bit is the coefficient of x^0.
constexpr uint32_t kPolynomial = 0x82f63b78;
constexpr uint32_t kOne = 0x80000000;

constexpr uint32_t times_x(uint32_t a) { return (a >> 1) ^ ((a & 1) ? kPolynomial : 0); }

constexpr uint32_t multiply(uint32_t a, uint32_t b) {
  uint32_t product = 0;
  for (; a; a <<= 1, b = times_x(b)) {
    if (a & kOne) product ^= b;
  }
  return product;
}

// powers[k] = x^(8 * 2^k): what 2^k zero bytes multiply a register by.
constexpr std::array<uint32_t, 64> make_powers() {
  std::array<uint32_t, 64> powers{};
  uint32_t power = kOne;
  for (int bit = 0; bit < 8; ++bit) power = times_x(power);
  for (uint32_t& p : powers) {
    p = power;
    power = multiply(power, power);
  }
  return powers;
}
constexpr std::array<uint32_t, 64> kPowers = make_powers();

}  // namespace

uint32_t crc32c_concat(uint32_t first, uint32_t second, uint64_t second_size) {
  for (uint32_t k = 0; second_size; ++k, second_size >>= 1) {
    if (second_size & 1) first = multiply(kPowers[k], first);
  }
  return first ^ second;
}

}  // namespace reflow::io
