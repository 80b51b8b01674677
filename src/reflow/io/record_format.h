#pragma once

#include <cstddef>
#include <cstdint>

namespace reflow::io {

// A record of a TFRecord file (docs/formats/tfrecord.md): its length in 8 bytes, their masked CRC-32C, the bytes, and the
// masked CRC-32C of them; all numbers little-endian.
constexpr size_t kRecordHeaderBytes = 12, kRecordFooterBytes = 4;

}  // namespace reflow::io
