#include "candidate_samplers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "reflow/op/run_check.h"
#include "reflow/op/sparse_array.h"

namespace reflow::ops {
namespace {

uint64_t next_uint64(op::PhiloxWords& words) {
  const uint64_t low = words();
  return low | static_cast<uint64_t>(words()) << 32;
}

// How often a value of probability p is in a batch, for which `tries` were drawn until all were different.
float expected_count(double p, int64_t batch, int64_t tries) {
  if (tries == batch) return static_cast<float>(p * static_cast<double>(batch));
  return static_cast<float>(-std::expm1(static_cast<double>(tries) * std::log1p(-p)));
}

class UniformSampler : public RangeSampler {
 public:
  using RangeSampler::RangeSampler;
  int64_t sample(op::PhiloxWords& words) override { return static_cast<int64_t>(next_uint64(words) % static_cast<uint64_t>(range_)); }
  float probability(int64_t) const override { return static_cast<float>(1.0 / static_cast<double>(range_)); }
};

class LogUniformSampler : public RangeSampler {
 public:
  explicit LogUniformSampler(int64_t range) : RangeSampler(range), log_range_(std::log1p(static_cast<double>(range))) {}
  int64_t sample(op::PhiloxWords& words) override {
    // It rounds to `range` once in a while.
    return (static_cast<int64_t>(std::exp(words.next_double() * log_range_)) - 1) % range_;
  }
  float probability(int64_t value) const override {
    const auto v = static_cast<double>(value);
    return static_cast<float>(std::log((v + 2.0) / (v + 1.0)) / log_range_);
  }

 private:
  const double log_range_;
};

// Weights in a binary tree of sums, so that drawing and counting take logarithmic time.
class LearnedUnigramSampler : public RangeSampler {
 public:
  explicit LearnedUnigramSampler(int64_t range) : RangeSampler(range) {
    while (leaves_ < range) leaves_ *= 2, ++levels_;
    seen_.resize(2 * leaves_);
  }
  int64_t sample(op::PhiloxWords& words) override {
    auto rest = static_cast<int64_t>(words() % static_cast<uint32_t>(weight(1)));
    int64_t node = 1;
    while (node < leaves_) {
      node *= 2;
      if (const int64_t left = weight(node); rest >= left) rest -= left, ++node;
    }
    return node - leaves_;
  }
  float probability(int64_t value) const override {
    if (value < 0 || value >= range_) return 0;
    return static_cast<float>(static_cast<double>(weight(leaves_ + value)) / static_cast<double>(weight(1)));
  }
  void update(std::span<const int64_t> values) override {
    for (const int64_t value : values) {
      // The sum of all weights stays within 32 bits.
      if (value < 0 || value >= range_ || weight(1) >= INT32_MAX) continue;
      for (int64_t node = leaves_ + value; node >= 1; node /= 2) ++seen_[node];
    }
  }

 private:
  // How often the classes below the node were seen, and once for each of them.
  int64_t weight(int64_t node) const {
    const int height = levels_ + 1 - std::bit_width(static_cast<uint64_t>(node));
    const int64_t size = int64_t{1} << height, first = node * size - leaves_;
    return std::as_const(seen_)[node] + std::clamp<int64_t>(range_ - first, 0, size);
  }

  int64_t leaves_ = 1;
  int levels_ = 0;                  // below the root
  op::SparseArray<int64_t> seen_;  // node i has the children 2 i and 2 i + 1
};

// Walker's method of aliases: each place holds one value or another.
class WeightedSampler : public RangeSampler {
 public:
  WeightedSampler(int64_t range, std::vector<float> weights) : RangeSampler(range), weights_(std::move(weights)) {
    const auto n = static_cast<int64_t>(weights_.size());
    double sum = 0;
    for (const float w : weights_) {
      sum += w;
      total_ += w;
    }
    std::vector<double> share(n);
    std::vector<int64_t> high, low;
    other_.resize(n);
    for (int64_t i = 0; i < n; ++i) {
      share[i] = weights_[i] * static_cast<double>(n) / sum;
      (share[i] < 1.0 ? low : high).push_back(i);
      other_[i] = i;
    }
    while (!high.empty() && !low.empty()) {
      const int64_t l = low.back(), h = high.back();
      low.pop_back();
      high.pop_back();
      other_[l] = h;
      share[h] -= 1.0 - share[l];
      (share[h] < 1.0 ? low : high).push_back(h);
    }
    keep_.assign(share.begin(), share.end());
    // What is left over differs from 1 by rounding errors only.
    for (const auto* rest : {&high, &low}) {
      for (const int64_t i : *rest) {
        keep_[i] = 1;
        other_[i] = i;
      }
    }
  }
  int64_t sample(op::PhiloxWords& words) override {
    const float r = op::unit_float(words());
    const auto place = static_cast<int64_t>(words() % static_cast<uint32_t>(weights_.size()));
    return r < keep_[place] ? place : other_[place];
  }
  float probability(int64_t value) const override {
    if (value < 0 || value >= static_cast<int64_t>(weights_.size())) return 0;
    return weights_[value] / total_;
  }
  int64_t num_possible() const override { return std::ranges::count_if(weights_, [](float w) { return w > 0; }); }

 private:
  const std::vector<float> weights_;
  float total_ = 0;
  std::vector<float> keep_;
  std::vector<int64_t> other_;
};

}  // namespace

Status RangeSampler::draw(const op::RunEnv& env, op::PhiloxWords& words, bool unique, const Batch& batch) {
  const auto n = static_cast<int64_t>(batch.values.size());
  int64_t tries = n;
  if (unique) {
    std::unordered_set<int64_t> seen;
    tries = 0;
    for (int64_t i = 0; i < n;) {
      if (++tries == INT32_MAX) return internal_error("Sampling {} unique classes of {} doesn't come to an end", n, range_);
      if (tries % 65536 == 0) RETURN_IF_ERROR(op::check_run(env));
      const int64_t value = sample(words);
      if (seen.insert(value).second) batch.values[i++] = value;
    }
  } else {
    for (int64_t& value : batch.values) value = sample(words);
  }
  for (int64_t i = 0; i < n; ++i) batch.expected[i] = expected_count(probability(batch.values[i]), n, tries);
  for (size_t i = 0; i < batch.true_values.size(); ++i) {
    batch.true_expected[i] = expected_count(probability(batch.true_values[i]), n, tries);
  }
  return OkStatus();
}

std::unique_ptr<RangeSampler> make_uniform_sampler(int64_t range) { return std::make_unique<UniformSampler>(range); }
std::unique_ptr<RangeSampler> make_log_uniform_sampler(int64_t range) { return std::make_unique<LogUniformSampler>(range); }
std::unique_ptr<RangeSampler> make_learned_unigram_sampler(int64_t range) {
  if (range >= INT32_MAX) return nullptr;  // the sum of all weights is a number of 32 bits
  return std::make_unique<LearnedUnigramSampler>(range);
}
std::unique_ptr<RangeSampler> make_weighted_sampler(int64_t range, std::vector<float> weights) {
  return std::make_unique<WeightedSampler>(range, std::move(weights));
}

}  // namespace reflow::ops
