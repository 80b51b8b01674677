#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "decision_tree.h"
#include "examples.h"
#include "forest_params.h"

namespace reflow::ops::forest {

// What is written of a leaf that may be split: a FertileSlot.
struct FertileSlot {
  int32_t node = 0, depth = 0;
  std::optional<LeafStat> total;  // none: only that the leaf is there
  std::vector<SplitCandidate> candidates;
};

// What is gathered at a leaf before it is split. The first examples only suggest splits, one each; those that follow are counted, on
// the side where each split sends them.
class GrowStats {
 public:
  // Statistics of the kind that `params` say. REQUIRES: params.check_stats(), and that they outlive this.
  static std::unique_ptr<GrowStats> make(const ForestParams& params, int32_t depth);
  virtual ~GrowStats() = default;

  int32_t depth() const { return depth_; }
  // Are there splits enough to count examples?
  virtual bool is_initialized() const { return weight_sum_ > 0 || has_all_splits(); }
  // Adds a split that an example suggests, unless there are enough of them.
  void suggest(const SplitTest& test, const Examples& examples, const Targets& targets, int64_t example);
  virtual void add_example(const Examples& examples, const Targets& targets, int64_t example) = 0;
  // Has enough been seen to split?
  virtual bool is_finished() const = 0;
  // The split that leaves least impurity; none where all examples are on one side of each.
  virtual std::optional<SplitCandidate> best_split() const = 0;

  virtual void save(FertileSlot* slot) const = 0;
  // REQUIRES: new statistics. False: `slot` is none of such.
  virtual bool load(const FertileSlot& slot) = 0;

 protected:
  GrowStats(const ForestParams& params, int32_t depth);
  int num_splits() const { return static_cast<int>(splits_.size()); }
  bool has_all_splits() const { return num_splits() == num_splits_to_consider_; }
  bool goes_left(int split, const Examples& examples, int64_t example) const { return splits_[split].passes(examples, example); }
  SplitTest split(int i) const;
  void add_split(const SplitTest& test);
  void remove_split(int i);

  // Makes room for the last split, and forgets one.
  virtual void add_split_stats() = 0;
  virtual void remove_split_stats(int split) = 0;
  // An example has suggested the last split, or comes when there are enough.
  virtual void has_suggested(int32_t) {}
  virtual void saw_suggestion(const Examples&, int32_t, int64_t) {}

  const ForestParams& params_;
  const int32_t depth_;
  const int num_outputs_, split_after_samples_, num_splits_to_consider_;
  float weight_sum_ = 0;
  std::vector<SplitTest> splits_;
  std::vector<float> thresholds_;  // of the splits that are made, where other examples have moved them
};

// Of outputs that are numbers: the split that leaves least variance.
std::unique_ptr<GrowStats> make_least_squares(const ForestParams& params, int32_t depth);
// Of classes: the split that leaves least Gini impurity.
std::unique_ptr<GrowStats> make_gini(const ForestParams& params, int32_t depth);

}  // namespace reflow::ops::forest
