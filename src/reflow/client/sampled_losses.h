#pragma once

// Losses over many classes of which a few are sampled.

#include <optional>
#include <string>

#include "reflow/client/candidate_samplers.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct SampledLossOptions {
  TensorLike weights, biases;  // [classes, size] and [classes]
  TensorLike labels;           // the true classes, [batch, num_true]
  TensorLike inputs;           // [batch, size]
  int64_t num_sampled = 0, num_classes = 0, num_true = 1;
  std::optional<random::SampledCandidates> sampled_values;  // default: of log_uniform_candidate_sampler
  // Sampled classes that are true ones don't count. Default: of sampled_softmax_loss true, of nce_loss false.
  std::optional<bool> remove_accidental_hits;
  std::string partition_strategy = "mod";  // of `weights` in parts
  std::string name;
  std::optional<int64_t> seed;  // of the sampler, which draws the first classes more often than later ones
};
// The noise-contrastive loss of each row. Gutmann and Hyvarinen, AISTATS 2010. Frequent classes come first.
Output nce_loss(const SampledLossOptions& options);
// The softmax loss of each row over its true classes and sampled ones. Jean and others, arXiv 1412.2007. For training;
// for evaluation use all classes.
Output sampled_softmax_loss(const SampledLossOptions& options);

}  // namespace reflow::nn
