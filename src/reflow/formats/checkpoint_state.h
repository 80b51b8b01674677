#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::formats {

// The file `checkpoint` of a folder: which checkpoints there are (docs/formats/checkpoint.md).
struct CheckpointState {
  std::string model_checkpoint_path;                    // the newest
  std::vector<std::string> all_model_checkpoint_paths;  // the oldest first
  std::vector<double> all_model_checkpoint_timestamps;  // seconds since 1970, of each; or none
  double last_preserved_timestamp = 0;

  // A CheckpointState in protocol buffers' text format, written as Python writes it.
  std::string text() const;
  // InvalidArgument: not that, with the line and column.
  static StatusOr<CheckpointState> parse(std::string_view text);
};

}  // namespace reflow::formats
