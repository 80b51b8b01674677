#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/io/input_stream.h"

namespace reflow::io {

// Looks at a stream in pieces of any size without copying them. Not thread-safe.
class BufferedInput {
 public:
  explicit BufferedInput(std::unique_ptr<InputStream> stream) : stream_(std::move(stream)) {}
  // At least n bytes from the place that has been reached, or what is left of the stream. Valid until the next call that
  // isn't const. Memory grows with what is read, not with n: a hostile length costs nothing.
  StatusOr<std::string_view> peek(size_t n);
  // Goes on by n bytes. REQUIRES: peek() has shown them.
  void skip(size_t n) { begin_ += n; }
  // Goes to `offset` from the start of the stream, or to its end where that comes before.
  Status seek(uint64_t offset);
  // The next line, with or without its "\n"; false at the end of the stream.
  StatusOr<bool> read_line(std::string* line, bool keep_newline = false);
  // The place that has been reached, from the start of the (decompressed) stream.
  uint64_t position() const { return stream_position_ - (end_ - begin_); }
  const InputStream& stream() const { return *stream_; }

 private:
  // Reads on where less than n bytes are there; 0: the stream has ended (a file may grow later).
  StatusOr<size_t> read_more(size_t n);
  std::unique_ptr<InputStream> stream_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0, begin_ = 0, end_ = 0;
  uint64_t stream_position_ = 0;  // of end_
};

}  // namespace reflow::io
