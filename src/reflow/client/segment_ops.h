#pragma once

// Rows folded by segment: row i belongs to the segment segment_ids[i].

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow {

// Rows of one segment folded into one; they are next to each other: segment_ids, a vector, doesn't fall.
Output segment_max(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output segment_mean(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output segment_min(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output segment_prod(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
// The same with rows in any order and the number of segments; where it has no row a segment is the smallest, the
// largest number of the type, or 1. Rows with negative ids are left out.
Output unsorted_segment_max(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                            const NameOptions& options = {});
Output unsorted_segment_min(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                            const NameOptions& options = {});
Output unsorted_segment_prod(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                             const NameOptions& options = {});

struct SparseSegmentOptions {
  std::string name;
  TensorLike num_segments;  // default: up to the last id
};
// Rows `indices` of `data`, folded by segment: their sum, mean, or sum divided by the square root of their number.
Output sparse_segment_sum(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                          const SparseSegmentOptions& options = {});
Output sparse_segment_mean(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                           const SparseSegmentOptions& options = {});
Output sparse_segment_sqrt_n(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                             const SparseSegmentOptions& options = {});

}  // namespace reflow
