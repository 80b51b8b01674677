#include "reflow/tools/record_files.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "reflow/io/crc32c.h"
#include "reflow/io/file.h"
#include "reflow/io/record_format.h"

namespace reflow::tools {

StatusOr<io::Compression> detect_compression(const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<io::ReadableFile> file, io::ReadableFile::open(path));
  char head[io::kRecordHeaderBytes];
  ASSIGN_OR_RETURN(const size_t n, file->read(0, sizeof head, head));
  uint32_t crc;
  std::memcpy(&crc, head + 8, sizeof crc);
  if (n == sizeof head && io::unmask_crc(crc) == io::crc32c({head, 8})) return io::Compression::kNone;
  const auto byte = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(head[i])); };
  if (n >= 2 && byte(0) == 0x1f && byte(1) == 0x8b) return io::Compression::kGzip;
  if (n >= 2 && (byte(0) & 0x0f) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0) return io::Compression::kZlib;
  return io::Compression::kNone;
}

StatusOr<io::Compression> compression_of_file(const std::string& name, const std::string& path) {
  if (name == "auto") return detect_compression(path);
  return name == "gzip" ? io::Compression::kGzip : name == "zlib" ? io::Compression::kZlib : io::Compression::kNone;
}

StatusOr<std::unique_ptr<io::RecordReader>> open_records(const std::string& path, const std::string& compression) {
  ASSIGN_OR_RETURN(const io::Compression kind, compression_of_file(compression, path));
  return io::RecordReader::open(path, kind);
}

RecordProgress::RecordProgress() : shown_(isatty(STDERR_FILENO)) {}

void RecordProgress::update(int64_t num_records, uint64_t num_bytes) {
  if (!shown_ || num_records < next_) return;
  next_ = num_records + 10000;
  if (num_records == 0) return;
  printed_ = true;
  std::fprintf(stderr, "\r%lld records, %llu MB ", static_cast<long long>(num_records),
               static_cast<unsigned long long>(num_bytes >> 20));
  std::fflush(stderr);
}

RecordProgress::~RecordProgress() {
  if (printed_) std::fputs("\r\033[K", stderr);
}

}  // namespace reflow::tools
