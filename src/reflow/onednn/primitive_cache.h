#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <list>
#include <memory>
#include <utility>

namespace reflow::onednn {

// The primitives made last, by the sizes they are for: making one compiles code and takes milliseconds. Thread-safe. An
// entry that falls out lives on as long as somebody uses it.
template <typename Key, typename Value>
class PrimitiveCache {
 public:
  explicit PrimitiveCache(size_t capacity) : capacity_(capacity) {}

  // The value for `key`, made by `make()` (which gives a shared_ptr, null on failure) where there is none.
  template <typename Make>
  std::shared_ptr<const Value> get(const Key& key, Make&& make) {
    {
      absl::MutexLock lock(&mutex_);
      for (auto it = entries_.begin(); it != entries_.end(); ++it) {
        if (!(it->first == key)) continue;
        if (it != entries_.begin()) entries_.splice(entries_.begin(), entries_, it);
        return it->second;
      }
    }
    std::shared_ptr<const Value> value = make();
    if (value == nullptr) return nullptr;
    absl::MutexLock lock(&mutex_);
    entries_.emplace_front(key, value);
    if (entries_.size() > capacity_) entries_.pop_back();
    return value;
  }

 private:
  const size_t capacity_;
  absl::Mutex mutex_;
  std::list<std::pair<Key, std::shared_ptr<const Value>>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace reflow::onednn
