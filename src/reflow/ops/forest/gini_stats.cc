// Statistics of classification.

#include <cfloat>
#include <cmath>
#include <functional>
#include <queue>
#include <set>
#include <unordered_map>
#include <utility>

#include "class_counts.h"
#include "grow_stats.h"

namespace reflow::ops::forest {
namespace {

// Gini impurity with one example more of each class, times the sum.
float smoothed_gini(float sum, float squares, int num_classes) {
  const float smoothed = num_classes + sum;
  const auto gini = static_cast<float>(1.0 - (squares + 2 * sum + num_classes) / (smoothed * smoothed));
  return sum * gini;
}

template <typename Counts>
class GiniStats : public GrowStats {
 public:
  GiniStats(const ForestParams& params, int32_t depth) : GrowStats(params, depth), counts_(params) {
    if (params.finish == Finish::kHoeffding) {
      min_split_samples_ = params.min_split_samples.whole_at(depth);
      check_every_ = params.check_every_steps.whole_at(depth);
      check_epoch_ = check_every_ <= 0 ? 0 : min_split_samples_ / check_every_;
    }
    if (params.pruning != Pruning::kNone) prune_every_ = params.prune_every_samples.whole_at(depth);
    dominate_fraction_ = params.dominate_fraction.at(depth);
  }

  bool is_initialized() const override { return weight_sum_ > 0 || (has_all_splits() && half_initialized_.empty()); }
  bool is_finished() const override { return (weight_sum_ >= split_after_samples_ && !counts_.is_pure()) || finishes_early_; }

  void add_example(const Examples& examples, const Targets& targets, int64_t example) override {
    const int32_t label = targets.label(example);
    const float weight = targets.weight(example);
    for (int i = 0; i < num_splits(); ++i) {
      if (goes_left(i, examples, example)) {
        if (params_.use_running_stats_method) sums_[i].add_left(counts_.left(i, label), weight);
        counts_.add_left(i, label, weight);
      } else {
        if (params_.use_running_stats_method) sums_[i].add_right(counts_.right(i, label), weight);
        counts_.add_right(i, label, weight);
      }
    }
    counts_.add_total(label, weight);
    weight_sum_ += weight;
    // TensorFlow's bootstrap compares numbers of which the first is never the smaller one, so that it ends nothing.
    if (params_.finish == Finish::kHoeffding) check_finish();
    if (params_.pruning != Pruning::kNone) check_prune();
  }

  std::optional<SplitCandidate> best_split() const override {
    float least = FLT_MAX;
    int best = -1;
    for (int i = 0; i < num_splits(); ++i) {
      const GiniSums sums = gini_sums(i);
      const float score = score_of(sums);
      if (sums.left > 0 && sums.right > 0 && score < least) {
        least = score;
        best = i;
      }
    }
    if (best < 0) return std::nullopt;
    const GiniSums sums = gini_sums(best);
    SplitCandidate candidate{split(best), {.weight_sum = sums.left}, {.weight_sum = sums.right}};
    counts_.sides(best, &candidate.left, &candidate.right);
    return candidate;
  }

  void save(FertileSlot* slot) const override {
    slot->total = {.weight_sum = weight_sum_};
    counts_.save_total(&*slot->total);
    for (int i = 0; i < num_splits(); ++i) {
      SplitCandidate candidate{split(i), {}, {}};
      counts_.save_split(i, &candidate.left, &candidate.right);
      slot->candidates.push_back(std::move(candidate));
    }
  }

  bool load(const FertileSlot& slot) override {
    if (!slot.total) return true;
    weight_sum_ = slot.total->weight_sum;
    if (!counts_.load_total(*slot.total)) return false;
    for (const SplitCandidate& candidate : slot.candidates) {
      add_split(candidate.test);
      if (!counts_.load_split(num_splits() - 1, candidate.left, candidate.right)) return false;
      if (params_.use_running_stats_method) {
        // TensorFlow gives both sides the counts of the left one.
        for (const float count : candidate.left.values) sums_.back().load(count);
        for (const auto& [label, count] : candidate.left.counts) sums_.back().load(count);
      }
    }
    return true;
  }

 protected:
  void add_split_stats() override {
    sums_.emplace_back();
    counts_.add_split();
  }
  void remove_split_stats(int split) override {
    sums_.erase(sums_.begin() + split);
    counts_.remove_split(split);
  }
  void has_suggested(int32_t label) override { half_initialized_[num_splits() - 1] = label; }

  // Thresholds lie in the middle of two examples of different classes.
  void saw_suggestion(const Examples& examples, int32_t label, int64_t example) override {
    std::erase_if(half_initialized_, [&](const auto& split_and_label) {
      const auto [split, first_label] = split_and_label;
      if (first_label == label) return false;
      thresholds_[split] = (thresholds_[split] + examples.value(example, splits_[split].feature)) / 2;
      return true;
    });
  }

 private:
  // Kept up with each example, where they aren't made anew each time.
  struct RunningSums : GiniSums {
    static void add(float* sum, float* squares, float old_count, float weight) {
      *sum += weight;
      const float count = old_count + weight;
      *squares = *squares - old_count * old_count + count * count;
    }
    void add_left(float old_count, float weight) { add(&left, &left_squares, old_count, weight); }
    void add_right(float old_count, float weight) { add(&right, &right_squares, old_count, weight); }
    void load(float count) {
      add_left(0, count);
      add_right(0, count);
    }
  };

  GiniSums gini_sums(int split) const {
    if (params_.use_running_stats_method) return sums_[split];
    return counts_.gini_sums(split);
  }
  float score_of(const GiniSums& sums) const {
    return smoothed_gini(sums.left, sums.left_squares, num_outputs_) + smoothed_gini(sums.right, sums.right_squares, num_outputs_);
  }
  float score(int split) const { return score_of(gini_sums(split)); }

  // Is the best split better than the second by more than Hoeffding's bound?
  void check_finish() {
    if (weight_sum_ < min_split_samples_ || weight_sum_ < check_epoch_ * check_every_) return;
    ++check_epoch_;
    const float range = 0.25 * static_cast<float>(num_outputs_) * weight_sum_;
    const float bound = range * std::sqrt(std::log(1.0 / (1.0 - dominate_fraction_)) / (2.0 * weight_sum_));
    float best = FLT_MAX, second = FLT_MAX;
    for (int i = 0; i < num_splits(); ++i) {
      const float s = score(i);
      if (s < best) {
        second = std::exchange(best, s);
      } else if (s < second) {
        second = s;
      }
    }
    finishes_early_ = second - best > bound;
  }

  void check_prune() {
    if (is_finished() || weight_sum_ < prune_epoch_ * prune_every_) return;
    ++prune_epoch_;
    if (params_.pruning == Pruning::kHoeffding) return prune_by_bound();
    const float fraction = params_.pruning == Pruning::kHalf ? 0.5f : params_.pruning == Pruning::kQuarter ? 0.25f : 0.1f;
    const auto num_removed = static_cast<size_t>(num_splits() * fraction);
    if (num_removed == 0) return;
    // The highest scores, the lowest of them on top.
    std::priority_queue<std::pair<float, int>, std::vector<std::pair<float, int>>, std::greater<>> worst;
    for (int i = 0; i < num_splits(); ++i) {
      const float s = score(i);
      if (worst.size() == num_removed) {
        if (!(worst.top().first < s)) continue;
        worst.pop();
      }
      worst.emplace(s, i);
    }
    std::set<int, std::greater<>> removed;
    for (; !worst.empty(); worst.pop()) removed.insert(worst.top().second);
    for (const int i : removed) remove_split(i);
  }

  // Splits that are worse than the best by more than Hoeffding's bound.
  void prune_by_bound() {
    std::vector<float> scores;
    float best = FLT_MAX;
    for (int i = 0; i < num_splits(); ++i) {
      scores.push_back(score(i));
      best = std::min(best, scores.back());
    }
    const float half_log = 0.5 * std::log(1.0 / (1.0 - dominate_fraction_));
    const float range = weight_sum_ * (1.0 - 1.0 / static_cast<float>(num_outputs_));
    const float bound = range * std::sqrt(half_log / weight_sum_);
    for (int i = num_splits() - 1; i >= 0; --i) {
      if (scores[i] - best > bound) remove_split(i);
    }
  }

  Counts counts_;
  std::vector<RunningSums> sums_;
  std::unordered_map<int, int32_t> half_initialized_;  // splits that have seen one class only, and which
  bool finishes_early_ = false;
  int64_t min_split_samples_ = 0, check_every_ = 0, check_epoch_ = 0, prune_every_ = 0, prune_epoch_ = 1;
  float dominate_fraction_ = 0;
};

}  // namespace

std::unique_ptr<GrowStats> make_gini(const ForestParams& params, int32_t depth) {
  if (params.stats_type == StatsType::kDenseGini) return std::make_unique<GiniStats<DenseCounts>>(params, depth);
  if (params.stats_type == StatsType::kSparseGini) return std::make_unique<GiniStats<SparseCounts>>(params, depth);
  return std::make_unique<GiniStats<FixedSizeCounts>>(params, depth);
}

}  // namespace reflow::ops::forest
