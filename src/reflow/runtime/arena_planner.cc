#include "reflow/runtime/arena_planner.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <queue>
#include <set>

namespace reflow::runtime {

int ArenaPlanner::add(int64_t bytes, int at) {
  buffers_.push_back({bytes, at, at});
  return static_cast<int>(buffers_.size()) - 1;
}

void ArenaPlanner::extend(int buffer, int at) { buffers_[buffer].end = std::max(buffers_[buffer].end, at); }

namespace {

// Free gaps below the high-water mark, by offset and by size.
class Gaps {
 public:
  int64_t take(int64_t size) {
    const auto fit = by_size_.lower_bound({size, 0});
    if (fit == by_size_.end()) return extend_for(size);
    const auto [gap, offset] = *fit;
    erase(offset, gap);
    if (gap > size) insert(offset + size, gap - size);
    return offset;
  }

  void give_back(int64_t offset, int64_t size) {
    auto next = by_offset_.lower_bound(offset);
    if (next != by_offset_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == offset) {
        offset = before->first;
        size += before->second;
        erase(before->first, before->second);
      }
    }
    next = by_offset_.lower_bound(offset);
    if (next != by_offset_.end() && offset + size == next->first) {
      size += next->second;
      erase(next->first, next->second);
    }
    insert(offset, size);
  }

  int64_t top() const { return top_; }

 private:
  // No gap fits: the last one, where it touches the top, is used as far as it goes.
  int64_t extend_for(int64_t size) {
    int64_t offset = top_;
    if (!by_offset_.empty()) {
      const auto last = std::prev(by_offset_.end());
      if (last->first + last->second == top_) {
        offset = last->first;
        erase(last->first, last->second);
      }
    }
    top_ = offset + size;
    return offset;
  }
  void insert(int64_t offset, int64_t size) {
    by_offset_.emplace(offset, size);
    by_size_.emplace(size, offset);
  }
  void erase(int64_t offset, int64_t size) {
    by_size_.erase({size, offset});
    by_offset_.erase(offset);
  }

  std::map<int64_t, int64_t> by_offset_;
  std::set<std::pair<int64_t, int64_t>> by_size_;
  int64_t top_ = 0;
};

}  // namespace

std::vector<int64_t> ArenaPlanner::plan(int64_t* total_bytes) const {
  constexpr int64_t kAlignment = 64;
  std::vector<int64_t> offsets(buffers_.size());
  using Death = std::pair<int, int>;  // instruction, buffer
  std::priority_queue<Death, std::vector<Death>, std::greater<>> living;
  Gaps gaps;
  // Buffers are added in order of birth.
  for (size_t i = 0; i < buffers_.size(); ++i) {
    const Life& life = buffers_[i];
    const auto size_of = [&](int b) {
      return std::max(kAlignment, (buffers_[b].bytes + kAlignment - 1) / kAlignment * kAlignment);
    };
    while (!living.empty() && living.top().first < life.begin) {
      const int dead = living.top().second;
      living.pop();
      gaps.give_back(offsets[dead], size_of(dead));
    }
    offsets[i] = gaps.take(size_of(static_cast<int>(i)));
    living.push({life.end, static_cast<int>(i)});
  }
  *total_bytes = gaps.top();
  return offsets;
}

}  // namespace reflow::runtime
