#include "reflow/client/candidate_samplers.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/graph.h"

namespace reflow::random {

using client::make_op;

namespace {

graph::AttrMap sampler_attrs(int64_t num_true, int64_t num_sampled, bool unique, const std::optional<int64_t>& seed) {
  const Seeds seeds = get_seed(seed);
  return {{"num_true", num_true},
          {"num_sampled", num_sampled},
          {"unique", unique},
          {"seed", seeds.seed},
          {"seed2", seeds.seed2}};
}

SampledCandidates candidates(const char* type, const std::string& name, const TensorLike& true_classes,
                             graph::AttrMap attrs) {
  graph::Node* node = make_op(type, name, {true_classes}, std::move(attrs));
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

SampledCandidates below(const char* type, const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                        bool unique, int64_t range_max, const SamplerOptions& options) {
  graph::AttrMap attrs = sampler_attrs(num_true, num_sampled, unique, options.seed);
  attrs.set("range_max", range_max);
  return candidates(type, options.name, true_classes, std::move(attrs));
}

}  // namespace

SampledCandidates uniform_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                            bool unique, int64_t range_max, const SamplerOptions& options) {
  return below("UniformCandidateSampler", true_classes, num_true, num_sampled, unique, range_max, options);
}

SampledCandidates log_uniform_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                                bool unique, int64_t range_max, const SamplerOptions& options) {
  return below("LogUniformCandidateSampler", true_classes, num_true, num_sampled, unique, range_max, options);
}

SampledCandidates learned_unigram_candidate_sampler(const TensorLike& true_classes, int64_t num_true,
                                                    int64_t num_sampled, bool unique, int64_t range_max,
                                                    const SamplerOptions& options) {
  return below("LearnedUnigramCandidateSampler", true_classes, num_true, num_sampled, unique, range_max, options);
}

SampledCandidates all_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                        bool unique, const SamplerOptions& options) {
  return candidates("AllCandidateSampler", options.name, true_classes,
                    sampler_attrs(num_true, num_sampled, unique, options.seed));
}

SampledCandidates fixed_unigram_candidate_sampler(const TensorLike& true_classes, int64_t num_true, int64_t num_sampled,
                                                  bool unique, int64_t range_max, const FixedUnigramOptions& options) {
  graph::AttrMap attrs = sampler_attrs(num_true, num_sampled, unique, options.seed);
  attrs.set("range_max", range_max);
  attrs.set("vocab_file", options.vocab_file);
  attrs.set("distortion", options.distortion);
  attrs.set("num_reserved_ids", options.num_reserved_ids);
  attrs.set("num_shards", options.num_shards);
  attrs.set("shard", options.shard);
  attrs.set("unigrams", std::vector<float>(options.unigrams.begin(), options.unigrams.end()));
  return candidates("FixedUnigramCandidateSampler", options.name, true_classes, std::move(attrs));
}

}  // namespace reflow::random

namespace reflow::nn {

AccidentalHits compute_accidental_hits(const TensorLike& true_classes, const TensorLike& sampled_candidates,
                                       int64_t num_true, const random::SamplerOptions& options) {
  const Seeds seeds = get_seed(options.seed);
  graph::Node* node = client::make_op("ComputeAccidentalHits", options.name, {true_classes, sampled_candidates},
                                      {{"num_true", num_true}, {"seed", seeds.seed}, {"seed2", seeds.seed2}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

}  // namespace reflow::nn
