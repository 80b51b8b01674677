#pragma once

#include <cstddef>
#include <cstdint>

namespace reflow {

// What the caching allocator has handed out and kept, in bytes.
struct AllocatorStats {
  int64_t in_use_bytes = 0, peak_in_use_bytes = 0, cached_bytes = 0, num_allocations = 0;
};

// The process's allocator of tensor memory: 64-byte aligned, blocks kept for reuse between runs by size class (fresh
// pages are the dearest part of a large element-wise op), huge pages for blocks of 2 MiB and more, which take over the
// pages of smaller ones that are kept. Small blocks come from a cache of the calling thread, without a lock. Thread-safe.
class CachingAllocator {
 public:
  static CachingAllocator& instance();

  // Null when the system has no memory left. size_bytes 0 gives a valid address.
  void* allocate(size_t size_bytes);
  // The same for who needs the block for a short time: the smallest one kept that is large enough, before new memory is
  // taken for one of its size. *allocated is the size to deallocate.
  void* allocate_at_least(size_t size_bytes, size_t* allocated);
  // `size_bytes` as in allocate().
  void deallocate(void* data, size_t size_bytes);

  // Gives all cached blocks back to the system.
  void release_cached();
  AllocatorStats stats() const;

 private:
  CachingAllocator();
  struct Impl;
  Impl* impl_;
};

}  // namespace reflow
