#pragma once

// Copies of a tensor of which some elements are others, and coordinates of elements.

#include "reflow/client/tensor_like.h"

namespace reflow {

// A copy of `tensor` with `updates` at `indices`, or added or subtracted there. indices: int32 or int64, [.., depth],
// the first `depth` coordinates of an element or slice; updates: [.., shape of the slice]. Where an index comes twice
// updates are added up, and which of them tensor_scatter_update leaves is open. InvalidArgumentError in the run: an
// index outside.
Output tensor_scatter_update(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                             const NameOptions& options = {});
Output tensor_scatter_add(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                          const NameOptions& options = {});
Output tensor_scatter_sub(const TensorLike& tensor, const TensorLike& indices, const TensorLike& updates,
                          const NameOptions& options = {});
// The coordinates in an array of shape `dims`, [rank], of flat `indices`: [rank, count], of a scalar [rank].
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
