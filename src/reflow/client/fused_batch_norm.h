#pragma once

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow::nn {

struct FusedBatchNormOptions {
  TensorLike mean, variance;  // not training: the statistics to normalise with
  double epsilon = 0.001;
  std::string data_format = "NHWC";  // or "NCHW"
  bool is_training = true;
  std::string name;
};
struct FusedBatchNorm {
  Output y, batch_mean, batch_var;
};
// Pictures normalised in one op, (x - mean) / sqrt(variance + epsilon) * scale + offset, with the statistics of the batch
// or, not training, with the given ones.
// ValueError: "Both 'mean' and 'variance' must be None if is_training is True."
FusedBatchNorm fused_batch_norm(const TensorLike& x, const TensorLike& scale, const TensorLike& offset,
                                const FusedBatchNormOptions& options = {});

}  // namespace reflow::nn
