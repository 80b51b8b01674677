#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/op/distributions.h"

namespace reflow::ops {

// Draws classes from [0, range) with some probability for each. The numbers are TensorFlow's for the same seeds.
class RangeSampler {
 public:
  explicit RangeSampler(int64_t range) : range_(range) {}
  virtual ~RangeSampler() = default;
  int64_t range() const { return range_; }
  virtual int64_t sample(op::PhiloxWords& words) = 0;
  virtual float probability(int64_t value) const = 0;
  // How many classes there are to be drawn.
  virtual int64_t num_possible() const { return range_; }
  // Learns from the true classes of a batch.
  virtual void update(std::span<const int64_t>) {}

  struct Batch {
    std::span<int64_t> values;                // out
    std::span<float> expected;                // out: how often each of `values` is expected to be drawn
    std::span<const int64_t> true_values;     // in
    std::span<float> true_expected;           // out
  };
  // Draws a batch, with unique values or not. Internal: no end of repetitions is in sight; errors of op::check_run.
  Status draw(const op::RunEnv& env, op::PhiloxWords& words, bool unique, const Batch& batch);

 protected:
  const int64_t range_;
};

std::unique_ptr<RangeSampler> make_uniform_sampler(int64_t range);
// P(value) = (log(value + 2) - log(value + 1)) / log(range + 1): for classes in order of falling frequency.
std::unique_ptr<RangeSampler> make_log_uniform_sampler(int64_t range);
// Begins with equal weights and counts the true classes that it meets. Null: `range` isn't below 2^31 - 1.
std::unique_ptr<RangeSampler> make_learned_unigram_sampler(int64_t range);
// By weights.
std::unique_ptr<RangeSampler> make_weighted_sampler(int64_t range, std::vector<float> weights);

}  // namespace reflow::ops
