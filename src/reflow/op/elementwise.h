#pragma once

#include <optional>
#include <string_view>

#include "reflow/op/vector_math.h"

namespace reflow::op {

// How an element-wise op on floats is computed: `arity` operands (1 or 2), in the order of the op's inputs.
struct ElementwiseInfo {
  VecOp op;
  int arity;
};

// The vector function that computes op type `op_type` for T = float; nullopt: the op isn't element-wise, or has none.
// Ops of two operands broadcast as NumPy does, but gradients (TanhGrad, ReluGrad, ...) want equal shapes.
std::optional<ElementwiseInfo> elementwise_info(std::string_view op_type);

}  // namespace reflow::op
