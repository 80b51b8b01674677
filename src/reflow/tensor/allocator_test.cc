#include "reflow/tensor/allocator.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <thread>
#include <vector>

#include "reflow/base/sanitizers.h"
#include "reflow/tensor/buffer.h"
#include "reflow/tensor/size_class.h"
#include "reflow/tensor/tensor.h"

namespace reflow {
namespace {

using allocator_internal::class_bytes;
using allocator_internal::size_class;

#if defined(REFLOW_ADDRESS_SANITIZER)
constexpr bool kCaching = false;
#else
constexpr bool kCaching = true;
#endif

CachingAllocator& allocator() { return CachingAllocator::instance(); }

TEST(SizeClass, HoldsTheSizeWithAnEighthToSpare) {
  for (size_t size = 1; size < size_t{1} << 40; size = size * 17 / 16 + 1) {
    const size_t block = class_bytes(size_class(size));
    ASSERT_GE(block, size);
    ASSERT_LE(block, std::max(size + 63, size + size / 8 + 1));
    ASSERT_EQ(block % 64, 0u);
    ASSERT_EQ(size_class(block), size_class(size));
    ASSERT_EQ(size_class(block + 1), size_class(size) + 1);
  }
}

TEST(CachingAllocator, AlignsAndReuses) {
  for (const size_t size : {0, 1, 100, 5000, 40000, 1 << 20, 3 << 20, 20 << 20}) {
    void* first = allocator().allocate(size);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
    if (kCaching && size >= 2 << 20) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % (2 << 20), 0u);
    }
    std::memset(first, 1, size);
    allocator().deallocate(first, size);
    void* second = allocator().allocate(size);
    if (kCaching) {
      EXPECT_EQ(first, second) << size;
    }
    allocator().deallocate(second, size);
  }
}

TEST(CachingAllocator, CountsAndReleases) {
  if (!kCaching) GTEST_SKIP() << "nothing is kept under the address sanitizer";
  allocator().release_cached();
  const AllocatorStats before = allocator().stats();
  void* block = allocator().allocate(16 << 20);
  EXPECT_EQ(allocator().stats().in_use_bytes - before.in_use_bytes, 16 << 20);
  EXPECT_GE(allocator().stats().peak_in_use_bytes, 16 << 20);
  EXPECT_EQ(allocator().stats().num_allocations, before.num_allocations + 1);
  allocator().deallocate(block, 16 << 20);
  EXPECT_EQ(allocator().stats().in_use_bytes, before.in_use_bytes);
  EXPECT_GE(allocator().stats().cached_bytes, 16 << 20);
  allocator().release_cached();
  EXPECT_LT(allocator().stats().cached_bytes, 16 << 20);
}

TEST(CachingAllocator, KeepsLittleMoreThanThePeak) {
  if (!kCaching) GTEST_SKIP() << "nothing is kept under the address sanitizer";
  for (size_t size = 4 << 20; size < size_t{64} << 20; size += 1 << 20) {
    allocator().deallocate(allocator().allocate(size), size);
    const AllocatorStats s = allocator().stats();
    EXPECT_LE(s.cached_bytes + s.in_use_bytes,
              s.peak_in_use_bytes + std::max<int64_t>(64 << 20, s.peak_in_use_bytes / 8) + (4 << 20));
  }
  allocator().release_cached();
}

TEST(CachingAllocator, TakesOverThePagesOfSmallerBlocks) {
  if (!kCaching) GTEST_SKIP() << "nothing is kept under the address sanitizer";
  constexpr size_t kMega = 1 << 20;
  allocator().release_cached();
  const std::array<size_t, 3> sizes = {9 * kMega, 14 * kMega, 16 * kMega};  // of the first, the last half page is left over
  std::vector<void*> blocks;
  for (const size_t size : sizes) blocks.push_back(std::memset(allocator().allocate(size), static_cast<int>(size / kMega), size));
  for (size_t i = 0; i < sizes.size(); ++i) allocator().deallocate(blocks[i], sizes[i]);

  char* const large = static_cast<char*>(allocator().allocate(64 * kMega));
  EXPECT_EQ(allocator().stats().cached_bytes, 0);
  std::vector<unsigned char> resident((64 << 20) / sysconf(_SC_PAGESIZE));
  ASSERT_EQ(mincore(large, 64 * kMega, resident.data()), 0);
  EXPECT_EQ(std::ranges::count_if(resident, [](unsigned char page) { return page & 1; }) * sysconf(_SC_PAGESIZE),
            static_cast<int64_t>(38 * kMega));
  EXPECT_EQ(large[0], 16);
  EXPECT_EQ(large[38 * kMega - 1], 9);
  std::memset(large, 1, 64 * kMega);
  allocator().deallocate(large, 64 * kMega);
  allocator().release_cached();
}

TEST(CachingAllocator, TakesOverThePagesOfWhatItReleases) {
  if (!kCaching) GTEST_SKIP() << "nothing is kept under the address sanitizer";
  constexpr size_t kLarge = 256 << 20, kOther = 128 << 20;  // together more than may be kept
  allocator().release_cached();
  char* const large = static_cast<char*>(allocator().allocate(kLarge));
  large[5] = 7;
  allocator().deallocate(large, kLarge);
  char* const other = static_cast<char*>(allocator().allocate(kOther));
  EXPECT_EQ(allocator().stats().cached_bytes, 0);
  EXPECT_EQ(other[5], 7);
  other[kOther - 1] = 1;
  allocator().deallocate(other, kOther);
  allocator().release_cached();
}

TEST(CachingAllocator, LendsALargerBlockThatIsThere) {
  if (!kCaching) GTEST_SKIP() << "nothing is kept under the address sanitizer";
  allocator().release_cached();
  void* const larger = allocator().allocate(16 << 20);
  allocator().deallocate(larger, 16 << 20);
  size_t allocated;
  void* const lent = allocator().allocate_at_least(5 << 20, &allocated);
  EXPECT_EQ(lent, larger);
  EXPECT_EQ(allocated, size_t{16} << 20);
  size_t other_allocated;
  void* const other = allocator().allocate_at_least(5 << 20, &other_allocated);
  EXPECT_NE(other, lent);
  EXPECT_EQ(other_allocated, size_t{5} << 20);
  allocator().deallocate(other, other_allocated);
  allocator().deallocate(lent, allocated);
}

TEST(CachingAllocator, RefusesMoreThanTheMachineHas) {
  EXPECT_EQ(allocator().allocate(size_t{1} << 46), nullptr);
  EXPECT_EQ(allocator().allocate(~size_t{0}), nullptr);
  EXPECT_FALSE(allocate_buffer(DType::kFloat32, int64_t{1} << 62));
  EXPECT_FALSE(allocate_buffer(DType::kFloat32, -1));
}

TEST(CachingAllocator, BlocksWanderBetweenThreads) {
  std::vector<std::thread> threads;
  std::vector<std::vector<Tensor>> made(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&made, i] {
      for (int k = 0; k < 2000; ++k) {
        Tensor t(k % 7 == 0 ? DType::kString : DType::kInt64, {1 + k * 7919 % 9000});
        if (t.dtype() == DType::kInt64) std::ranges::fill(t.flat<int64_t>(), i);
        if (k % 50 == 0) made[i].push_back(t);
      }
    });
  }
  for (auto& t : threads) t.join();
  for (int i = 0; i < 8; ++i) {
    for (const Tensor& t : made[i]) {
      if (t.dtype() != DType::kInt64) continue;
      ASSERT_TRUE(std::ranges::all_of(t.flat<int64_t>(), [i](int64_t v) { return v == i; }));
    }
  }
  std::thread([&made] { made.clear(); }).join();  // freed by a thread that made none
}

TEST(CachingAllocator, ThreadLocalTensorsOutliveTheCache) {
  std::thread([] {
    static thread_local Tensor early;  // destroyed after the cache, which is made later
    struct Late {
      ~Late() { early = Tensor(DType::kFloat32, {4}); }
    };
    early = Tensor();
    static thread_local Late late;
    (void)&late;
    early = Tensor(DType::kFloat32, {8});
  }).join();
}

TEST(CachingAllocator, WorksInTheChildOfAFork) {
  const Tensor held(DType::kFloat32, {100});
  const pid_t child = fork();
  if (child == 0) {
    Tensor t(DType::kFloat32, {1 << 20});
    t.data<float>()[5] = 1;
    _exit(t.data<float>()[5] == 1 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace reflow
