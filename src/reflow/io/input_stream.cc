#include "reflow/io/input_stream.h"

#include <utility>

#include "reflow/io/file.h"
#include "reflow/io/zlib_stream.h"

namespace reflow::io {
namespace {

class FileInput : public InputStream {
 public:
  explicit FileInput(std::unique_ptr<ReadableFile> file) : file_(std::move(file)) {}
  StatusOr<size_t> read(size_t n, char* out) override {
    ASSIGN_OR_RETURN(const size_t got, file_->read(offset_, n, out));
    offset_ += got;
    return got;
  }
  Status rewind() override {
    offset_ = 0;
    return OkStatus();
  }

 private:
  std::unique_ptr<ReadableFile> file_;
  uint64_t offset_ = 0;
};

}  // namespace

StatusOr<Compression> compression_from_name(std::string_view name) {
  if (name.empty()) return Compression::kNone;
  if (name == "ZLIB") return Compression::kZlib;
  if (name == "GZIP") return Compression::kGzip;
  return invalid_argument("Unsupported compression_type: {}", name);
}

StatusOr<std::unique_ptr<InputStream>> open_input(std::string_view path, Compression compression) {
  ASSIGN_OR_RETURN(std::unique_ptr<ReadableFile> file, ReadableFile::open(path));
  std::unique_ptr<InputStream> stream = std::make_unique<FileInput>(std::move(file));
  if (compression == Compression::kNone) return stream;
  return std::unique_ptr<InputStream>(std::make_unique<ZlibInput>(std::move(stream), compression));
}

}  // namespace reflow::io
