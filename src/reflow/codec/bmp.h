#pragma once

#include <cstdint>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::codec {

struct BmpInfo {
  int64_t height = 0, width = 0;
  int channels = 0;        // 1, 3, 4
  bool top_down = false;
  int64_t pixels_at = 0, row_bytes = 0;  // in the file
};

// What a BMP file without compression holds. `channels`: 0, or what the file has to have.
// InvalidArgument, with TensorFlow's texts: it is none, or its pixels aren't all there.
StatusOr<BmpInfo> bmp_info(std::string_view bytes, int channels);
// Writes the pixels, [height, width, channels], red first. REQUIRES: `info` is that of `bytes`.
void decode_bmp(std::string_view bytes, const BmpInfo& info, uint8_t* out);

}  // namespace reflow::codec
