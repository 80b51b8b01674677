#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace reflow {

// The counter-based generator Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011),
// keyed as in TensorFlow: the same seeds give the same numbers. Each block of 128 bits depends on key and counter only,
// so that threads skip to where their part begins.
class Philox {
 public:
  using Block = std::array<uint32_t, 4>;
  static constexpr int kRounds = 10;
  static constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57, kStep0 = 0x9E3779B9, kStep1 = 0xBB67AE85;

  // `seed` becomes the key, `seed2` the upper half of the counter.
  explicit Philox(uint64_t seed = 0, uint64_t seed2 = 0)
      : counter_{0, 0, static_cast<uint32_t>(seed2), static_cast<uint32_t>(seed2 >> 32)},
        key_{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)} {}
  // As stateless ops give them.
  Philox(Block counter, std::array<uint32_t, 2> key) : counter_(counter), key_(key) {}

  const Block& counter() const { return counter_; }
  const std::array<uint32_t, 2>& key() const { return key_; }

  // Leaves out `blocks` blocks.
  void skip(uint64_t blocks) {
    const uint64_t low = uint64_t{counter_[1]} << 32 | counter_[0];
    const uint64_t sum = low + blocks;
    counter_[0] = static_cast<uint32_t>(sum);
    counter_[1] = static_cast<uint32_t>(sum >> 32);
    if (sum < low && ++counter_[2] == 0) ++counter_[3];
  }

  // The next block.
  Block next() {
    Block block = counter_;
    std::array<uint32_t, 2> key = key_;
    for (int round = 0; round < kRounds; ++round) {
      const uint64_t a = uint64_t{kMultiplier0} * block[0];
      const uint64_t b = uint64_t{kMultiplier1} * block[2];
      block = {static_cast<uint32_t>(b >> 32) ^ block[1] ^ key[0], static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ block[3] ^ key[1], static_cast<uint32_t>(a)};
      key[0] += kStep0;
      key[1] += kStep1;
    }
    skip(1);
    return block;
  }

 private:
  Block counter_;
  std::array<uint32_t, 2> key_;
};

// The stream of one stateful kernel: each run reserves the blocks it may use. Thread-safe.
class PhiloxStream {
 public:
  // Seeds 0 and 0 mean a seed from the system.
  PhiloxStream(int64_t seed, int64_t seed2);

  // A generator for the next `blocks` blocks, which no one else gets.
  Philox reserve(uint64_t blocks) {
    Philox generator = base_;
    generator.skip(reserved_.fetch_add(blocks, std::memory_order_relaxed));
    return generator;
  }
  // As TensorFlow's random ops reserve for `num_outputs` numbers, of which one may need several blocks
  // (`blocks_per_output` is 256 in RandomUniform and its kin).
  Philox reserve_outputs(int64_t num_outputs, int blocks_per_output = 256) {
    return reserve(static_cast<uint64_t>(num_outputs) * blocks_per_output);
  }

 private:
  Philox base_;
  std::atomic<uint64_t> reserved_{0};
};

// 64 random bits from the system.
uint64_t system_random();

}  // namespace reflow
