#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reflow::io {

// A record of a TFRecord file (docs/formats/tfrecord.md): its length in 8 bytes, their masked CRC-32C, the bytes, and the
// masked CRC-32C of them; all numbers little-endian.
constexpr size_t kRecordHeaderBytes = 12, kRecordFooterBytes = 4;

struct RecordFrame {
  explicit RecordFrame(std::string_view record);
  char header[kRecordHeaderBytes], footer[kRecordFooterBytes];
};

// Appends `record` as it stands in a file.
void append_record(std::string_view record, std::string* out);

}  // namespace reflow::io
