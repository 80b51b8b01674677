#include "quantile_stream.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reflow::ops {

QuantileSummary QuantileSummary::exact(std::span<const QuantileEntry> values) {
  QuantileSummary result;
  float rank = 0;
  for (const QuantileEntry& entry : values) {
    result.entries_.push_back({entry.value, entry.weight, rank, rank + entry.weight});
    rank += entry.weight;
  }
  return result;
}

void QuantileSummary::merge(const QuantileSummary& other) {
  if (other.entries_.empty()) return;
  if (entries_.empty()) {
    entries_ = other.entries_;
    return;
  }
  const std::vector<QuantileEntry> a = std::move(entries_), &b = other.entries_;
  entries_.clear();
  entries_.reserve(a.size() + b.size());
  float a_through = 0, b_through = 0;  // the least weight of what has been taken of each
  size_t i = 0, j = 0;
  // An entry of one set gets what the other has for certain below it, and at most: up to the other's next entry.
  const auto take = [this](const QuantileEntry& entry, float through, const QuantileEntry* next, float total) {
    entries_.push_back({entry.value, entry.weight, entry.min_rank + through, entry.max_rank + (next ? next->weight_below() : total)});
    return entry.weight_through();
  };
  while (i < a.size() || j < b.size()) {
    const QuantileEntry *x = i < a.size() ? &a[i] : nullptr, *y = j < b.size() ? &b[j] : nullptr;
    if (x && (!y || x->value < y->value)) {
      a_through = take(*x, b_through, y, b.back().max_rank);
      ++i;
    } else if (y && (!x || y->value < x->value)) {
      b_through = take(*y, a_through, x, a.back().max_rank);
      ++j;
    } else {
      entries_.push_back({x->value, x->weight + y->weight, x->min_rank + y->min_rank, x->max_rank + y->max_rank});
      a_through = x->weight_through();
      b_through = y->weight_through();
      ++i;
      ++j;
    }
  }
}

void QuantileSummary::compress(int64_t size, double min_error) {
  size = std::max<int64_t>(size, 2);
  const auto n = static_cast<int64_t>(entries_.size());
  if (n <= size) return;
  const double allowed = total_weight() * std::max(1.0 / static_cast<double>(size), min_error);
  // Each entry that is kept stands for up to n / size of those before it, so far as ranks allow.
  int64_t spent = 0, kept = 1, last = 1;
  for (int64_t at = 0; at + 1 < n;) {
    int64_t next = at + 1;
    while (next < n && spent < n && entries_[next].weight_below() - entries_[at].weight_through() <= allowed) {
      spent += size;
      ++next;
    }
    at = std::max(at + 1, next - 1);
    entries_[kept++] = entries_[at];
    last = at;
    spent -= n;
  }
  if (last + 1 != n) entries_[kept++] = entries_.back();
  entries_.resize(kept);
}

double QuantileSummary::error() const {
  float gap = 0;
  for (size_t i = 1; i < entries_.size(); ++i) {
    const QuantileEntry& entry = entries_[i];
    gap = std::max({gap, entry.max_rank - entry.min_rank - entry.weight, entry.weight_below() - entries_[i - 1].weight_through()});
  }
  return entries_.empty() ? 0 : static_cast<double>(gap) / total_weight();
}

std::vector<float> QuantileSummary::boundaries(int64_t n) const {
  std::vector<float> result;
  if (entries_.empty()) return result;
  QuantileSummary few = *this;
  few.compress(n, static_cast<float>(error() + 1.0 / static_cast<double>(n)));
  for (const QuantileEntry& entry : few.entries_) result.push_back(entry.value);
  return result;
}

std::vector<float> QuantileSummary::quantiles(int64_t n) const {
  std::vector<float> result;
  if (entries_.empty()) return result;
  n = std::max<int64_t>(n, 2);
  size_t at = 0;
  for (int64_t rank = 0; rank <= n; ++rank) {
    const float twice = 2 * (static_cast<float>(rank) * entries_.back().max_rank / static_cast<float>(n));
    size_t next = at + 1;
    while (next < entries_.size() && twice >= entries_[next].min_rank + entries_[next].max_rank) ++next;
    at = next - 1;
    const bool is_first = next == entries_.size() || twice < entries_[at].weight_through() + entries_[next].weight_below();
    result.push_back(entries_[is_first ? at : next].value);
  }
  return result;
}

QuantileStream::QuantileStream(double error, int64_t max_elements) : error_(error) {
  // As many levels as let a block of each, of level / error entries, double up to max_elements.
  if (error <= std::numeric_limits<double>::epsilon()) {
    block_size_ = std::max<int64_t>(max_elements, 2);
  } else {
    for (int64_t level = 1; level < 62 && block_size_ < (max_elements >> level) + ((max_elements & ((int64_t{1} << level) - 1)) != 0); ++level) {
      block_size_ = static_cast<int64_t>(std::min(std::ceil(static_cast<double>(level) / error), 1e12)) + 1;
    }
    block_size_ = std::max<int64_t>(block_size_, 2);
  }
  buffer_size_ = static_cast<size_t>(std::min(block_size_ * 2, max_elements));
}

void QuantileStream::push(float value, float weight) {
  if (!(weight > 0)) return;
  buffer_.push_back({value, weight});
  if (buffer_.size() >= buffer_size_) push_buffer();
}

void QuantileStream::push(QuantileSummary summary) {
  summary.compress(block_size_, error_);
  add(std::move(summary));
}

void QuantileStream::push_buffer() {
  if (buffer_.empty()) return;
  std::sort(buffer_.begin(), buffer_.end(), [](const QuantileEntry& a, const QuantileEntry& b) {
    return a.value < b.value || (std::isnan(b.value) && !std::isnan(a.value));  // what isn't a number goes to the end
  });
  size_t n = 0;
  for (size_t i = 1; i < buffer_.size(); ++i) {
    if (buffer_[i].value != buffer_[i - 1].value) {
      buffer_[++n] = buffer_[i];
    } else {
      buffer_[n].weight += buffer_[i].weight;
    }
  }
  QuantileSummary summary = QuantileSummary::exact(std::span(buffer_).first(n + 1));
  buffer_.clear();
  push(std::move(summary));
}

void QuantileStream::add(QuantileSummary summary) {
  if (summary.size() == 0) return;
  for (size_t level = 0;; ++level) {
    if (levels_.size() <= level) levels_.emplace_back();
    QuantileSummary& there = levels_[level];
    summary.merge(there);
    if (there.size() == 0 || summary.size() <= block_size_ + 1) {
      there = std::move(summary);
      return;
    }
    summary.compress(block_size_, error_);
    there = QuantileSummary();
  }
}

QuantileSummary QuantileStream::finish() {
  push_buffer();
  QuantileSummary result;
  for (const QuantileSummary& level : levels_) result.merge(level);
  levels_.clear();
  return result;
}

}  // namespace reflow::ops
