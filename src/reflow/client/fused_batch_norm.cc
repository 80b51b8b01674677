#include "reflow/client/fused_batch_norm.h"

#include <algorithm>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"

namespace reflow::nn {

FusedBatchNorm fused_batch_norm(const TensorLike& x, const TensorLike& scale, const TensorLike& offset,
                                const FusedBatchNormOptions& options) {
  const Output input = convert_to_tensor(x, {.name = "input"});
  const Output scales = convert_to_tensor(scale, {.name = "scale"});
  const Output offsets = convert_to_tensor(offset, {.name = "offset"});
  if (options.is_training && (!options.mean.is_none() || !options.variance.is_none())) {
    throw ValueError("Both 'mean' and 'variance' must be None if is_training is True.");
  }
  const auto or_empty = [](const TensorLike& value) {
    return value.is_none() ? TensorLike(constant(std::vector<float>())) : value;
  };
  const TensorLike mean = or_empty(options.mean), variance = or_empty(options.variance);
  // Smaller values of epsilon are not what the op was made for.
  graph::Node* node = client::make_op("FusedBatchNormV3", options.name, {input, scales, offsets, mean, variance},
                                      {{"epsilon", static_cast<float>(std::max(options.epsilon, 1.001e-5))},
                                       {"data_format", options.data_format},
                                       {"is_training", options.is_training}});
  return {Output(node, 0), Output(node, 1), Output(node, 2)};
}

}  // namespace reflow::nn
