#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::tools {

struct ConvertCheckpointOptions {
  int version = 2;
  std::vector<std::string> renames;  // "OLD=NEW", of a tensor or of a scope that ends with "/"
  std::vector<std::string> only, without;
};

// `reflow checkpoint convert`: reads tensor by tensor and writes them whole, in one shard. Where it takes a while,
// `progress` is told. Returns what was written. InvalidArgument: a rename that isn't one, two tensors of the same name.
StatusOr<std::string> convert_checkpoint(const std::string& from, const std::string& to, const ConvertCheckpointOptions& options,
                                         std::ostream& progress);

}  // namespace reflow::tools
