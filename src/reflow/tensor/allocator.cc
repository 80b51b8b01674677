#include "reflow/tensor/allocator.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "reflow/base/env.h"
#include "reflow/base/sanitizers.h"
#include "reflow/tensor/size_class.h"

namespace reflow {
namespace {

using allocator_internal::class_bytes;
using allocator_internal::kNumClasses;
using allocator_internal::size_class;

constexpr EnvKnob kPoison("REFLOW_POISON_MEMORY", "0",
                          "Set: memory is handed out filled with bytes that are NaN as floats, so that tests find what "
                          "reads it before writing.");
const EnvKnob::Registration poison_registration(kPoison);

constexpr size_t kSmallBytes = 32 << 10;         // up to here blocks come from the thread's cache
constexpr size_t kHugeBytes = size_t{2} << 20;   // from here on blocks are mapped, in huge pages
constexpr size_t kThreadCacheBytes = 1 << 20;    // what one thread keeps
constexpr int64_t kSlackBytes = 64 << 20;        // what the process may keep beyond its peak use, at least
constexpr int kNumSmallClasses = size_class(kSmallBytes) + 1;

#if defined(REFLOW_ADDRESS_SANITIZER)
constexpr bool kCaching = false;  // reused blocks would hide wrong accesses
#else
constexpr bool kCaching = true;
#endif

void* map_huge(size_t size) {
  const size_t with_slack = size + kHugeBytes;
  void* mapped = mmap(nullptr, with_slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  const auto begin = reinterpret_cast<uintptr_t>(mapped);
  const uintptr_t aligned = (begin + kHugeBytes - 1) & ~(kHugeBytes - 1);
  const uintptr_t end = begin + with_slack, used_end = aligned + size;
  if (aligned > begin) munmap(mapped, aligned - begin);
  if (end > used_end) munmap(reinterpret_cast<void*>(used_end), end - used_end);
  madvise(reinterpret_cast<void*>(aligned), size, MADV_HUGEPAGE);
  return reinterpret_cast<void*>(aligned);
}

// A huge block that is made of others' pages, as far as there are some: what they don't fill the system clears.
class Assembly {
 public:
  explicit Assembly(size_t size) : size_(size) {}

  size_t missing() const { return failed_ ? 0 : size_ - filled_; }

  // Takes pages of a block, which is no more then, as many as are missing.
  void add(void* block, size_t block_bytes) {
    const size_t pages = std::min(block_bytes, missing()) / kHugeBytes * kHugeBytes;
    if (pages < block_bytes) munmap(static_cast<char*>(block) + pages, block_bytes - pages);
    if (pages == 0) return;
    if (begin_ == nullptr) begin_ = static_cast<char*>(map_huge(size_));
    void* const to = begin_ + filled_;
    failed_ = begin_ == nullptr || mremap(block, pages, pages, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to;
    if (!failed_) {
      filled_ += pages;
      return;
    }
    munmap(block, pages);
    if (begin_ == nullptr) return;
    munmap(begin_, filled_);  // what lies at `to` may be somebody else's now
    munmap(begin_ + filled_ + pages, size_ - filled_ - pages);
  }

  // Null: there were none.
  void* block() const { return failed_ ? nullptr : begin_; }

 private:
  const size_t size_;
  size_t filled_ = 0;
  char* begin_ = nullptr;
  bool failed_ = false;
};

// A block larger than the machine's memory would be mapped and kill the process once it is touched.
size_t machine_bytes() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  return bytes;
}

void* system_allocate(size_t size) { return size >= kHugeBytes ? map_huge(size) : std::aligned_alloc(64, size); }

void system_free(void* block, size_t size) {
  if (size >= kHugeBytes) {
    munmap(block, size);
  } else {
    std::free(block);
  }
}

struct FreeBlock {
  FreeBlock* next;
};

// The small blocks that one thread keeps. Used by that thread only; stats() reads the counters of others, hence atomic.
struct ThreadCache {
  std::array<FreeBlock*, kNumSmallClasses> heads{};
  std::atomic<int64_t> kept_bytes{0}, num_allocations{0};

  static void add(std::atomic<int64_t>& counter, int64_t n) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
};

// Null before the thread's first allocation and after its cache is gone.
__attribute__((tls_model("initial-exec"))) constinit thread_local ThreadCache* t_cache = nullptr;
__attribute__((tls_model("initial-exec"))) constinit thread_local bool t_ended = false;

}  // namespace

struct CachingAllocator::Impl {
  struct Kept {
    void* block;
    uint64_t time;  // when it was given back, by the count of such events
  };

  const bool poison = kPoison.flag();
  std::mutex mutex;
  std::array<std::vector<Kept>, kNumClasses> kept;
  std::vector<ThreadCache*> caches;
  uint64_t now = 0;
  int64_t kept_bytes = 0, out_bytes = 0, peak_out_bytes = 0, num_allocations = 0;

  void* allocate(size_t size_bytes);

  // REQUIRES: mutex held, as in those below.
  void* take(int c) {
    const int64_t bytes = static_cast<int64_t>(class_bytes(c));
    void* block;
    if (!kept[c].empty()) {
      block = kept[c].back().block;
      kept[c].pop_back();
      kept_bytes -= bytes;
    } else {
      const bool huge = class_bytes(c) >= kHugeBytes;
      Assembly pages(bytes);
      if (huge) take_pages_of_smaller(c, &pages);
      release_down_to(std::max<int64_t>(0, limit_bytes() - out_bytes - bytes), huge ? &pages : nullptr);
      block = pages.block() ? pages.block() : system_allocate(bytes);
      if (!block) {
        release_down_to(0);
        block = system_allocate(bytes);
      }
      if (!block) return nullptr;
    }
    out_bytes += bytes;
    peak_out_bytes = std::max(peak_out_bytes, out_bytes);
    return block;
  }

  // Largest first; those that would be cut up stay.
  void take_pages_of_smaller(int c, Assembly* to) {
    for (int from = c - 1; class_bytes(from) >= kHugeBytes; --from) {
      const size_t bytes = class_bytes(from);
      while (!kept[from].empty() && bytes <= to->missing()) {
        to->add(kept[from].back().block, bytes);
        kept[from].pop_back();
        kept_bytes -= static_cast<int64_t>(bytes);
      }
    }
  }

  void give_back(void* block, int c) {
    const int64_t bytes = static_cast<int64_t>(class_bytes(c));
    out_bytes -= bytes;
    kept[c].push_back({block, now++});
    kept_bytes += bytes;
    if (out_bytes + kept_bytes > limit_bytes()) release_down_to(std::max<int64_t>(0, limit_bytes() - out_bytes));
  }

  // What is kept may not raise the process's total above its peak use by more than an eighth.
  int64_t limit_bytes() const { return peak_out_bytes + std::max(kSlackBytes, peak_out_bytes / 8); }

  // Frees the blocks unused for longest until at most `bytes` are kept; their pages go to `to`, if not null, before the system.
  void release_down_to(int64_t bytes, Assembly* to = nullptr) {
    while (kept_bytes > bytes) {
      int oldest = -1;
      for (int c = 0; c < kNumClasses; ++c) {
        if (!kept[c].empty() && (oldest < 0 || kept[c].front().time < kept[oldest].front().time)) oldest = c;
      }
      void* const block = kept[oldest].front().block;
      if (to != nullptr && class_bytes(oldest) >= kHugeBytes) to->add(block, class_bytes(oldest));
      else system_free(block, class_bytes(oldest));
      kept[oldest].erase(kept[oldest].begin());
      kept_bytes -= static_cast<int64_t>(class_bytes(oldest));
    }
  }

  // Fills an empty list of the thread's cache with some blocks and returns one more.
  void* refill(ThreadCache& cache, int c) {
    const size_t bytes = class_bytes(c);
    const int wanted = static_cast<int>(std::clamp<size_t>(kSmallBytes / bytes, 1, 16));
    const std::lock_guard lock(mutex);
    void* first = take(c);
    for (int i = 1; first && i < wanted; ++i) {
      auto* block = static_cast<FreeBlock*>(take(c));
      if (!block) break;
      block->next = cache.heads[c];
      cache.heads[c] = block;
      cache.add(cache.kept_bytes, bytes);
    }
    return first;
  }

  void flush(ThreadCache& cache) {
    const std::lock_guard lock(mutex);
    for (size_t c = 0; c < cache.heads.size(); ++c) {
      for (FreeBlock* block = cache.heads[c]; block;) {
        FreeBlock* next = block->next;
        give_back(block, static_cast<int>(c));
        block = next;
      }
      cache.heads[c] = nullptr;
    }
    cache.kept_bytes.store(0, std::memory_order_relaxed);
  }

  // The cache of this thread; null once the thread's end has taken it away.
  ThreadCache* thread_cache();
  static inline Impl* global = nullptr;
};

ThreadCache* CachingAllocator::Impl::thread_cache() {
  if (t_cache || t_ended) return t_cache;
  struct Owner {
    ThreadCache cache;
    ~Owner() {
      t_cache = nullptr;
      t_ended = true;
      Impl::global->flush(cache);
      const std::lock_guard lock(Impl::global->mutex);
      Impl::global->num_allocations += cache.num_allocations;
      std::erase(Impl::global->caches, &cache);
    }
  };
  static thread_local const auto owner = std::make_unique<Owner>();  // a pointer: thread-locals are scarce
  t_cache = &owner->cache;
  const std::lock_guard lock(mutex);
  caches.push_back(t_cache);
  return t_cache;
}

CachingAllocator& CachingAllocator::instance() {
  static CachingAllocator* allocator = new CachingAllocator;  // never destroyed: tensors may be static
  return *allocator;
}

CachingAllocator::CachingAllocator() : impl_(new Impl) {
  Impl::global = impl_;
  // A fork while another thread holds the lock would leave it locked in the child.
  pthread_atfork([] { Impl::global->mutex.lock(); }, [] { Impl::global->mutex.unlock(); },
                 [] { Impl::global->mutex.unlock(); });
}

void* CachingAllocator::allocate(size_t size_bytes) {
  void* block = impl_->allocate(size_bytes);
  if (impl_->poison && block) [[unlikely]] std::memset(block, 0xff, size_bytes);
  return block;
}

void* CachingAllocator::Impl::allocate(size_t size_bytes) {
  if (size_bytes > kSmallBytes && size_bytes > machine_bytes()) return nullptr;
  if constexpr (!kCaching) return std::aligned_alloc(64, std::max<size_t>((size_bytes + 63) & ~size_t{63}, 64));
  if (size_bytes <= kSmallBytes) {
    const int c = size_class(size_bytes);
    if (ThreadCache* cache = t_cache ? t_cache : thread_cache()) {
      cache->add(cache->num_allocations, 1);
      FreeBlock* block = cache->heads[c];
      if (!block) return refill(*cache, c);
      cache->heads[c] = block->next;
      cache->add(cache->kept_bytes, -static_cast<int64_t>(class_bytes(c)));
      return block;
    }
  }
  const std::lock_guard lock(mutex);
  ++num_allocations;
  return take(size_class(size_bytes));
}

void* CachingAllocator::allocate_at_least(size_t size_bytes, size_t* allocated) {
  *allocated = size_bytes;
  if (kCaching && size_bytes > kSmallBytes && size_bytes <= machine_bytes()) {
    const std::lock_guard lock(impl_->mutex);
    for (int c = size_class(size_bytes); c < kNumClasses; ++c) {
      if (impl_->kept[c].empty()) continue;
      *allocated = class_bytes(c);
      ++impl_->num_allocations;
      void* const block = impl_->take(c);
      if (impl_->poison) std::memset(block, 0xff, size_bytes);
      return block;
    }
  }
  return allocate(size_bytes);
}

void CachingAllocator::deallocate(void* data, size_t size_bytes) {
  if (!data) return;
  if constexpr (!kCaching) return std::free(data);
  const int c = size_class(size_bytes);
  if (size_bytes <= kSmallBytes) {
    if (ThreadCache* cache = t_cache ? t_cache : impl_->thread_cache()) {
      const auto kept = cache->kept_bytes.load(std::memory_order_relaxed);
      if (kept + class_bytes(c) > kThreadCacheBytes) impl_->flush(*cache);
      auto* block = static_cast<FreeBlock*>(data);
      block->next = cache->heads[c];
      cache->heads[c] = block;
      cache->add(cache->kept_bytes, class_bytes(c));
      return;
    }
  }
  const std::lock_guard lock(impl_->mutex);
  impl_->give_back(data, c);
}

void CachingAllocator::release_cached() {
  if (t_cache) impl_->flush(*t_cache);
  const std::lock_guard lock(impl_->mutex);
  impl_->release_down_to(0);
}

AllocatorStats CachingAllocator::stats() const {
  const std::lock_guard lock(impl_->mutex);
  AllocatorStats s;
  s.num_allocations = impl_->num_allocations;
  for (const ThreadCache* cache : impl_->caches) {
    s.cached_bytes += cache->kept_bytes.load(std::memory_order_relaxed);
    s.num_allocations += cache->num_allocations.load(std::memory_order_relaxed);
  }
  s.in_use_bytes = impl_->out_bytes - s.cached_bytes;
  s.cached_bytes += impl_->kept_bytes;
  s.peak_in_use_bytes = impl_->peak_out_bytes;
  return s;
}

}  // namespace reflow
