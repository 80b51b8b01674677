#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::io {

// How a stream is compressed. zlib and gzip are one method with two headers.
enum class Compression { kNone, kZlib, kGzip };
// The one named "", "ZLIB" or "GZIP". InvalidArgument: "Unsupported compression_type: {}".
StatusOr<Compression> compression_from_name(std::string_view name);

// Bytes that are read from begin to end. Not thread-safe.
class InputStream {
 public:
  virtual ~InputStream() = default;
  // Reads up to n bytes into `out`; fewer only where the stream ends, 0 from then on.
  virtual StatusOr<size_t> read(size_t n, char* out) = 0;
  // Begins again.
  virtual Status rewind() = 0;
  // True when the end that was reached is none: a compressed stream stops in its middle.
  virtual bool truncated() const { return false; }
};

// The content of a file, decompressed. Errors of reading: those of ReadableFile, and DataLoss, "inflate() failed with
// error -3: invalid block type", for what isn't compressed so. As in TensorFlow, what follows the end of a compressed
// stream isn't read, and one that stops in its middle ends there.
StatusOr<std::unique_ptr<InputStream>> open_input(std::string_view path, Compression compression = Compression::kNone);

}  // namespace reflow::io
