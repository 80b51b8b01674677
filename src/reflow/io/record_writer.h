#pragma once

#include <memory>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/io/file.h"
#include "reflow/io/input_stream.h"
#include "reflow/io/zlib_stream.h"

namespace reflow::io {

struct RecordWriterOptions {
  Compression compression = Compression::kNone;
  // How it compresses where it does. The window's bits are those of zlib; gzip adds 16.
  ZlibOptions zlib;
};

// Writes a TFRecord file (docs/formats/tfrecord.md), byte for byte as TensorFlow does. Not thread-safe. After an error of
// the file every later call gives that error again.
class RecordWriter {
 public:
  static StatusOr<std::unique_ptr<RecordWriter>> open(std::string_view path, const RecordWriterOptions& options = {},
                                                      WritableFile::Mode mode = WritableFile::Mode::kTruncate);
  // Closes; whoever wants to know of errors calls close().
  ~RecordWriter();
  // FailedPrecondition: "Writer not initialized or previously closed".
  Status write(std::string_view record);
  // Hands what was written to the operating system; of a compressed file only what zlib has given out.
  Status flush();
  Status close();
  // Bytes in the file, those that wait to be written included.
  uint64_t size_bytes() const { return file_ ? file_->size_bytes() : 0; }

 private:
  RecordWriter() = default;
  Status append(std::string_view data) { return zlib_ ? zlib_->append(data) : file_->append(data); }
  std::unique_ptr<WritableFile> file_;
  std::unique_ptr<ZlibOutput> zlib_;
};

}  // namespace reflow::io
