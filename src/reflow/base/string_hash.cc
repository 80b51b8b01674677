#include "reflow/base/string_hash.h"

#include <bit>
#include <cstring>
#include <utility>

namespace reflow {
namespace {

constexpr uint64_t kFarm0 = 0xc3a5c85c97cb3127u, kFarm1 = 0xb492b66fbe98f273u, kFarm2 = 0x9ae16a3b2f90404fu;

uint64_t load64(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}
uint32_t load32(const char* p) {
  uint32_t v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}
uint64_t shift_mix(uint64_t v) { return v ^ (v >> 47); }
uint64_t mixed(uint64_t u, uint64_t v, uint64_t factor) {
  const uint64_t a = shift_mix((u ^ v) * factor);
  return shift_mix((v ^ a) * factor) * factor;
}

uint64_t fingerprint_0_to_16(const char* s, size_t n) {
  const uint64_t factor = kFarm2 + n * 2;
  if (n >= 8) {
    const uint64_t a = load64(s) + kFarm2, b = load64(s + n - 8);
    const uint64_t c = std::rotr(b, 37) * factor + a, d = (std::rotr(a, 25) + b) * factor;
    return mixed(c, d, factor);
  }
  if (n >= 4) return mixed(n + (uint64_t{load32(s)} << 3), load32(s + n - 4), factor);
  if (n == 0) return kFarm2;
  const auto at = [s](size_t i) { return uint32_t{static_cast<uint8_t>(s[i])}; };
  const uint32_t y = at(0) + (at(n >> 1) << 8), z = static_cast<uint32_t>(n) + (at(n - 1) << 2);
  return shift_mix(y * kFarm2 ^ z * kFarm0) * kFarm2;
}

uint64_t fingerprint_17_to_32(const char* s, size_t n) {
  const uint64_t factor = kFarm2 + n * 2;
  const uint64_t a = load64(s) * kFarm1, b = load64(s + 8), c = load64(s + n - 8) * factor, d = load64(s + n - 16) * kFarm2;
  return mixed(std::rotr(a + b, 43) + std::rotr(c, 30) + d, a + std::rotr(b + kFarm2, 18) + c, factor);
}

uint64_t fingerprint_33_to_64(const char* s, size_t n) {
  const uint64_t factor = kFarm2 + n * 2;
  const uint64_t a = load64(s) * kFarm2, b = load64(s + 8), c = load64(s + n - 8) * factor, d = load64(s + n - 16) * kFarm2;
  const uint64_t y = std::rotr(a + b, 43) + std::rotr(c, 30) + d;
  const uint64_t z = mixed(y, a + std::rotr(b + kFarm2, 18) + c, factor);
  const uint64_t e = load64(s + 16) * factor, f = load64(s + 24);
  const uint64_t g = (y + load64(s + n - 32)) * factor, h = (z + load64(s + n - 24)) * factor;
  return mixed(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + a, 18) + g, factor);
}

struct Pair {
  uint64_t first, second;
};

// 32 bytes mixed into two seeds.
Pair weak_hash(const char* s, uint64_t a, uint64_t b) {
  const uint64_t w = load64(s), x = load64(s + 8), y = load64(s + 16), z = load64(s + 24);
  a += w;
  b = std::rotr(b + a + z, 21);
  const uint64_t c = a;
  a += x + y;
  b += std::rotr(a, 44);
  return {a + z, b + c};
}

constexpr uint64_t kMixFactor = 0x9ddfea08eb382d69u;
uint64_t mixed(uint64_t u, uint64_t v) { return mixed(u, v, kMixFactor); }

// Of less than 128 bytes, with two seeds.
Pair murmur(const char* s, size_t n, Pair seed) {
  uint64_t a = seed.first, b = seed.second, c = 0, d = 0;
  if (n <= 16) {
    a = shift_mix(a * kFarm1) * kFarm1;
    c = b * kFarm1 + fingerprint_0_to_16(s, n);
    d = shift_mix(a + (n >= 8 ? load64(s) : c));
  } else {
    c = mixed(load64(s + n - 8) + kFarm1, a);
    d = mixed(b + n, c + load64(s + n - 16));
    a += d;
    for (size_t i = 0; i + 16 < n; i += 16) {
      a = (a ^ shift_mix(load64(s + i) * kFarm1) * kFarm1) * kFarm1;
      b ^= a;
      c = (c ^ shift_mix(load64(s + i + 8) * kFarm1) * kFarm1) * kFarm1;
      d ^= c;
    }
  }
  a = mixed(a, c);
  b = mixed(d, b);
  return {a ^ b, mixed(b, a)};
}

Pair fingerprint_with_seed(const char* s, size_t n, Pair seed) {
  if (n < 128) return murmur(s, n, seed);
  uint64_t x = seed.first, y = seed.second, z = n * kFarm1;
  Pair v, w;
  v.first = std::rotr(y ^ kFarm1, 49) * kFarm1 + load64(s);
  v.second = std::rotr(v.first, 42) * kFarm1 + load64(s + 8);
  w.first = std::rotr(y + z, 35) * kFarm1 + x;
  w.second = std::rotr(x + load64(s + 88), 53) * kFarm1;
  for (; n >= 128; n -= 128) {
    for (int half = 0; half < 2; ++half, s += 64) {
      x = std::rotr(x + y + v.first + load64(s + 8), 37) * kFarm1;
      y = std::rotr(y + v.second + load64(s + 48), 42) * kFarm1;
      x ^= w.second;
      y += v.first + load64(s + 40);
      z = std::rotr(z + w.first, 33) * kFarm1;
      v = weak_hash(s, v.second * kFarm1, x + w.first);
      w = weak_hash(s + 32, z + w.second, y + load64(s + 16));
      std::swap(z, x);
    }
  }
  x += std::rotr(v.first + z, 49) * kFarm0;
  y = y * kFarm0 + std::rotr(w.second, 37);
  z = z * kFarm0 + std::rotr(w.first, 27);
  w.first *= 9;
  v.first *= kFarm0;
  // The last 32 bytes at a time, back to where the blocks ended.
  for (size_t done = 0; done < n;) {
    done += 32;
    y = std::rotr(x + y, 42) * kFarm0 + v.second;
    w.first += load64(s + n - done + 16);
    x = x * kFarm0 + w.first;
    z += w.second + load64(s + n - done);
    w.second += v.first;
    v = weak_hash(s + n - done, v.first + z, v.second);
    v.first *= kFarm0;
  }
  x = mixed(x, v.first);
  y = mixed(y + z, w.first);
  return {mixed(x + v.second, w.second) + y, mixed(x + w.second, y + v.second)};
}

}  // namespace

std::array<uint64_t, 2> fingerprint128(std::string_view bytes) {
  const char* s = bytes.data();
  const size_t n = bytes.size();
  const Pair result = n >= 16 ? fingerprint_with_seed(s + 16, n - 16, {load64(s), load64(s + 8) + kFarm0})
                              : fingerprint_with_seed(s, n, {kFarm0, kFarm1});
  return {result.first, result.second};
}

uint64_t fingerprint64(std::string_view bytes) {
  const char* s = bytes.data();
  const size_t n = bytes.size();
  if (n <= 16) return fingerprint_0_to_16(s, n);
  if (n <= 32) return fingerprint_17_to_32(s, n);
  if (n <= 64) return fingerprint_33_to_64(s, n);
  constexpr uint64_t kSeed = 81;
  uint64_t x = kSeed * kFarm2 + load64(s), y = kSeed * kFarm1 + 113, z = shift_mix(y * kFarm2 + 113) * kFarm2;
  Pair v{0, 0}, w{0, 0};
  const char* const last_block = s + (n - 1) / 64 * 64;
  for (; s != last_block; s += 64) {
    x = std::rotr(x + y + v.first + load64(s + 8), 37) * kFarm1;
    y = std::rotr(y + v.second + load64(s + 48), 42) * kFarm1;
    x ^= w.second;
    y += v.first + load64(s + 40);
    z = std::rotr(z + w.first, 33) * kFarm1;
    v = weak_hash(s, v.second * kFarm1, x + w.first);
    w = weak_hash(s + 32, z + w.second, y + load64(s + 16));
    std::swap(z, x);
  }
  // The last 64 bytes, which may have been seen in part.
  const uint64_t factor = kFarm1 + ((z & 0xff) << 1);
  s = bytes.data() + n - 64;
  w.first += (n - 1) & 63;
  v.first += w.first;
  w.first += v.first;
  x = std::rotr(x + y + v.first + load64(s + 8), 37) * factor;
  y = std::rotr(y + v.second + load64(s + 48), 42) * factor;
  x ^= w.second * 9;
  y += v.first * 9 + load64(s + 40);
  z = std::rotr(z + w.first, 33) * factor;
  v = weak_hash(s, v.second * factor, x + w.first);
  w = weak_hash(s + 32, z + w.second, y + load64(s + 16));
  std::swap(z, x);
  return mixed(mixed(v.first, w.first, factor) + shift_mix(y) * kFarm0 + z, mixed(v.second, w.second, factor) + x, factor);
}

uint64_t hash64(std::string_view bytes) { return hash64(bytes, kHash64Seed); }

uint64_t hash64(std::string_view bytes, uint64_t seed) {
  constexpr uint64_t kFactor = 0xc6a4a7935bd1e995u;
  constexpr int kShift = 47;
  const char* s = bytes.data();
  size_t n = bytes.size();
  uint64_t h = seed ^ (n * kFactor);
  for (; n >= 8; n -= 8, s += 8) {
    uint64_t k = load64(s) * kFactor;
    k ^= k >> kShift;
    h = (h ^ (k * kFactor)) * kFactor;
  }
  if (n > 0) {
    uint64_t rest = 0;
    std::memcpy(&rest, s, n);
    h = (h ^ rest) * kFactor;
  }
  h = (h ^ (h >> kShift)) * kFactor;
  return h ^ (h >> kShift);
}

uint64_t keyed_hash64(const std::array<uint64_t, 2>& key, std::string_view bytes) {
  uint64_t v0 = 0x736f6d6570736575u ^ key[0], v1 = 0x646f72616e646f6du ^ key[1];
  uint64_t v2 = 0x6c7967656e657261u ^ key[0], v3 = 0x7465646279746573u ^ key[1];
  const auto rounds = [&](int n) {
    for (int i = 0; i < n; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto add = [&](uint64_t block) {
    v3 ^= block;
    rounds(2);
    v0 ^= block;
  };
  const size_t whole = bytes.size() / 8 * 8;
  for (size_t i = 0; i < whole; i += 8) add(load64(bytes.data() + i));
  uint64_t last = 0;
  if (bytes.size() > whole) std::memcpy(&last, bytes.data() + whole, bytes.size() - whole);
  add(last | (uint64_t{bytes.size()} << 56));
  v2 ^= 0xff;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace reflow
