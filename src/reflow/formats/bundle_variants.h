#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/dtype.h"

namespace reflow::formats {

// Tensors of variants in bundles: of each its length, its bytes, and a checksum of all before (docs/formats/checkpoint.md).

struct EncodedVariants {
  std::string bytes;
  uint32_t crc = 0;  // not masked; of the lengths as numbers of 64 bits, the bytes, and the checksums between
};
// Unimplemented: a variant that has no serialized form.
StatusOr<EncodedVariants> encode_variants(std::span<const Variant> variants);

// Takes as many variants as `variants` has from `bytes`, all of it. DataLoss: lengths that don't fit, or a checksum that
// doesn't match. `*crc` is that of EncodedVariants. `big_endian`: the machine that wrote them was.
Status decode_variants(std::string_view bytes, std::span<Variant> variants, bool big_endian, uint32_t* crc);

}  // namespace reflow::formats
