#include "reflow/client/bitwise_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow::bitwise {

using client::apply_op;

Output bitwise_and(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("BitwiseAnd", options.name, {x, y});
}

Output bitwise_or(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("BitwiseOr", options.name, {x, y});
}

Output bitwise_xor(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("BitwiseXor", options.name, {x, y});
}

Output invert(const TensorLike& x, const NameOptions& options) { return apply_op("Invert", options.name, {x}); }
Output left_shift(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("LeftShift", options.name, {x, y});
}

Output right_shift(const TensorLike& x, const TensorLike& y, const NameOptions& options) {
  return apply_op("RightShift", options.name, {x, y});
}

}  // namespace reflow::bitwise
