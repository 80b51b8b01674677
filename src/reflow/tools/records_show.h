#pragma once

#include <cstdint>
#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

struct ShowRecordsOptions {
  std::string compression = "auto";  // auto none zlib gzip
  int64_t first = 0, count = 10;     // count -1: all
  bool values = false;               // the values of Examples, not only how many there are
  bool json = false;                 // an object a line
};

// `reflow records show FILE`: place and size of each record, and the features of those that are Examples.
// NotFound: no file; DataLoss, with the offset: the file is damaged.
StatusOr<std::string> show_records(const std::string& path, const ShowRecordsOptions& options);

}  // namespace reflow::tools
