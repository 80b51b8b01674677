#pragma once

// Weights of values: a scalar, or of the values' rank, each dimension the values' or 1.

#include "reflow/client/tensor_like.h"

namespace reflow {

// An operation that fails where `weights` can't be broadcast to `values`. ValueError: they are known not to fit,
// "weights can not be broadcast to values. ...".
Operation assert_broadcastable(const TensorLike& weights, const TensorLike& values);
// `weights` in the shape of `values`.
Output broadcast_weights(const TensorLike& weights, const TensorLike& values);

// Labels and predictions whose ranks differ by `expected_rank_diff`: a last dimension of size 1 too much is left out.
struct Squeezed {
  Output labels, predictions;
};
Squeezed remove_squeezable_dimensions(const TensorLike& labels, const TensorLike& predictions,
                                      int expected_rank_diff = 0, const NameOptions& options = {});

}  // namespace reflow
