#pragma once

// Sums of products over axes of tensors.

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

// The sum of products of `a` and `b` over pairs of their axes: `axes` is a number (so many last axes of `a` and first
// ones of `b`), or {axes of a, axes of b}, or a tensor [2, number].
// ValueError: "'axes' must be an integer or have length 2.", ...
Output tensordot(const TensorLike& a, const TensorLike& b, const TensorLike& axes, const NameOptions& options = {});

// The sum that `equation` names, in the notation of Einstein: "ij,jk->ik", "...ab,bc" (axes that occur once, in the
// order of the alphabet). An axis occurs once in an input.
// ValueError: "Indices have incorrect format: x", "Got 1 arguments for equation \"a,b\", expecting 2", ...
Output einsum(const std::string& equation, const TensorList& inputs, const NameOptions& options = {});

}  // namespace reflow
