#include "reflow/op/vector_random.h"

#include <gtest/gtest.h>

#include <vector>

#include "reflow/op/distributions.h"

namespace reflow::op {
namespace {

// Vectors of blocks, what is left of them, and counters that carry: into the second word, and into the upper half.
TEST(VectorRandom, UniformAsBlockByBlock) {
  for (const uint64_t first : {uint64_t{0}, uint64_t{0xfffffff7}, ~uint64_t{0} - 20}) {
    for (const int64_t blocks : {0, 1, 7, 8, 32, 45}) {
      Philox generator(42, 7);
      generator.skip(first);
      std::vector<float> numbers(4 * blocks + 1, -1), expected(4 * blocks + 1, -1);
      fill_uniform(generator, numbers.data(), blocks);
      for (int64_t i = 0; i < blocks; ++i) Uniform::make(generator.next(), expected.data() + 4 * i);
      EXPECT_EQ(numbers, expected) << blocks << " blocks from " << first;
    }
  }
}

}  // namespace
}  // namespace reflow::op
