#pragma once

// Stochastic dual coordinate ascent for linear models, as single ops.

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow::train {

struct SdcaOptimizerOptions {
  std::string loss_type;  // "logistic_loss", "squared_loss", "hinge_loss", "smooth_hinge_loss" or "poisson_loss"
  double l1 = 0, l2 = 0;
  int64_t num_loss_partitions = 1;
  int64_t num_inner_iterations = 1;
  bool adaptative = true;
  std::string name;
};
struct SdcaResult {
  Output out_example_state_data;
  std::vector<Output> out_delta_sparse_weights, out_delta_dense_weights;
};
// One pass over the examples of a batch: what it changes in their state [examples, 4], and by how much weights are to
// change. Sparse features are given by the examples and numbers of each, and values where they aren't all 1.
SdcaResult sdca_optimizer(const TensorList& sparse_example_indices, const TensorList& sparse_feature_indices,
                          const TensorList& sparse_feature_values, const TensorList& dense_features,
                          const TensorLike& example_weights, const TensorLike& example_labels,
                          const TensorList& sparse_indices, const TensorList& sparse_weights,
                          const TensorList& dense_weights, const TensorLike& example_state_data,
                          const SdcaOptimizerOptions& options);

// Two numbers for each string: [n] gives [n, 2].
Output sdca_fprint(const TensorLike& input, const NameOptions& options = {});
// Shrinks weights, references, by what the L1 norm takes away.
Operation sdca_shrink_l1(const TensorList& weights, double l1, double l2, const NameOptions& options = {});

}  // namespace reflow::train
