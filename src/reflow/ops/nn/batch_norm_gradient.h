#pragma once

#include <string_view>

#include "reflow/op/gradient.h"

namespace reflow::ops {

// The gradient of FusedBatchNorm and its later versions, by the op `type`.
void batch_norm_gradient(op::GradContext& g, std::string_view type);
// The gradient of that op: second derivatives, to dL/dy, x and scale.
void batch_norm_second_gradient(op::GradContext& g);

}  // namespace reflow::ops
