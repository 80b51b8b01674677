#pragma once

// Clipping: of values, and of gradients by their norms. Rows of a tensor (IndexedSlices) stay rows.

#include <string>
#include <vector>

#include "reflow/client/gradients.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// Values outside [min, max] become the nearest of these. ValueError: the bounds make the result larger than `t`.
Output clip_by_value(const TensorLike& t, const TensorLike& clip_value_min, const TensorLike& clip_value_max,
                     const NameOptions& options = {});
IndexedSlices clip_by_value(const IndexedSlices& t, const TensorLike& clip_value_min, const TensorLike& clip_value_max,
                            const NameOptions& options = {});
// `t` scaled down to an L2 norm of clip_norm where it is larger; over `axes`, or all.
struct ClipByNormOptions {
  TensorLike axes;
  std::string name;
};
Output clip_by_norm(const TensorLike& t, const TensorLike& clip_norm, const ClipByNormOptions& options = {});
IndexedSlices clip_by_norm(const IndexedSlices& t, const TensorLike& clip_norm, const ClipByNormOptions& options = {});
// The same with the norm divided by the number of elements.
Output clip_by_average_norm(const TensorLike& t, const TensorLike& clip_norm, const NameOptions& options = {});
// The L2 norm of all tensors together; those that aren't valid() are left out.
Output global_norm(const std::vector<Gradient>& t_list, const NameOptions& options = {});
Output global_norm(const std::vector<Output>& t_list, const NameOptions& options = {});
struct ClipByGlobalNormOptions {
  Output use_norm;  // default: global_norm(t_list)
  std::string name;
};
struct ClippedByGlobalNorm {
  std::vector<Output> list_clipped;
  Output global_norm;
};
struct GradientsClippedByGlobalNorm {
  std::vector<Gradient> list_clipped;
  Output global_norm;
};
// All of them scaled down so that their norm together is at most clip_norm; NaN where it isn't finite.
ClippedByGlobalNorm clip_by_global_norm(const std::vector<Output>& t_list, const TensorLike& clip_norm,
                                        const ClipByGlobalNormOptions& options = {});
GradientsClippedByGlobalNorm clip_by_global_norm(const std::vector<Gradient>& t_list, const TensorLike& clip_norm,
                                                 const ClipByGlobalNormOptions& options = {});

}  // namespace reflow
