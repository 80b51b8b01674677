#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace reflow {

// FarmHash's Fingerprint64: never changes, and what TensorFlow's fast hash buckets and fingerprints are made of.
uint64_t fingerprint64(std::string_view bytes);

// FarmHash's Fingerprint128, the lower half first.
std::array<uint64_t, 2> fingerprint128(std::string_view bytes);

// TensorFlow's older 64-bit hash, a MurmurHash64A. For StringToHashBucket, and for names of functions, which hash what
// they consist of one after the other.
constexpr uint64_t kHash64Seed = 0xdecafcaffe;
uint64_t hash64(std::string_view bytes);  // with this seed
uint64_t hash64(std::string_view bytes, uint64_t seed);

// SipHash-2-4 with a 128-bit key: one who doesn't know the key can't make strings collide.
uint64_t keyed_hash64(const std::array<uint64_t, 2>& key, std::string_view bytes);

}  // namespace reflow
