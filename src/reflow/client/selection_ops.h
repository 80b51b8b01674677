#pragma once

// Choosing elements: by index, by condition, by rank.

#include "reflow/client/tensor_like.h"

namespace reflow {

struct GatherOptions {
  std::string name;
  TensorLike axis = 0;
};
// Rows `indices` of `params`, along `axis`.
Output gather(const TensorLike& params, const TensorLike& indices, const GatherOptions& options = {});
Output gather_nd(const TensorLike& params, const TensorLike& indices, const NameOptions& options = {});
Output scatter_nd(const TensorLike& indices, const TensorLike& updates, const TensorLike& shape,
                  const NameOptions& options = {});

// x where `condition` is true, else y.
Output where(const TensorLike& condition, const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
// The indices of true elements: [number, rank].
Output where(const TensorLike& condition, const NameOptions& options = {});

struct BooleanMaskOptions {
  std::string name = "boolean_mask";
  int axis = 0;
};
// The elements of `tensor` where `mask` is true. ValueError: "Number of mask dimensions must be specified, ...".
Output boolean_mask(const TensorLike& tensor, const TensorLike& mask, const BooleanMaskOptions& options = {});

struct OneHotOptions {
  TensorLike on_value, off_value;  // 1 and 0
  int axis = -1;
  DType dtype = DType::kInvalid;   // default: that of on_value, else float32
  std::string name;
};
Output one_hot(const TensorLike& indices, const TensorLike& depth, const OneHotOptions& options = {});

struct SequenceMaskOptions {
  TensorLike maxlen;
  DType dtype = bool_;
  std::string name;
};
// Row i has lengths[i] true elements in front.
Output sequence_mask(const TensorLike& lengths, const SequenceMaskOptions& options = {});

struct UniqueResult {
  Output y, idx;
};
Output dynamic_stitch(const TensorList& indices, const TensorList& data, const NameOptions& options = {});
std::vector<Output> dynamic_partition(const TensorLike& data, const TensorLike& partitions, int num_partitions,
                                      const NameOptions& options = {});
UniqueResult unique(const TensorLike& x, DType out_idx = int32, const NameOptions& options = {});
struct UniqueWithCountsResult {
  Output y, idx, count;
};
UniqueWithCountsResult unique_with_counts(const TensorLike& x, DType out_idx = int32, const NameOptions& options = {});
// The elements of `x` that `y` doesn't have, and their places in `x`.
struct ListDiffResult {
  Output out, idx;
};
ListDiffResult setdiff1d(const TensorLike& x, const TensorLike& y, DType index_dtype = int32,
                         const NameOptions& options = {});
struct ReverseSequenceOptions {
  int seq_axis = 0, batch_axis = 0;
  std::string name;
};
// The first seq_lengths[i] elements of batch i in the other order.
Output reverse_sequence(const TensorLike& input, const TensorLike& seq_lengths,
                        const ReverseSequenceOptions& options = {});

}  // namespace reflow
