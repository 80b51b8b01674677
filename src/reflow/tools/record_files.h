#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/io/record_reader.h"

namespace reflow::tools {

// What a TFRecord file is compressed with, as its first bytes tell it.
StatusOr<io::Compression> detect_compression(const std::string& path);
// The compression named "auto", "none", "zlib" or "gzip"; "auto" asks detect_compression.
StatusOr<io::Compression> compression_of_file(const std::string& name, const std::string& path);
// A reader of the file, whatever compresses it.
StatusOr<std::unique_ptr<io::RecordReader>> open_records(const std::string& path, const std::string& compression);

// Says on a terminal how far a long job is: "12,345 records, 17 MB".
class RecordProgress {
 public:
  RecordProgress();
  void update(int64_t num_records, uint64_t num_bytes);
  ~RecordProgress();  // takes the line away

 private:
  bool shown_, printed_ = false;
  int64_t next_ = 0;
};

}  // namespace reflow::tools
