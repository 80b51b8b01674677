#pragma once

// Statistics and losses of tf.nn that are made of several ops.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct LogPoissonLossOptions {
  bool compute_full_loss = false;  // with Stirling's approximation of the constant part
  std::string name;
};
// exp(log_input) - log_input * targets. ValueError: "log_input and targets must have the same shape (...)".
Output log_poisson_loss(const TensorLike& targets, const TensorLike& log_input,
                        const LogPoissonLossOptions& options = {});

struct SufficientStatisticsOptions {
  TensorLike shift;
  bool keep_dims = false;
  std::string name;
};
struct SufficientStatistics {
  Output counts, mean_ss, variance_ss, shift;  // shift: not valid() where there is none
};
// What mean and variance over dimensions are computed from: see normalize_moments.
SufficientStatistics sufficient_statistics(const TensorLike& x, const std::vector<int>& axes,
                                           const SufficientStatisticsOptions& options = {});

struct LocalResponseOptions {
  int64_t depth_radius = 5;
  double bias = 1, alpha = 1, beta = 0.5;
  std::string name;
};
// Each pixel divided by the norm of its channels around it. Krizhevsky and others, NIPS 2012.
Output local_response_normalization(const TensorLike& input, const LocalResponseOptions& options = {});
inline Output lrn(const TensorLike& input, const LocalResponseOptions& options = {}) {
  return local_response_normalization(input, options);
}

}  // namespace reflow::nn
