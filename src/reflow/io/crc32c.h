#pragma once

#include <cstdint>
#include <string_view>

namespace reflow::io {

// CRC-32C (Castagnoli; RFC 3720, appendix B.4) of `data`: with the processor's instruction where it has one.
uint32_t crc32c(std::string_view data);
// The CRC-32C of what `crc` is the CRC-32C of, followed by `data`.
uint32_t crc32c_extend(uint32_t crc, std::string_view data);

// Files hold checksums masked, because the CRC of bytes that contain their own CRC says little.
constexpr uint32_t mask_crc(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }
constexpr uint32_t unmask_crc(uint32_t masked) {
  const uint32_t rotated = masked - 0xa282ead8u;
  return (rotated >> 17) | (rotated << 15);
}

namespace crc32c_internal {
// The implementation by tables, which crc32c_extend is where there is no instruction.
uint32_t extend_by_tables(uint32_t crc, std::string_view data);
}  // namespace crc32c_internal

}  // namespace reflow::io
