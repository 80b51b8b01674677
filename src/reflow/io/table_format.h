#pragma once

#include <cstddef>
#include <cstdint>

namespace reflow::io {

// Constants of tables that their writer and their reader share.
constexpr uint64_t kTableMagic = 0xdb4775248b80fb57;
constexpr size_t kFooterBytes = 48;        // two block handles, filled up with zeros, and the magic number
constexpr size_t kBlockTrailerBytes = 5;   // behind each block: its compression, and a masked CRC-32C of both
constexpr char kNotCompressed = 0, kSnappy = 1;

}  // namespace reflow::io
