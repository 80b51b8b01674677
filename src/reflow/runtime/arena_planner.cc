#include "reflow/runtime/arena_planner.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <queue>
#include <set>
#include <tuple>

namespace reflow::runtime {

namespace {
constexpr int64_t kAlignment = 64;
}  // namespace

int ArenaPlanner::add(int64_t bytes, int at) {
  buffers_.push_back({bytes, at, at, -1});
  return static_cast<int>(buffers_.size()) - 1;
}

void ArenaPlanner::extend(int buffer, int at) { buffers_[buffer].end = std::max(buffers_[buffer].end, at); }

bool ArenaPlanner::join(const std::vector<int>& buffers) {
  std::vector<int> sorted = buffers;
  std::ranges::sort(sorted);
  if (buffers.size() < 2 || std::ranges::adjacent_find(sorted) != sorted.end()) return false;
  for (const int b : buffers) {
    if (buffers_[b].row >= 0 || (b != buffers.back() && buffers_[b].bytes % kAlignment != 0)) return false;
  }
  for (const int b : buffers) buffers_[b].row = static_cast<int>(rows_.size());
  rows_.push_back(buffers);
  return true;
}

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
  const auto aligned = [](int64_t bytes) { return std::max(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment); };
  // Rows as buffers of their own, in the place of the first of them that is born.
  struct RowLife {
    int64_t bytes = 0;
    int end = 0;
    bool placed = false;
  };
  std::vector<RowLife> rows(rows_.size());
  for (const Life& life : buffers_) {
    if (life.row < 0) continue;
    rows[life.row].bytes += life.bytes;
    rows[life.row].end = std::max(rows[life.row].end, life.end);
  }
  std::vector<int64_t> offsets(buffers_.size());
  struct Death {
    int at;
    int64_t offset, size;
    bool operator>(const Death& o) const { return std::tie(at, offset) > std::tie(o.at, o.offset); }
  };
  std::priority_queue<Death, std::vector<Death>, std::greater<>> living;
  Gaps gaps;
  // Buffers are added in order of birth.
  for (size_t i = 0; i < buffers_.size(); ++i) {
    const Life& life = buffers_[i];
    while (!living.empty() && living.top().at < life.begin) {
      gaps.give_back(living.top().offset, living.top().size);
      living.pop();
    }
    if (life.row >= 0 && rows[life.row].placed) continue;
    const int64_t size = aligned(life.row < 0 ? life.bytes : rows[life.row].bytes), offset = gaps.take(size);
    living.push({life.row < 0 ? life.end : rows[life.row].end, offset, size});
    if (life.row < 0) {
      offsets[i] = offset;
      continue;
    }
    rows[life.row].placed = true;
    int64_t at = offset;
    for (const int b : rows_[life.row]) {
      offsets[b] = at;
      at += buffers_[b].bytes;
    }
  }
  *total_bytes = gaps.top();
  return offsets;
}

}  // namespace reflow::runtime
