#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/io/buffered_input.h"
#include "reflow/io/input_stream.h"

namespace reflow::io {

// Reads a TFRecord file (docs/formats/tfrecord.md) from begin to end, or on from any record. Not thread-safe. Offsets are
// of the decompressed bytes.
class RecordReader {
 public:
  static StatusOr<std::unique_ptr<RecordReader>> open(std::string_view path, Compression compression = Compression::kNone);
  explicit RecordReader(std::unique_ptr<InputStream> stream) : input_(std::move(stream)) {}

  // The next record, in `record` until the next call. OutOfRange, "eof": there is none (as in TensorFlow a header that is
  // cut off counts as none; see incomplete()). DataLoss: "corrupted record at {offset}", "truncated record at {offset}";
  // the place stays, so that the same call gives the same error unless the file has grown.
  Status next(std::string_view* record);
  // After DataLoss: goes to the next record behind that is sound, and says how many bytes were passed over.
  // OutOfRange: there is none.
  StatusOr<uint64_t> resynchronise();
  // Goes to the record at `offset`.
  Status seek(uint64_t offset) { return input_.seek(offset); }
  // Where the next record begins.
  uint64_t offset() const { return input_.position(); }
  // After "eof": true when the file ends within a header, or its compression in the middle.
  StatusOr<bool> incomplete();

 private:
  BufferedInput input_;
};

}  // namespace reflow::io
