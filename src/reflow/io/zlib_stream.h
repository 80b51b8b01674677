#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/io/file.h"
#include "reflow/io/input_stream.h"

struct z_stream_s;

namespace reflow::io {

// How zlib compresses; the defaults are TensorFlow's. The numbers are zlib's own (its manual explains them).
struct ZlibOptions {
  int flush_mode = 0;                // Z_NO_FLUSH: flush() only writes what has been compressed so far
  int window_bits = 15;              // 16 more than that makes gzip's header
  int compression_level = -1;        // 0 (none) to 9 (best), -1: zlib's choice
  int compression_method = 8;        // Z_DEFLATED, the only one
  int memory_level = 9;              // 1 to 9
  int compression_strategy = 0;      // Z_DEFAULT_STRATEGY
  size_t buffer_bytes = 256 << 10;   // compressed at once
};

// Decompresses `source`; see open_input. Not thread-safe.
class ZlibInput : public InputStream {
 public:
  // REQUIRES: compression is kZlib or kGzip.
  ZlibInput(std::unique_ptr<InputStream> source, Compression compression);
  ~ZlibInput() override;
  StatusOr<size_t> read(size_t n, char* out) override;
  Status rewind() override;
  bool truncated() const override { return source_ended_ && !ended_; }

 private:
  std::unique_ptr<InputStream> source_;
  std::unique_ptr<z_stream_s> stream_;
  std::unique_ptr<char[]> in_;
  bool ended_ = false, source_ended_ = false;
  Status error_;
};

// Compresses what is appended, into `file`, which it does not own. Not thread-safe. After an error every later call gives
// that error again.
class ZlibOutput {
 public:
  // InvalidArgument: zlib doesn't take the options.
  static StatusOr<std::unique_ptr<ZlibOutput>> create(WritableFile* file, const ZlibOptions& options);
  ~ZlibOutput();
  Status append(std::string_view data);
  // Compresses what there is, in the options' flush_mode, and flushes the file.
  Status flush();
  // Ends the stream. The file stays open.
  Status finish();

 private:
  ZlibOutput(WritableFile* file, const ZlibOptions& options);
  Status deflate_buffer(int flush_mode);
  WritableFile* file_;
  ZlibOptions options_;
  std::unique_ptr<z_stream_s> stream_;
  std::string buffer_;
  std::unique_ptr<char[]> out_;
  Status error_;
};

}  // namespace reflow::io
