#pragma once

#include "reflow/client/tensor_like.h"

namespace reflow {

struct MatmulOptions {
  bool transpose_a = false, transpose_b = false, adjoint_a = false, adjoint_b = false;
  std::string name;
};
// The product of matrices, [m, k] by [k, n]; of higher rank: of the matrices in the last two dimensions.
Output matmul(const TensorLike& a, const TensorLike& b, const MatmulOptions& options = {});

// The sum of tensors of one shape and type.
Output add_n(const TensorList& inputs, const NameOptions& options = {});
Output accumulate_n(const TensorList& inputs, const NameOptions& options = {});

struct RangeOptions {
  DType dtype = DType::kInvalid;
  std::string name = "range";
};
// start, start + delta, ... below limit.
Output range(const TensorLike& start, const TensorLike& limit, const TensorLike& delta,
             const RangeOptions& options = {});
Output range(const TensorLike& start, const TensorLike& limit, const RangeOptions& options = {});
Output range(const TensorLike& limit, const RangeOptions& options = {});
Output linspace(const TensorLike& start, const TensorLike& stop, const TensorLike& num,
                const NameOptions& options = {});

struct CumulateOptions {
  TensorLike axis = 0;
  bool exclusive = false, reverse = false;
  std::string name;
};
Output cumsum(const TensorLike& x, const CumulateOptions& options = {});
Output cumprod(const TensorLike& x, const CumulateOptions& options = {});

// Sums rows by segment: rows of one segment are next to each other; or anywhere, with the number of segments.
Output segment_sum(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output unsorted_segment_sum(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                            const NameOptions& options = {});
// The sum of the diagonals of the last two dimensions.
Output trace(const TensorLike& x, const NameOptions& options = {});

// Values outside [min, max] become the nearest of these.
Output clip_by_value(const TensorLike& t, const TensorLike& clip_value_min, const TensorLike& clip_value_max,
                     const NameOptions& options = {});
// `t` scaled down to an L2 norm of clip_norm where it is larger; over `axes`, or all.
struct ClipByNormOptions {
  TensorLike axes;
  std::string name;
};
Output clip_by_norm(const TensorLike& t, const TensorLike& clip_norm, const ClipByNormOptions& options = {});
// The L2 norm of all tensors together; those that aren't valid() are left out.
Output global_norm(const std::vector<Output>& t_list, const NameOptions& options = {});
// The same with the norm divided by the number of elements.
Output clip_by_average_norm(const TensorLike& t, const TensorLike& clip_norm, const NameOptions& options = {});
struct ClipByGlobalNormOptions {
  Output use_norm;  // default: global_norm(t_list)
  std::string name;
};
struct ClippedByGlobalNorm {
  std::vector<Output> list_clipped;
  Output global_norm;
};
ClippedByGlobalNorm clip_by_global_norm(const std::vector<Output>& t_list, const TensorLike& clip_norm,
                                        const ClipByGlobalNormOptions& options = {});

}  // namespace reflow
