#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <vector>

#include "reflow/tensor/shape.h"

namespace reflow::op {

// How two operands are laid against each other (NumPy's rules), with neighbouring dimensions that behave alike merged,
// so that the common cases have one or two dimensions. REQUIRES: both fully defined and compatible.
struct Broadcast {
  Broadcast(const Shape& a, const Shape& b);
  // Merged dimensions, outermost first, and the strides (in elements; 0: broadcast) of both operands.
  absl::InlinedVector<int64_t, 6> dims, a_strides, b_strides;
  int64_t num_elements = 1;
  bool same_shape = false;  // no broadcasting at all
  bool a_scalar = false, b_scalar = false;
  // The dimensions of the result along which a (b) was repeated, as BroadcastGradientArgs gives them.
  static void reduction_indices(const Shape& a, const Shape& b, std::vector<int64_t>* a_axes, std::vector<int64_t>* b_axes);
};

}  // namespace reflow::op
