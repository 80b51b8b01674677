#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reflow::ops {

// A value of a sorted set of weighted values: how much weight it has, and bounds of how much smaller values have (min_rank),
// and smaller and equal ones (max_rank).
struct QuantileEntry {
  float value = 0, weight = 0, min_rank = 0, max_rank = 0;
  float weight_below() const { return max_rank - weight; }   // at most
  float weight_through() const { return min_rank + weight; }  // at least
};

// What is known of a set of weighted values: some of them in order, with ranks. Greenwald and Khanna, "Space-efficient online
// computation of quantile summaries" (2001), with weights as Chen and Guestrin, "XGBoost" (2016).
class QuantileSummary {
 public:
  QuantileSummary() = default;
  explicit QuantileSummary(std::vector<QuantileEntry> entries) : entries_(std::move(entries)) {}
  // Of values that are sorted and differ, with all of their weights.
  static QuantileSummary exact(std::span<const QuantileEntry> values);

  const std::vector<QuantileEntry>& entries() const { return entries_; }
  int64_t size() const { return static_cast<int64_t>(entries_.size()); }
  // The summary of both sets.
  void merge(const QuantileSummary& other);
  // Leaves about `size` entries, the first and the last among them; ranks become less certain by 1 / size of the total weight,
  // or by `min_error` of it where that is more.
  void compress(int64_t size, double min_error);
  // About n values that part the set evenly.
  std::vector<float> boundaries(int64_t n) const;
  // The n + 1 values at even ranks, the first and the last among them. {} of an empty set.
  std::vector<float> quantiles(int64_t n) const;

 private:
  float total_weight() const { return entries_.empty() ? 0 : entries_.back().max_rank; }
  double error() const;

  std::vector<QuantileEntry> entries_;
};

// Summarizes a stream of weighted values with ranks that are right to `error` of the total weight, for at most `max_elements`.
// Full buffers become summaries, two of which become one of the next level, and so on.
class QuantileStream {
 public:
  QuantileStream(double error, int64_t max_elements);
  // Values without weight don't count.
  void push(float value, float weight);
  void push(QuantileSummary summary);
  // The summary of all; the stream is empty again.
  QuantileSummary finish();

 private:
  void push_buffer();
  void add(QuantileSummary summary);

  double error_;
  int64_t block_size_ = 2;
  size_t buffer_size_;
  std::vector<QuantileEntry> buffer_;
  std::vector<QuantileSummary> levels_;
};

}  // namespace reflow::ops
