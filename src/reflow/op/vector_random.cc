#include "reflow/op/vector_random.h"

#include "reflow/op/distributions.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reflow/op/vector_random.cc"
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace reflow::op {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
int64_t uniform_blocks(uint64_t, const Philox&, float*, int64_t) { return 0; }
#else

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::ScalableTag<uint64_t>;
using Vec = hn::Vec<Tag>;

// As many of the blocks as fill whole vectors; returns how many these are. A lane has a word of its own block in its lower
// half, where multiplication looks; what the upper one has doesn't matter. Two vectors are in flight.
int64_t uniform_blocks(uint64_t first, const Philox& generator, float* out, int64_t blocks) {
  const Tag d;
  const hn::Repartition<uint32_t, Tag> d32;
  const hn::Repartition<float, Tag> df;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto halves = [&](uint64_t x) HWY_ATTR { return hn::Set(d, x << 32 | x); };
  const Vec lower = hn::Set(d, 0xffffffffu), mantissa = halves(0x7fffff), exponent = halves(uint64_t{127} << 23);
  const auto multiplier0 = hn::Set(d32, Philox::kMultiplier0), multiplier1 = hn::Set(d32, Philox::kMultiplier1);
  const Vec step0 = hn::Set(d, Philox::kStep0), step1 = hn::Set(d, Philox::kStep1);
  constexpr int kVectors = 2;
  int64_t i = 0;
  for (; i + kVectors * lanes <= blocks; i += kVectors * lanes) {
    Vec w0[kVectors], w1[kVectors], w2[kVectors], w3[kVectors];
    HWY_UNROLL(2)
    for (int u = 0; u < kVectors; ++u) {
      w0[u] = hn::Iota(d, first + static_cast<uint64_t>(i + u * lanes));
      w1[u] = hn::ShiftRight<32>(w0[u]);
      w2[u] = hn::Set(d, generator.counter()[2]);
      w3[u] = hn::Set(d, generator.counter()[3]);
    }
    Vec key0 = hn::Set(d, generator.key()[0]), key1 = hn::Set(d, generator.key()[1]);
    HWY_UNROLL(10)
    for (int round = 0; round < Philox::kRounds; ++round) {
      HWY_UNROLL(2)
      for (int u = 0; u < kVectors; ++u) {
        const Vec a = hn::MulEven(hn::BitCast(d32, w0[u]), multiplier0);
        const Vec b = hn::MulEven(hn::BitCast(d32, w2[u]), multiplier1);
        w0[u] = hn::Xor(hn::Xor(hn::ShiftRight<32>(b), w1[u]), key0);
        w1[u] = b;
        w2[u] = hn::Xor(hn::Xor(hn::ShiftRight<32>(a), w3[u]), key1);
        w3[u] = a;
      }
      key0 = hn::Add(key0, step0);
      key1 = hn::Add(key1, step1);
    }
    const auto numbers = [&](Vec low, Vec high) HWY_ATTR {
      const Vec words = hn::Or(hn::And(low, lower), hn::ShiftLeft<32>(high));
      const auto from_one = hn::BitCast(df, hn::Or(hn::And(words, mantissa), exponent));
      return hn::BitCast(d, hn::Sub(from_one, hn::Set(df, 1.0f)));
    };
    HWY_UNROLL(2)
    for (int u = 0; u < kVectors; ++u) {
      auto* to = reinterpret_cast<uint64_t*>(out + 4 * (i + u * lanes));
      hn::StoreInterleaved2(numbers(w0[u], w1[u]), numbers(w2[u], w3[u]), d, to);
    }
  }
  return i;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace reflow::op
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace reflow::op {
namespace {
HWY_EXPORT(uniform_blocks);
}  // namespace

void fill_uniform(const Philox& generator, float* out, int64_t blocks) {
  const uint64_t first = uint64_t{generator.counter()[1]} << 32 | generator.counter()[0];
  int64_t done = 0;
  // The upper half of the counter stays as it is, unless the lower one overflows.
  if (first + static_cast<uint64_t>(blocks) >= first) {
    done = HWY_DYNAMIC_DISPATCH(uniform_blocks)(first, generator, out, blocks);
  }
  Philox rest = generator;
  rest.skip(static_cast<uint64_t>(done));
  for (int64_t i = done; i < blocks; ++i) Uniform::make(rest.next(), out + 4 * i);
}

}  // namespace reflow::op
#endif  // HWY_ONCE
