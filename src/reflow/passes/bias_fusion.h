#pragma once

#include <string_view>
#include <vector>

#include "reflow/graph/node.h"
#include "reflow/passes/pass.h"

namespace reflow::passes {

// What passes that join an op to the bias that is added to its result, and to Relu after that, differ in.
struct BiasFusion {
  std::string_view op, fused_op;        // the latter has the bias as a third input, and an attribute "relu"
  int rank;                             // of the result; the bias is added along the last dimension
  std::vector<std::string_view> attrs;  // that the fused op takes over
  bool (*accepts)(const graph::Node& node) = nullptr;
};

// Rewrites `op` (float) + bias, and relu(op + bias), where nothing else reads what lies between, to `fused_op`.
Status fuse_biases(PassContext& context, const BiasFusion& fusion);

}  // namespace reflow::passes
