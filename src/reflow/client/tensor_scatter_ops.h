#pragma once

// Copies of a tensor of which some elements are others, and coordinates of elements.

#include "reflow/client/tensor_like.h"

namespace reflow {

// A copy of `tensor` with `updates` at `indices`, [.., depth], or added or subtracted there.
Output tensor_scatter_update(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                             const NameOptions& options = {});
Output tensor_scatter_add(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                          const NameOptions& options = {});
Output tensor_scatter_sub(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                          const NameOptions& options = {});
// The coordinates in an array of shape `dims` of flat `indices`: [rank, count].
Output unravel_index(const TensorLike& indices, const TensorLike& dims, const NameOptions& options = {});
// The same by other names.
inline Output tensor_scatter_nd_update(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                                       const NameOptions& options = {}) {
  return tensor_scatter_update(tensor, indices, updates, options);
}
inline Output tensor_scatter_nd_add(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                                    const NameOptions& options = {}) {
  return tensor_scatter_add(tensor, indices, updates, options);
}
inline Output tensor_scatter_nd_sub(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                                    const NameOptions& options = {}) {
  return tensor_scatter_sub(tensor, indices, updates, options);
}

}  // namespace reflow
