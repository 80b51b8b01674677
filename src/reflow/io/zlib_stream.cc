#include "reflow/io/zlib_stream.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

namespace reflow::io {
namespace {

constexpr size_t kChunk = 256 << 10;

}  // namespace

ZlibInput::ZlibInput(std::unique_ptr<InputStream> source, Compression compression)
    : source_(std::move(source)), stream_(std::make_unique<z_stream>()), in_(new char[kChunk]) {
  const int window_bits = compression == Compression::kGzip ? MAX_WBITS + 16 : MAX_WBITS;
  if (inflateInit2(stream_.get(), window_bits) != Z_OK) error_ = resource_exhausted("inflateInit failed");
}

ZlibInput::~ZlibInput() { inflateEnd(stream_.get()); }

StatusOr<size_t> ZlibInput::read(size_t n, char* out) {
  size_t done = 0;
  while (done < n && !ended_ && error_.ok()) {
    if (stream_->avail_in == 0) {
      if (source_ended_) break;
      ASSIGN_OR_RETURN(const size_t got, source_->read(kChunk, in_.get()));
      if (got < kChunk) source_ended_ = true;
      stream_->next_in = reinterpret_cast<Bytef*>(in_.get());
      stream_->avail_in = static_cast<uInt>(got);
      if (got == 0) break;
    }
    const size_t room = std::min<size_t>(n - done, 1u << 30);
    stream_->next_out = reinterpret_cast<Bytef*>(out + done);
    stream_->avail_out = static_cast<uInt>(room);
    const int code = inflate(stream_.get(), Z_NO_FLUSH);
    done += room - stream_->avail_out;
    if (code == Z_STREAM_END) {
      ended_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      error_ = data_loss("inflate() failed with error {}: {}", code, stream_->msg ? stream_->msg : "no message");
    }
  }
  // What was decompressed before a mistake is given first.
  if (done == 0) RETURN_IF_ERROR(error_);
  return done;
}

Status ZlibInput::rewind() {
  RETURN_IF_ERROR(source_->rewind());
  inflateReset(stream_.get());
  stream_->avail_in = 0;
  ended_ = source_ended_ = false;
  error_ = OkStatus();
  return OkStatus();
}

ZlibOutput::ZlibOutput(WritableFile* file, const ZlibOptions& options)
    : file_(file), options_(options), stream_(std::make_unique<z_stream>()), out_(new char[kChunk]) {}

StatusOr<std::unique_ptr<ZlibOutput>> ZlibOutput::create(WritableFile* file, const ZlibOptions& options) {
  std::unique_ptr<ZlibOutput> output(new ZlibOutput(file, options));
  const int code = deflateInit2(output->stream_.get(), options.compression_level, options.compression_method,
                                options.window_bits, options.memory_level, options.compression_strategy);
  if (code != Z_OK) {
    return invalid_argument(
        "deflateInit failed with status {} for window_bits {}, compression_level {}, compression_method {}, mem_level {}, "
        "compression_strategy {}",
        code, options.window_bits, options.compression_level, options.compression_method, options.memory_level,
        options.compression_strategy);
  }
  return output;
}

ZlibOutput::~ZlibOutput() { deflateEnd(stream_.get()); }

Status ZlibOutput::append(std::string_view data) {
  RETURN_IF_ERROR(error_);
  buffer_.append(data);
  return buffer_.size() < options_.buffer_bytes ? OkStatus() : deflate_buffer(Z_NO_FLUSH);
}

Status ZlibOutput::deflate_buffer(int flush_mode) {
  RETURN_IF_ERROR(error_);
  std::string_view left = buffer_;
  do {
    const std::string_view part = left.substr(0, 1u << 30);
    left.remove_prefix(part.size());
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    stream_->avail_in = static_cast<uInt>(part.size());
    const int mode = left.empty() ? flush_mode : Z_NO_FLUSH;
    do {
      stream_->next_out = reinterpret_cast<Bytef*>(out_.get());
      stream_->avail_out = kChunk;
      const int code = deflate(stream_.get(), mode);
      if (code == Z_STREAM_ERROR) return error_ = data_loss("deflate() failed with error {}", code);
      error_ = file_->append({out_.get(), kChunk - stream_->avail_out});
      RETURN_IF_ERROR(error_);
    } while (stream_->avail_out == 0);
  } while (!left.empty());
  buffer_.clear();
  return OkStatus();
}

Status ZlibOutput::flush() {
  RETURN_IF_ERROR(deflate_buffer(options_.flush_mode));
  return error_ = file_->flush();
}

Status ZlibOutput::finish() { return deflate_buffer(Z_FINISH); }

}  // namespace reflow::io
