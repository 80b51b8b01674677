#pragma once

#include "reflow/client/tensor_like.h"

namespace reflow::bitwise {

// Bit by bit, of integers of one type; shapes are broadcast.
Output bitwise_and(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output bitwise_or(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output bitwise_xor(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
// Every bit flipped.
Output invert(const TensorLike& x, const NameOptions& options = {});
// `x` shifted by `y` bits. A shift by fewer than 0, or by all bits of the type or more, is defined by no one.
Output left_shift(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});
Output right_shift(const TensorLike& x, const TensorLike& y, const NameOptions& options = {});

}  // namespace reflow::bitwise
