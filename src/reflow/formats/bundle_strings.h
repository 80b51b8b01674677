#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::formats {

// Tensors of strings in bundles: the lengths, a checksum of the lengths, and the bytes (docs/formats/checkpoint.md).

struct EncodedStrings {
  std::string bytes;
  uint32_t crc = 0;  // not masked; of the lengths as numbers of 32 bits, their checksum, and the bytes
};
EncodedStrings encode_strings(std::span<const std::string> strings);

// Takes as many strings as `strings` has from `bytes`, all of it. DataLoss in TensorFlow's words: lengths that don't fit,
// or a checksum that doesn't match. `*crc` is that of EncodedStrings.
// `big_endian`: the machine that wrote them was.
Status decode_strings(std::string_view bytes, std::span<std::string> strings, bool big_endian, uint32_t* crc);

}  // namespace reflow::formats
