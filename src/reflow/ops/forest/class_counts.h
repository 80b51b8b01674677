#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "decision_tree.h"
#include "forest_params.h"
#include "hash_ordered.h"

namespace reflow::ops::forest {

// How many examples of each class came, to all and to each side of each split: the three ways to keep that. Each has
//   add_total, add_left, add_right    an example of a class
//   left, right                       the count of a class on a side of a split
//   gini_sums                         sums of counts and of their squares on both sides
//   is_pure                           all of one class?
//   add_split, remove_split, the stats of the whole and of sides for messages, and back.

inline void save(const HashOrdered<float>& from, std::map<int64_t, float>* to) {
  for (const auto& [label, count] : from) (*to)[label] = count;
}

struct GiniSums {
  float left = 0, left_squares = 0, right = 0, right_squares = 0;
};

// For each class a number.
class DenseCounts {
 public:
  explicit DenseCounts(const ForestParams& params) : total_(params.num_outputs, 0.0f) {}
  void add_total(int32_t label, float weight);
  void add_left(int split, int32_t label, float weight) { left_[split][label] += weight; }
  void add_right(int, int32_t, float) {}
  float left(int split, int32_t label) const { return left_[split][label]; }
  float right(int split, int32_t label) const { return total_[label] - left_[split][label]; }
  GiniSums gini_sums(int split) const;
  bool is_pure() const { return num_classes_seen_ <= 1; }
  void add_split() { left_.emplace_back(total_.size(), 0.0f); }
  void remove_split(int split) { left_.erase(left_.begin() + split); }

  void sides(int split, LeafStat* left, LeafStat* right) const;
  void save_total(LeafStat* total) const { total->values = total_; }
  void save_split(int split, LeafStat* left, LeafStat*) const { left->values = left_[split]; }
  bool load_total(const LeafStat& total);
  bool load_split(int split, const LeafStat& left, const LeafStat& right);

 private:
  std::vector<float> total_;
  int num_classes_seen_ = 0;
  std::vector<std::vector<float>> left_;
};

// Only of classes that came.
class SparseCounts {
 public:
  explicit SparseCounts(const ForestParams&) {}
  void add_total(int32_t label, float weight) { total_[label] += weight; }
  void add_left(int split, int32_t label, float weight) { left_[split][label] += weight; }
  void add_right(int, int32_t, float) {}
  float left(int split, int32_t label) const;
  float right(int split, int32_t label) const;
  GiniSums gini_sums(int split) const;
  bool is_pure() const { return total_.size() <= 1; }
  void add_split() { left_.emplace_back(); }
  void remove_split(int split) { left_.erase(left_.begin() + split); }

  void sides(int split, LeafStat* left, LeafStat* right) const;
  void save_total(LeafStat* total) const { save(total_, &total->counts); }
  void save_split(int split, LeafStat* left, LeafStat*) const { save(left_[split], &left->counts); }
  bool load_total(const LeafStat& total);
  bool load_split(int split, const LeafStat& left, const LeafStat& right);

 private:
  HashOrdered<float> total_;  // its order is that in which TensorFlow adds
  std::vector<HashOrdered<float>> left_;
};

// Of so many classes as are tracked, the most frequent ones as far as can be said ("space saving": Metwally, Agrawal, El Abbadi,
// "Efficient computation of frequent and top-k elements in data streams", ICDT 2005).
class FixedSizeCounts {
 public:
  explicit FixedSizeCounts(const ForestParams& params) : num_tracked_(params.num_classes_to_track), num_classes_(params.num_outputs) {}
  void add_total(int32_t label, float);
  void add_left(int split, int32_t label, float weight) { add(&left_[split], label, weight); }
  void add_right(int split, int32_t label, float weight) { add(&right_[split], label, weight); }
  float left(int split, int32_t label) const { return weight(left_[split], label); }
  float right(int split, int32_t label) const { return weight(right_[split], label); }
  GiniSums gini_sums(int split) const;
  bool is_pure() const { return seen_.size() <= 1; }
  void add_split();
  void remove_split(int split);

  void sides(int split, LeafStat* left, LeafStat* right) const { save_split(split, left, right); }
  void save_total(LeafStat*) const {}
  void save_split(int split, LeafStat* left, LeafStat* right) const;
  bool load_total(const LeafStat&) { return true; }
  bool load_split(int split, const LeafStat& left, const LeafStat& right);

 private:
  struct Tracked {
    HashOrdered<float> weights;
    int32_t smallest = -1;  // the class of least weight, where as many are tracked as may be
  };
  void add(Tracked* to, int32_t label, float weight) const;
  void load(const std::map<int64_t, float>& counts, Tracked* to) const;
  // Each may be too large by the smallest: half of that is taken off, and shared out to all classes.
  float smallest_weight(const Tracked& tracked) const;
  float share(const Tracked& tracked) const;
  float weight(const Tracked& tracked, int32_t label) const;
  void sums(const Tracked& tracked, float* sum, float* squares) const;

  const int num_tracked_, num_classes_;
  std::set<int32_t> seen_;  // the first two classes
  std::vector<Tracked> left_, right_;
};

}  // namespace reflow::ops::forest
