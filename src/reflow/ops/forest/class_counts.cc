#include "class_counts.h"

#include <cfloat>

namespace reflow::ops::forest {

void DenseCounts::add_total(int32_t label, float weight) {
  if (total_[label] == 0 && weight > 0) ++num_classes_seen_;
  total_[label] += weight;
}

GiniSums DenseCounts::gini_sums(int split) const {
  GiniSums sums;
  for (int32_t i = 0; i < static_cast<int32_t>(total_.size()); ++i) {
    const float l = left(split, i), r = right(split, i);
    sums.left += l;
    sums.left_squares += l * l;
    sums.right += r;
    sums.right_squares += r * r;
  }
  return sums;
}

void DenseCounts::sides(int split, LeafStat* left, LeafStat* right) const {
  left->values = left_[split];
  for (int32_t i = 0; i < static_cast<int32_t>(total_.size()); ++i) right->values.push_back(this->right(split, i));
}

bool DenseCounts::load_total(const LeafStat& total) {
  if (total.values.size() != total_.size()) return false;
  total_ = total.values;
  for (const float count : total_) num_classes_seen_ += count != 0;
  return true;
}

bool DenseCounts::load_split(int split, const LeafStat& left, const LeafStat&) {
  if (left.values.size() != total_.size()) return false;
  left_[split] = left.values;
  return true;
}

float SparseCounts::left(int split, int32_t label) const {
  const float* found = left_[split].find(label);
  return found == nullptr ? 0 : *found;
}

float SparseCounts::right(int split, int32_t label) const {
  const float* found = total_.find(label);
  return (found == nullptr ? 0 : *found) - left(split, label);
}

GiniSums SparseCounts::gini_sums(int split) const {
  GiniSums sums;
  for (const auto& [label, total] : total_) {
    const float l = left(split, label), r = total - l;
    sums.left += l;
    sums.left_squares += l * l;
    sums.right += r;
    sums.right_squares += r * r;
  }
  return sums;
}

void SparseCounts::sides(int split, LeafStat* left, LeafStat* right) const {
  for (const auto& [label, total] : total_) {
    const float* found = left_[split].find(label);
    if (found == nullptr) {
      right->counts[label] = total;
      continue;
    }
    left->counts[label] = *found;
    if (total - *found > 0) right->counts[label] = total - *found;
  }
}

bool SparseCounts::load_total(const LeafStat& total) {
  for (const auto& [label, count] : total.counts) total_[static_cast<int32_t>(label)] = count;
  return true;
}

bool SparseCounts::load_split(int split, const LeafStat& left, const LeafStat&) {
  for (const auto& [label, count] : left.counts) left_[split][static_cast<int32_t>(label)] = count;
  return true;
}

namespace {

int32_t lightest(const HashOrdered<float>& weights) {
  int32_t label = -1;
  float least = FLT_MAX;
  for (const auto& [candidate, weight] : weights) {
    if (weight < least) {
      least = weight;
      label = candidate;
    }
  }
  return label;
}

}  // namespace

void FixedSizeCounts::add_total(int32_t label, float) {
  if (is_pure()) seen_.insert(label);
}

void FixedSizeCounts::add_split() {
  left_.emplace_back();
  right_.emplace_back();
}

void FixedSizeCounts::remove_split(int split) {
  left_.erase(left_.begin() + split);
  right_.erase(right_.begin() + split);
}

void FixedSizeCounts::add(Tracked* to, int32_t label, float weight) const {
  if (float* found = to->weights.find(label)) {
    *found += weight;
    if (label == to->smallest) to->smallest = lightest(to->weights);
    return;
  }
  if (static_cast<int>(to->weights.size()) < num_tracked_) {
    to->weights[label] = weight;
    if (static_cast<int>(to->weights.size()) == num_tracked_) to->smallest = lightest(to->weights);
    return;
  }
  // A new class takes the place, and the weight, of the lightest one.
  if (const float* found = to->weights.find(to->smallest)) {
    weight += *found;
    to->weights.erase(to->smallest);
  }
  to->weights[label] = weight;
  to->smallest = lightest(to->weights);
}

float FixedSizeCounts::smallest_weight(const Tracked& tracked) const {
  const float* found = tracked.weights.find(tracked.smallest);
  return found == nullptr ? 0 : *found;
}

float FixedSizeCounts::share(const Tracked& tracked) const {
  return static_cast<float>((smallest_weight(tracked) / 2.0) * num_tracked_ / static_cast<float>(num_classes_));
}

float FixedSizeCounts::weight(const Tracked& tracked, int32_t label) const {
  const float weight = share(tracked);
  const float* found = tracked.weights.find(label);
  return found == nullptr ? weight : static_cast<float>(weight + (*found - smallest_weight(tracked) / 2.0));
}

void FixedSizeCounts::sums(const Tracked& tracked, float* sum, float* squares) const {
  for (const auto& [label, count] : tracked.weights) {
    *sum += count;
    const float w = weight(tracked, label);
    *squares += w * w;
  }
  const float w = share(tracked);
  *squares += (num_classes_ - num_tracked_) * w * w;
}

GiniSums FixedSizeCounts::gini_sums(int split) const {
  GiniSums gini;
  sums(left_[split], &gini.left, &gini.left_squares);
  sums(right_[split], &gini.right, &gini.right_squares);
  return gini;
}

void FixedSizeCounts::save_split(int split, LeafStat* left, LeafStat* right) const {
  save(left_[split].weights, &left->counts);
  save(right_[split].weights, &right->counts);
}

bool FixedSizeCounts::load_split(int split, const LeafStat& left, const LeafStat& right) {
  load(left.counts, &left_[split]);
  load(right.counts, &right_[split]);
  return true;
}

void FixedSizeCounts::load(const std::map<int64_t, float>& counts, Tracked* to) const {
  for (const auto& [label, count] : counts) to->weights[static_cast<int32_t>(label)] = count;
  if (static_cast<int>(to->weights.size()) == num_tracked_) to->smallest = lightest(to->weights);
}

}  // namespace reflow::ops::forest
