#pragma once

#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

struct DiffCheckpointOptions {
  double tolerance = 0;
  bool json = false;
};
struct CheckpointDiff {
  bool same = true;
  std::string text;
};

// `reflow checkpoint diff`: what two checkpoints have that the other hasn't, and values that differ by more than the
// tolerance. NaN equals NaN.
StatusOr<CheckpointDiff> diff_checkpoints(const std::string& a, const std::string& b, const DiffCheckpointOptions& options);

}  // namespace reflow::tools
