#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reflow/base/status.h"
#include "reflow/formats/checkpoint_reader.h"

namespace reflow::tools {

// The checkpoint of a prefix, or the newest of a folder. NotFound and DataLoss say which file, and where in it.
StatusOr<std::unique_ptr<formats::CheckpointReader>> open_checkpoint(const std::string& prefix_or_folder);

struct ListCheckpointOptions {
  bool verify = false, json = false;
};
// `reflow checkpoint list`. With `verify` the first tensor that can't be read is the error.
StatusOr<std::string> list_checkpoint(const std::string& prefix, const ListCheckpointOptions& options);

struct ShowTensorOptions {
  int64_t ends = 3;
  bool json = false;
};
// `reflow checkpoint show`. NotFound: names like it are in the message.
StatusOr<std::string> show_tensor(const std::string& prefix, const std::string& name, const ShowTensorOptions& options);

}  // namespace reflow::tools
