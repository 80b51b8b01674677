#pragma once

// tf.nn: what client/nn_ops.h and its like do not have. What other headers have in namespace reflow by the names of
// this module.

#include "reflow/client/block_ops.h"
#include "reflow/client/candidate_samplers.h"
#include "reflow/client/conv_gradients.h"
#include "reflow/client/conv_ops.h"
#include "reflow/client/convolution.h"
#include "reflow/client/ctc_labels.h"
#include "reflow/client/ctc_ops.h"
#include "reflow/client/embedding_ops.h"
#include "reflow/client/fused_batch_norm.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/pool3d_ops.h"
#include "reflow/client/pool_ops.h"
#include "reflow/client/quantization_ops.h"
#include "reflow/client/safe_embedding_lookup.h"
#include "reflow/client/sampled_losses.h"
#include "reflow/client/space_to_batch.h"
#include "reflow/client/statistics_ops.h"

namespace reflow::nn {

using reflow::depth_to_space;
using reflow::space_to_batch;
using reflow::space_to_depth;

// Deprecated: batch_normalization, with `gamma` where scale_after_normalization says so.
inline Output batch_norm_with_global_normalization(const TensorLike& t, const TensorLike& m, const TensorLike& v,
                                                   const TensorLike& beta, const TensorLike& gamma,
                                                   const TensorLike& variance_epsilon, bool scale_after_normalization,
                                                   const NameOptions& options = {}) {
  return batch_normalization(t, m, v, beta, scale_after_normalization ? gamma : TensorLike(), variance_epsilon, options);
}

}  // namespace reflow::nn
