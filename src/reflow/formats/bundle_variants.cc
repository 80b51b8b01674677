#include "reflow/formats/bundle_variants.h"

#include <algorithm>

#include "reflow/formats/wire_reader.h"
#include "reflow/io/crc32c.h"
#include "reflow/io/varint.h"
#include "reflow/tensor/serialized_variant.h"

namespace reflow::formats {
namespace {

uint32_t crc_of_length(uint32_t crc, uint64_t length, bool big_endian = false) {
  std::string bytes;
  io::append_fixed64(bytes, length);
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  return io::crc32c_extend(crc, bytes);
}

// The first field of the message.
std::string type_name_of(std::string_view bytes) {
  WireReader reader(bytes);
  uint32_t tag;
  std::string_view name;
  return reader.tag(&tag) && tag == (1 << 3 | 2) && reader.bytes(&name) ? std::string(name) : std::string();
}

}  // namespace

StatusOr<EncodedVariants> encode_variants(std::span<const Variant> variants) {
  EncodedVariants result;
  for (const Variant& variant : variants) {
    const auto* serialized = variant.get<SerializedVariant>();
    if (serialized == nullptr && !variant.empty()) {
      return unimplemented("Variant of type {} cannot be serialized", variant.type_name());
    }
    const std::string_view bytes = serialized != nullptr ? std::string_view(serialized->bytes) : std::string_view();
    io::append_varint(result.bytes, bytes.size());
    result.bytes += bytes;
    result.crc = io::crc32c_extend(crc_of_length(result.crc, bytes.size()), bytes);
    std::string sum;
    io::append_fixed32(sum, io::mask_crc(result.crc));
    result.bytes += sum;
    result.crc = io::crc32c_extend(result.crc, sum);
  }
  return result;
}

Status decode_variants(std::string_view bytes, std::span<Variant> variants, bool big_endian, uint32_t* crc) {
  *crc = 0;
  std::string_view rest = bytes;
  for (Variant& variant : variants) {
    uint64_t length;
    if (!io::take_varint(rest, &length) || rest.size() < 4 || length > rest.size() - 4) {
      return data_loss("Variants of more than the {} bytes that are there", bytes.size());
    }
    const std::string_view own = rest.substr(0, length);
    *crc = io::crc32c_extend(crc_of_length(*crc, length, big_endian), own);
    const uint32_t raw = io::fixed32_at(rest.data() + length);
    const uint32_t stored = io::unmask_crc(big_endian ? __builtin_bswap32(raw) : raw);
    if (stored != *crc) {
      return data_loss("The checksum after Variant does not match. Expected {:08} vs. actual {:08}", stored, *crc);
    }
    *crc = io::crc32c_extend(*crc, rest.substr(length, 4));
    if (!own.empty()) variant = Variant::of(type_name_of(own), SerializedVariant{std::string(own)});
    rest.remove_prefix(length + 4);
  }
  return rest.empty() ? OkStatus() : data_loss("{} bytes after the last variant", rest.size());
}

}  // namespace reflow::formats
