#pragma once

// Functions that fold dimensions. `axis` says which (an int or a list of ints, negative ones from the back); without it
// all are folded.

#include "reflow/client/tensor_like.h"

namespace reflow {

struct ReduceOptions {
  DesignatedOnly designated_only = DesignatedOnly();
  TensorLike axis;
  bool keepdims = false;  // folded dimensions stay, with size 1
  std::string name;
};

Output reduce_sum(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_mean(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_max(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_min(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_prod(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_all(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_any(const TensorLike& input_tensor, const ReduceOptions& options = {});
// log(sum(exp(x))), without overflow.
Output reduce_logsumexp(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_variance(const TensorLike& input_tensor, const ReduceOptions& options = {});
Output reduce_std(const TensorLike& input_tensor, const ReduceOptions& options = {});

// The same with the axis as second argument: reduce_mean(x, 1), reduce_sum(x, {0, -1}, {.keepdims = true}).
Output reduce_sum(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_mean(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_max(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_min(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_prod(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_all(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_any(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_logsumexp(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_variance(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});
Output reduce_std(const TensorLike& input_tensor, const TensorLike& axis, const ReduceOptions& options = {});

struct ArgOptions {
  TensorLike axis;  // default 0
  std::string name;
  DType output_type = int64;
};
// The index of the largest or smallest value along `axis`.
Output argmax(const TensorLike& input, const ArgOptions& options = {});
Output argmin(const TensorLike& input, const ArgOptions& options = {});
inline Output argmax(const TensorLike& input, int axis, const NameOptions& options = {}) {
  return argmax(input, ArgOptions{.axis = axis, .name = options.name});
}
inline Output argmin(const TensorLike& input, int axis, const NameOptions& options = {}) {
  return argmin(input, ArgOptions{.axis = axis, .name = options.name});
}

struct CountNonzeroOptions {
  DesignatedOnly designated_only = DesignatedOnly();
  TensorLike axis;
  bool keepdims = false;
  DType dtype = int64;
  std::string name;
};
Output count_nonzero(const TensorLike& input_tensor, const CountNonzeroOptions& options = {});

struct NormOptions {
  TensorLike ord = "euclidean";  // or 1, 2, infinity, another positive number
  TensorLike axis;
  bool keepdims = false;
  std::string name;
};
Output norm(const TensorLike& tensor, const NormOptions& options = {});

}  // namespace reflow
