#include "reflow/formats/bundle_strings.h"

#include <algorithm>
#include <limits>

#include "reflow/io/crc32c.h"
#include "reflow/io/varint.h"

namespace reflow::formats {
namespace {

// Lengths are summed as 32 bits where they fit: files of old versions had no others.
uint32_t crc_of_length(uint32_t crc, uint64_t length, bool big_endian = false) {
  std::string bytes;
  if (length <= std::numeric_limits<uint32_t>::max()) {
    io::append_fixed32(bytes, static_cast<uint32_t>(length));
  } else {
    io::append_fixed64(bytes, length);
  }
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  return io::crc32c_extend(crc, bytes);
}

}  // namespace

EncodedStrings encode_strings(std::span<const std::string> strings) {
  EncodedStrings result;
  size_t size = 4 + strings.size();
  for (const std::string& s : strings) size += s.size();
  result.bytes.reserve(size);
  for (const std::string& s : strings) {
    io::append_varint(result.bytes, s.size());
    result.crc = crc_of_length(result.crc, s.size());
  }
  std::string length_crc;
  io::append_fixed32(length_crc, io::mask_crc(result.crc));
  result.bytes += length_crc;
  result.crc = io::crc32c_extend(result.crc, length_crc);
  for (const std::string& s : strings) {
    result.bytes += s;
    result.crc = io::crc32c_extend(result.crc, s);
  }
  return result;
}

Status decode_strings(std::string_view bytes, std::span<std::string> strings, bool big_endian, uint32_t* crc) {
  std::string_view lengths = bytes;
  *crc = 0;
  std::string_view rest = bytes;
  for (size_t i = 0; i < strings.size(); ++i) {
    uint64_t length;
    if (!io::take_varint(rest, &length)) return data_loss("String lengths longer than expected offset {}", bytes.size());
    *crc = crc_of_length(*crc, length, big_endian);
  }
  if (rest.size() < 4) return data_loss("String lengths longer than expected offset {}", bytes.size());
  const uint32_t raw = io::fixed32_at(rest.data());
  const uint32_t stored = io::unmask_crc(big_endian ? __builtin_bswap32(raw) : raw);
  if (stored != *crc) {
    return data_loss("The length checksum does not match: expected {:08} but actual is {:08}", stored, *crc);
  }
  *crc = io::crc32c_extend(*crc, rest.substr(0, 4));
  rest.remove_prefix(4);
  *crc = io::crc32c_extend(*crc, rest);
  for (std::string& s : strings) {
    uint64_t length;
    (void)io::take_varint(lengths, &length);
    if (length > rest.size()) return data_loss("Strings of more than the {} bytes that are there", bytes.size());
    s = rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return rest.empty() ? OkStatus() : data_loss("{} bytes after the last string", rest.size());
}

}  // namespace reflow::formats
