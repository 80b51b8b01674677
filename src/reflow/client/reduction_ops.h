#pragma once

// Functions that fold dimensions. `axis` says which (an int or a list of ints, negative ones from the back); without it
// all are folded.

#include <initializer_list>
#include <vector>

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
template <TensorArgument A>
Output reduce_sum(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_sum(x, options);
}
inline Output reduce_sum(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_sum(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_mean(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_mean(x, options);
}
inline Output reduce_mean(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_mean(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_max(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_max(x, options);
}
inline Output reduce_max(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_max(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_min(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_min(x, options);
}
inline Output reduce_min(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_min(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_prod(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_prod(x, options);
}
inline Output reduce_prod(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_prod(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_all(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_all(x, options);
}
inline Output reduce_all(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_all(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_any(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_any(x, options);
}
inline Output reduce_any(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_any(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_logsumexp(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_logsumexp(x, options);
}
inline Output reduce_logsumexp(const TensorLike& x, std::initializer_list<int> axis,
                               const ReduceOptions& options = {}) {
  return reduce_logsumexp(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_variance(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_variance(x, options);
}
inline Output reduce_variance(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_variance(x, std::vector<int>(axis), options);
}
template <TensorArgument A>
Output reduce_std(const TensorLike& x, const A& axis, ReduceOptions options = {}) {
  options.axis = axis;
  return reduce_std(x, options);
}
inline Output reduce_std(const TensorLike& x, std::initializer_list<int> axis, const ReduceOptions& options = {}) {
  return reduce_std(x, std::vector<int>(axis), options);
}

struct ArgOptions {
  TensorLike axis;  // default 0
  std::string name;
  DType output_type = int64;
};
// The index of the largest or smallest value along `axis`.
Output argmax(const TensorLike& input, const ArgOptions& options = {});
Output argmin(const TensorLike& input, const ArgOptions& options = {});
template <TensorArgument A>
Output argmax(const TensorLike& input, const A& axis, ArgOptions options = {}) {
  options.axis = axis;
  return argmax(input, options);
}
template <TensorArgument A>
Output argmin(const TensorLike& input, const A& axis, ArgOptions options = {}) {
  options.axis = axis;
  return argmin(input, options);
}

struct CountNonzeroOptions {
  TensorLike axis;
  bool keepdims = false;
  DType dtype = int64;
  std::string name;
};
Output count_nonzero(const TensorLike& input_tensor, const CountNonzeroOptions& options = {});

struct NormOptions {
  TensorLike ord = "euclidean";  // or "fro", 1, 2, infinity; of vectors another positive number
  TensorLike axis;               // of vectors; two of matrices; none: all elements are one vector
  bool keepdims = false;
  std::string name;
};
// ValueError: an order that isn't supported, axes that aren't one or two. NotImplementedError: 2 of matrices.
Output norm(const TensorLike& tensor, const NormOptions& options = {});

}  // namespace reflow
