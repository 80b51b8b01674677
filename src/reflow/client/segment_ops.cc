#include "reflow/client/segment_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;

Output segment_max(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options) {
  return apply_op("SegmentMax", options.name, {data, segment_ids});
}

Output segment_mean(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options) {
  return apply_op("SegmentMean", options.name, {data, segment_ids});
}

Output segment_min(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options) {
  return apply_op("SegmentMin", options.name, {data, segment_ids});
}

Output segment_prod(const TensorLike& data, const TensorLike& segment_ids, const NameOptions& options) {
  return apply_op("SegmentProd", options.name, {data, segment_ids});
}

Output unsorted_segment_max(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                            const NameOptions& options) {
  return apply_op("UnsortedSegmentMax", options.name, {data, segment_ids, num_segments});
}

Output unsorted_segment_min(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                            const NameOptions& options) {
  return apply_op("UnsortedSegmentMin", options.name, {data, segment_ids, num_segments});
}

Output unsorted_segment_prod(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                             const NameOptions& options) {
  return apply_op("UnsortedSegmentProd", options.name, {data, segment_ids, num_segments});
}

namespace {

// The op `type`, or its sister that is told the number of segments.
Output sparse_segment(const std::string& type, const TensorLike& data, const TensorLike& indices,
                      const TensorLike& segment_ids, const SparseSegmentOptions& options) {
  if (options.num_segments.is_none()) return apply_op(type, options.name, {data, indices, segment_ids});
  return apply_op(type + "WithNumSegments", options.name, {data, indices, segment_ids, options.num_segments});
}

}  // namespace

Output sparse_segment_sum(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                          const SparseSegmentOptions& options) {
  return sparse_segment("SparseSegmentSum", data, indices, segment_ids, options);
}

Output sparse_segment_mean(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                           const SparseSegmentOptions& options) {
  return sparse_segment("SparseSegmentMean", data, indices, segment_ids, options);
}

Output sparse_segment_sqrt_n(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                             const SparseSegmentOptions& options) {
  return sparse_segment("SparseSegmentSqrtN", data, indices, segment_ids, options);
}

}  // namespace reflow
