// Any op of the registry with attributes, types, shapes and values that the bytes say: it ends in values or in an error.
//
// Values may honestly ask for tensors of any size. As on a machine that is full, there are 24 MB for one of them, little more
// than libFuzzer itself asks for at once, and so most of the time isn't spent on filling them: what is larger ends in
// ResourceExhausted. The same holds for what the engine keeps beside tensors, up to a gigabyte: asking for more than that at
// once is a finding, since it should have grown with what is put there.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>

#include "tests/kit/any_op.h"

extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1:max_allocation_size_mb=24"; }

namespace {

void* checked(size_t size, void* data) {
  constexpr size_t kMostBytes = size_t{1} << 30;
  if (size > kMostBytes) {
    std::fprintf(stderr, "operator new: asked for %zu bytes\n", size);
    std::abort();
  }
  if (data == nullptr) throw std::bad_alloc();
  return data;
}

}  // namespace

void* operator new(size_t size) { return checked(size, ::operator new(size, std::nothrow)); }
void* operator new[](size_t size) { return checked(size, ::operator new[](size, std::nothrow)); }

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
