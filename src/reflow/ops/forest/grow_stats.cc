#include "grow_stats.h"

namespace reflow::ops::forest {

std::unique_ptr<GrowStats> GrowStats::make(const ForestParams& params, int32_t depth) {
  return params.stats_type == StatsType::kLeastSquares ? make_least_squares(params, depth) : make_gini(params, depth);
}

GrowStats::GrowStats(const ForestParams& params, int32_t depth)
    : params_(params),
      depth_(depth),
      num_outputs_(params.num_outputs),
      split_after_samples_(params.split_after_samples.whole_at(depth)),
      num_splits_to_consider_(params.num_splits_to_consider.whole_at(depth)) {}

void GrowStats::suggest(const SplitTest& test, const Examples& examples, const Targets& targets, int64_t example) {
  const bool is_new = num_splits() < num_splits_to_consider_;
  if (is_new) add_split(test);
  if (!params_.initialize_average_splits || params_.is_regression) return;
  if (is_new && !test.is_matching) has_suggested(targets.label(example));
  saw_suggestion(examples, targets.label(example), example);
}

SplitTest GrowStats::split(int i) const {
  SplitTest test = splits_[i];
  test.threshold = thresholds_[i];
  return test;
}

void GrowStats::add_split(const SplitTest& test) {
  splits_.push_back(test);
  thresholds_.push_back(test.threshold);
  add_split_stats();
}

void GrowStats::remove_split(int i) {
  splits_.erase(splits_.begin() + i);
  thresholds_.erase(thresholds_.begin() + i);
  remove_split_stats(i);
}

}  // namespace reflow::ops::forest
