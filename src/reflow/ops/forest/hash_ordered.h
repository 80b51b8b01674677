#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace reflow::ops::forest {

// A map of integers whose order is that of the hash tables which TensorFlow was compiled with: what is split first, and which example
// suggests what, depends on it. Those were libstdc++'s of GCC 4: what is new comes first, or first of its bucket; the table has 3
// buckets at the beginning, and grows, all being put in anew in their order, before there are as many elements as buckets.
template <typename V>
class HashOrdered {
 public:
  using Item = std::pair<int32_t, V>;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Null: it isn't there.
  V* find(int32_t key) {
    const int i = index_of(key);
    return i < 0 ? nullptr : &entries_[i].item.second;
  }
  const V* find(int32_t key) const { return const_cast<HashOrdered*>(this)->find(key); }

  // A default one is put in where there is none.
  V& operator[](int32_t key) {
    if (V* found = find(key)) return *found;
    if (size_ + 1 >= std::max<size_t>(1, firsts_.size())) grow();
    int i;
    if (free_.empty()) {
      i = static_cast<int>(entries_.size());
      entries_.emplace_back();
    } else {
      i = free_.back();
      free_.pop_back();
    }
    entries_[i].item = Item(key, V());
    place(i);
    ++size_;
    return entries_[i].item.second;
  }

  void erase(int32_t key) {
    const int i = index_of(key);
    if (i < 0) return;
    Entry& entry = entries_[i];
    int& first = firsts_[bucket(key)];
    if (first == i) first = entry.next >= 0 && bucket(entries_[entry.next].item.first) == bucket(key) ? entry.next : -1;
    (entry.previous < 0 ? head_ : entries_[entry.previous].next) = entry.next;
    if (entry.next >= 0) entries_[entry.next].previous = entry.previous;
    entry.item.second = V();
    free_.push_back(i);
    --size_;
  }

  class Iterator {
   public:
    Iterator(const HashOrdered* map, int i) : map_(map), i_(i) {}
    const Item& operator*() const { return map_->entries_[i_].item; }
    Iterator& operator++() {
      i_ = map_->entries_[i_].next;
      return *this;
    }
    bool operator==(const Iterator& other) const { return i_ == other.i_; }

   private:
    const HashOrdered* map_;
    int i_;
  };
  Iterator begin() const { return {this, head_}; }
  Iterator end() const { return {this, -1}; }

 private:
  struct Entry {
    Item item{};
    int previous = -1, next = -1;
  };
  static constexpr std::array<size_t, 23> kSizes = {
      3,     7,      17,     37,     79,     167,     337,     709,     1493,    3209,     6427,    12983,
      26267, 53201, 107897, 218971, 444487, 902483, 1832561, 3721303, 7556579, 15345007, 31160981};

  size_t bucket(int32_t key) const { return static_cast<uint64_t>(int64_t{key}) % firsts_.size(); }

  int index_of(int32_t key) const {
    if (firsts_.empty()) return -1;
    const size_t b = bucket(key);
    for (int i = firsts_[b]; i >= 0 && bucket(entries_[i].item.first) == b; i = entries_[i].next) {
      if (entries_[i].item.first == key) return i;
    }
    return -1;
  }

  // Links the entry before the first one of its bucket, or before all.
  void place(int i) {
    int& first = firsts_[bucket(entries_[i].item.first)];
    const int next = first < 0 ? head_ : first;
    const int previous = next < 0 ? -1 : entries_[next].previous;
    entries_[i].previous = previous;
    entries_[i].next = next;
    (previous < 0 ? head_ : entries_[previous].next) = i;
    if (next >= 0) entries_[next].previous = i;
    first = i;
  }

  void grow() {
    size_t size = firsts_.size() * 2 + 1;
    for (const size_t candidate : kSizes) {
      if (candidate > firsts_.size()) {
        size = candidate;
        break;
      }
    }
    firsts_.assign(size, -1);
    int i = std::exchange(head_, -1);
    while (i >= 0) {
      const int next = entries_[i].next;
      place(i);
      i = next;
    }
  }

  std::vector<Entry> entries_;
  std::vector<int> free_;    // entries that aren't used
  std::vector<int> firsts_;  // of each bucket; -1: it is empty
  int head_ = -1;
  size_t size_ = 0;
};

}  // namespace reflow::ops::forest
