// Statistics of regression.

#include <cfloat>

#include "grow_stats.h"

namespace reflow::ops::forest {
namespace {

class LeastSquares : public GrowStats {
 public:
  LeastSquares(const ForestParams& params, int32_t depth)
      : GrowStats(params, depth), total_(num_outputs_, 0.0f), total_squares_(num_outputs_, 0.0f) {}

  bool is_finished() const override { return weight_sum_ >= split_after_samples_; }

  void add_example(const Examples& examples, const Targets& targets, int64_t example) override {
    for (int i = 0; i < num_splits(); ++i) {
      if (!goes_left(i, examples, example)) continue;
      Side& left = left_[i];
      for (int j = 0; j < num_outputs_; ++j) {
        const float output = targets.output(example, j);
        left.sums[j] += output;
        left.squares[j] += output * output;
      }
      ++left.count;
    }
    for (int j = 0; j < num_outputs_; ++j) {
      const float output = targets.output(example, j);
      total_[j] += output;
      total_squares_[j] += output * output;
    }
    weight_sum_ += 1;
  }

  std::optional<SplitCandidate> best_split() const override {
    float least = FLT_MAX;
    int best = -1;
    for (int i = 0; i < num_splits(); ++i) {
      if (left_[i].count == 0 || !(weight_sum_ - static_cast<float>(left_[i].count) > 0)) continue;
      const float score = variance(left_[i]);
      if (score < least) {
        least = score;
        best = i;
      }
    }
    if (best < 0) return std::nullopt;
    const Side& left = left_[best];
    SplitCandidate candidate{split(best), {.weight_sum = static_cast<float>(left.count), .values = left.sums}, {}};
    candidate.right.weight_sum = weight_sum_ - candidate.left.weight_sum;
    for (int j = 0; j < num_outputs_; ++j) candidate.right.values.push_back(total_[j] - left.sums[j]);
    return candidate;
  }

  void save(FertileSlot* slot) const override {
    slot->total = {.weight_sum = weight_sum_, .values = total_, .squares = total_squares_};
    for (int i = 0; i < num_splits(); ++i) {
      const Side& left = left_[i];
      const auto count = static_cast<float>(left.count);
      slot->candidates.push_back({split(i), {.weight_sum = count, .values = left.sums, .squares = left.squares}, {}});
    }
  }

  bool load(const FertileSlot& slot) override {
    if (!slot.total) return true;
    const auto is_whole = [&](const LeafStat& stat) {
      return static_cast<int>(stat.values.size()) == num_outputs_ && static_cast<int>(stat.squares.size()) == num_outputs_;
    };
    if (!is_whole(*slot.total)) return false;
    weight_sum_ = slot.total->weight_sum;
    total_ = slot.total->values;
    total_squares_ = slot.total->squares;
    for (const SplitCandidate& candidate : slot.candidates) {
      if (!is_whole(candidate.left)) return false;
      add_split(candidate.test);
      left_.back() = {static_cast<int64_t>(candidate.left.weight_sum), candidate.left.values, candidate.left.squares};
    }
    return true;
  }

 protected:
  void add_split_stats() override { left_.push_back({0, std::vector<float>(num_outputs_), std::vector<float>(num_outputs_)}); }
  void remove_split_stats(int split) override { left_.erase(left_.begin() + split); }

 private:
  // Those whom a split sends to the left.
  struct Side {
    int64_t count;
    std::vector<float> sums, squares;
  };

  float variance(const Side& left) const {
    const auto left_count = static_cast<float>(left.count), right_count = weight_sum_ - left_count;
    float sum = 0;
    for (int j = 0; j < num_outputs_; ++j) {
      const float left_mean = left.sums[j] / left_count;
      sum += left.squares[j] / left_count - left_mean * left_mean;
      const float right_mean = (total_[j] - left.sums[j]) / right_count;
      sum += (total_squares_[j] - left.squares[j]) / right_count - right_mean * right_mean;
    }
    return sum;
  }

  std::vector<float> total_, total_squares_;
  std::vector<Side> left_;
};

}  // namespace

std::unique_ptr<GrowStats> make_least_squares(const ForestParams& params, int32_t depth) {
  return std::make_unique<LeastSquares>(params, depth);
}

}  // namespace reflow::ops::forest
