#pragma once

// Samplers of a few of many classes, for losses.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::random {

// sampled_candidates [num_sampled], and how often the true classes [batch, num_true] and the sampled ones are expected.
struct SampledCandidates {
  Output sampled_candidates, true_expected_count, sampled_expected_count;
};
struct SamplerOptions {
  std::optional<int64_t> seed;
  std::string name;
};
// All classes below range_max alike; the first ones oftener, as words sorted by frequency are; as often as they were
// among the true ones until now. `unique`: none more than once.
SampledCandidates uniform_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                            bool unique, int64_t range_max, const SamplerOptions& options = {});
SampledCandidates log_uniform_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                                bool unique, int64_t range_max, const SamplerOptions& options = {});
SampledCandidates learned_unigram_candidate_sampler(const TensorLike& true_classes, int64_t num_true,
                                                    int64_t num_sampled, bool unique, int64_t range_max,
                                                    const SamplerOptions& options = {});
// All classes, num_sampled of them.
SampledCandidates all_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                        bool unique, const SamplerOptions& options = {});
struct FixedUnigramOptions {
  std::string vocab_file;   // lines whose last word behind a comma is a weight; or the list `unigrams`
  double distortion = 1.0;  // the power that weights are raised to
  int64_t num_reserved_ids = 0;
  int64_t num_shards = 1, shard = 0;
  std::vector<double> unigrams;
  std::optional<int64_t> seed;
  std::string name;
};
// As often as a file or a list says.
SampledCandidates fixed_unigram_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                                  bool unique, int64_t range_max,
                                                  const FixedUnigramOptions& options = {});

}  // namespace reflow::random

namespace reflow::nn {

struct AccidentalHits {
  Output indices, ids, weights;
};
// Where a sampled class is a true one: the row, its place among the sampled ones, and a very negative number.
AccidentalHits compute_accidental_hits(const TensorLike& true_classes, const TensorLike& sampled_candidates,
                                       int64_t num_true, const random::SamplerOptions& options = {});
using random::all_candidate_sampler;
using random::fixed_unigram_candidate_sampler;
using random::learned_unigram_candidate_sampler;
using random::log_uniform_candidate_sampler;
using random::uniform_candidate_sampler;

}  // namespace reflow::nn
