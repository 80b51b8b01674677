#pragma once

// Means by segment, products with vectors, polynomials.

#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

// Sums of unsorted_segment_sum divided by the number of rows in each segment, or by its square root.
Output unsorted_segment_mean(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                             const NameOptions& options = {});
Output unsorted_segment_sqrt_n(const TensorLike& data, const TensorLike& segment_ids, const TensorLike& num_segments,
                               const NameOptions& options = {});

struct MatvecOptions {
  bool transpose_a = false, adjoint_a = false;
  std::string name;
};
// The product of a matrix [.., m, k] and a vector [.., k].
Output matvec(const TensorLike& a, const TensorLike& b, const MatvecOptions& options = {});

// coeffs[0] * x^n + ... + coeffs[n], by Horner's rule.
Output polyval(const TensorList& coeffs, const TensorLike& x, const NameOptions& options = {});

}  // namespace reflow
