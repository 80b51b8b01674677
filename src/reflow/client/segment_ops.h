#pragma once

// Rows folded by segment: row i belongs to the segment segment_ids[i].

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow {

// Rows of one segment folded into one: [segments, shape of a row], up to the last id. Rows of a segment are next to
// each other: segment_ids, int32 or int64, [rows], doesn't fall. Segments without rows are 0, of segment_prod 1.
// InvalidArgumentError in the run: "segment ids are not increasing", "segment ids must be >= 0".
Output segment_max(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output segment_mean(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output segment_min(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
Output segment_prod(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options = {});
// The same with rows in any order and the number of segments, a scalar; where it has no row a segment is the smallest,
// the largest number of the type, or 1. The shape of segment_ids is the beginning of that of `data`. Rows with negative
// ids are left out. InvalidArgumentError in the run: "segment_ids[1] = 7 is out of range [0, 3)".
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
// Rows `indices` of `data`, folded by segment as segment_max does: their sum, mean, or sum divided by the square root
// of their number. segment_ids and indices have one length.
Output sparse_segment_sum(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                          const SparseSegmentOptions& options = {});
Output sparse_segment_mean(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                           const SparseSegmentOptions& options = {});
Output sparse_segment_sqrt_n(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                             const SparseSegmentOptions& options = {});

}  // namespace reflow
