#pragma once

// Diagonals of tensors and of matrices, which are the last two dimensions.

#include "reflow/client/tensor_like.h"

namespace reflow {

// A tensor with `diagonal` on its diagonal and 0 elsewhere; the shape twice behind itself.
Output diag(const TensorLike& diagonal, const NameOptions& options = {});
// The diagonal of a tensor whose shape is one shape twice.
Output diag_part(const TensorLike& input, const NameOptions& options = {});
// The matrices with only so many diagonals below and above the main one; negative: all.
Output matrix_band_part(const TensorLike& input, const TensorLike& num_lower, const TensorLike& num_upper,
                        const NameOptions& options = {});
// Matrices with `diagonal`, the last dimension, on their diagonal and 0 elsewhere.
Output matrix_diag(const TensorLike& diagonal, const NameOptions& options = {"diag"});
Output matrix_diag_part(const TensorLike& input, const NameOptions& options = {"diag_part"});
// `input` with another diagonal.
Output matrix_set_diag(const TensorLike& input, const TensorLike& diagonal, const NameOptions& options = {"set_diag"});

}  // namespace reflow
