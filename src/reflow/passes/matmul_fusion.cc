#include "reflow/passes/bias_fusion.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {

Status fuse_matmul(PassContext& context) {
  static const BiasFusion kFusion{"MatMul", "_FusedMatMul", 2, {"transpose_a", "transpose_b"}};
  return fuse_biases(context, kFusion);
}

}  // namespace reflow::passes
