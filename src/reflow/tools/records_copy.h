#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::tools {

struct RecordsReport {
  std::string text;
  bool sound = true;
};

struct CheckRecordsOptions {
  std::string compression = "auto";
  bool json = false;  // an object for each file
};

// `reflow records check FILE...`: reads every record; says where damage is, and how much is sound.
StatusOr<RecordsReport> check_records(const std::vector<std::string>& paths, const CheckRecordsOptions& options);

struct CopyRecordsOptions {
  std::string compression = "auto";     // of what is read
  std::string to_compression = "none";  // of what is written
  bool skip_damaged = false;            // go on behind damage
};

// `reflow records copy FROM... TO`: the records of all files in one. DataLoss, with the offset: damage; what was copied
// before stays.
StatusOr<std::string> copy_records(const std::vector<std::string>& from, const std::string& to,
                                   const CopyRecordsOptions& options);

// `reflow records split FILE PREFIX --shards N`: the records of a file one after the other to N files,
// PREFIX-00000-of-0000N and so on.
StatusOr<std::string> split_records(const std::string& path, const std::string& prefix, int num_shards,
                                    const CopyRecordsOptions& options);

}  // namespace reflow::tools
