#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::codec {

// Pixels row by row without gaps: [height, width, channels], of 8 bits or, in the machine's byte order, 16.
struct PngOptions {
  int bits = 8;          // 8, 16
  int compression = -1;  // 0 (none) to 9 (best), -1: zlib's choice
};

// The pixels as a PNG file. `channels`: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
// InvalidArgument: libpng refuses them.
StatusOr<std::string> encode_png(const void* pixels, int64_t height, int64_t width, int channels,
                                 const PngOptions& options = {});

struct PngInfo {
  int64_t height = 0, width = 0;
  int channels = 0;  // as decoded
};

// Decodes a PNG file in two steps, so that the caller allocates. Not thread-safe.
class PngDecoder {
 public:
  PngDecoder();
  ~PngDecoder();
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
  // Reads the header. `channels`: 0 as in the file (a palette gives 3 or, with transparent colours, 4), else converted
  // to that many. `bits` 8 or 16, the depth of decoded samples. `bytes` has to live until decode().
  // InvalidArgument: "Invalid PNG header, data size {}", "PNG size too large for int: {} by {}".
  StatusOr<PngInfo> open(std::string_view bytes, int channels, int bits);
  // Writes the pixels. InvalidArgument: "Invalid PNG data, size {}".
  Status decode(void* pixels);

 private:
  struct Impl;
  Impl* impl_;
};

}  // namespace reflow::codec
