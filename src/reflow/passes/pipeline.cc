#include "reflow/passes/pass.h"

namespace reflow::passes {

const std::vector<Pass>& pipeline() {
  static const std::vector<Pass> kPasses;
  return kPasses;
}

Status run_pipeline(PassContext& context, const std::set<std::string>& disabled) {
  if (disabled.contains("all")) return OkStatus();
  for (const Pass& pass : pipeline()) {
    if (!disabled.contains(std::string(pass.name))) RETURN_IF_ERROR(pass.run(context));
  }
  return OkStatus();
}

}  // namespace reflow::passes
