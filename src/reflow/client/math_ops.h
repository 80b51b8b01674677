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

struct BincountOptions {
  TensorLike weights, minlength, maxlength;
  DType dtype = int32;
  std::string name = "bincount";
};
// How often each number from 0 occurs in `arr`, int32; or the sum of its weights there.
Output bincount(const TensorLike& arr, const BincountOptions& options = {});

}  // namespace reflow
