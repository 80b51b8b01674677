#include "reflow/io/record_reader.h"

#include <cstring>
#include <limits>
#include <utility>

#include "reflow/io/crc32c.h"
#include "reflow/io/record_format.h"

namespace reflow::io {
namespace {

template <typename T>
T load(const char* p) {
  T v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

// Whether the n bytes at `p` are followed by their checksum.
bool is_sound(const char* p, size_t n) { return unmask_crc(load<uint32_t>(p + n)) == crc32c({p, n}); }

}  // namespace

StatusOr<std::unique_ptr<RecordReader>> RecordReader::open(std::string_view path, Compression compression) {
  ASSIGN_OR_RETURN(std::unique_ptr<InputStream> stream, open_input(path, compression));
  return std::make_unique<RecordReader>(std::move(stream));
}

Status RecordReader::next(std::string_view* record) {
  ASSIGN_OR_RETURN(std::string_view bytes, input_.peek(kRecordHeaderBytes));
  if (bytes.size() < kRecordHeaderBytes) return out_of_range("eof");
  if (!is_sound(bytes.data(), sizeof(uint64_t))) return data_loss("corrupted record at {}", offset());
  const auto length = load<uint64_t>(bytes.data());
  if (length > std::numeric_limits<size_t>::max() / 2) return data_loss("record size too large");
  const size_t total = kRecordHeaderBytes + length + kRecordFooterBytes;
  if (bytes.size() < total) {
    ASSIGN_OR_RETURN(bytes, input_.peek(total));
    if (bytes.size() < total) return data_loss("truncated record at {}", offset());
  }
  const char* data = bytes.data() + kRecordHeaderBytes;
  if (!is_sound(data, length)) return data_loss("corrupted record at {}", offset() + kRecordHeaderBytes);
  *record = {data, length};
  input_.skip(total);
  return OkStatus();
}

StatusOr<uint64_t> RecordReader::resynchronise() {
  const uint64_t start = offset();
  // Where only the content is damaged the header says where the next record is.
  ASSIGN_OR_RETURN(std::string_view bytes, input_.peek(kRecordHeaderBytes));
  if (bytes.size() >= kRecordHeaderBytes && is_sound(bytes.data(), sizeof(uint64_t))) {
    const auto length = load<uint64_t>(bytes.data());
    RETURN_IF_ERROR(input_.seek(start + kRecordHeaderBytes + length + kRecordFooterBytes));
    const uint64_t next = offset();
    std::string_view record;
    if (next > start && next == start + kRecordHeaderBytes + length + kRecordFooterBytes && this->next(&record).ok()) {
      RETURN_IF_ERROR(seek(next));
      return next - start;
    }
    RETURN_IF_ERROR(seek(start));
  }
  for (uint64_t at = start + 1;; ++at) {
    RETURN_IF_ERROR(seek(at));
    ASSIGN_OR_RETURN(bytes, input_.peek(kRecordHeaderBytes));
    if (bytes.size() < kRecordHeaderBytes) return out_of_range("eof");
    if (!is_sound(bytes.data(), sizeof(uint64_t))) continue;
    std::string_view record;
    if (!this->next(&record).ok()) continue;
    RETURN_IF_ERROR(seek(at));
    return at - start;
  }
}

StatusOr<bool> RecordReader::incomplete() {
  ASSIGN_OR_RETURN(const std::string_view rest, input_.peek(1));
  return !rest.empty() || input_.stream().truncated();
}

}  // namespace reflow::io
