// Any op of the registry with attributes, types, shapes and values that the bytes say: it ends in values or in an error.

#include <algorithm>
#include <random>

#include "tests/kit/any_op.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)reflow::testing::AnyOp({data, size}).run();
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

// Half of the calls are new ones from top to bottom: changes of those before rarely lead to another op.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  if (seed % 2 == 0) return LLVMFuzzerMutate(data, size, most);
  std::mt19937 random(seed);
  size = std::min<size_t>(most, 64 + random() % 960);
  std::generate_n(data, size, [&] { return static_cast<uint8_t>(random()); });
  return size;
}
