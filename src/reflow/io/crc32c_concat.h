#pragma once

#include <cstdint>

namespace reflow::io {

// The CRC-32C of two pieces, one after the other, from the CRC-32C of each and the size of the second: lets threads check
// the parts of a tensor on their own. Takes time in log(second_size).
uint32_t crc32c_concat(uint32_t first, uint32_t second, uint64_t second_size);

}  // namespace reflow::io
