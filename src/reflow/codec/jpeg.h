#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "reflow/base/status.h"

namespace reflow::codec {

// TensorFlow decodes with the fast one unless it is told otherwise.
enum class JpegDct { kFast, kAccurate };

struct JpegCrop {
  int64_t y = 0, x = 0, height = 0, width = 0;
};

struct JpegDecodeOptions {
  int channels = 0;                // 0 as in the file, 1 gray, 3 RGB
  int ratio = 1;                   // 1, 2, 4, 8: so much smaller
  bool fancy_upscaling = true;
  bool try_recover_truncated = false;  // lines that are missing are black
  float acceptable_fraction = 1;   // so much of the lines has to be there
  JpegDct dct = JpegDct::kFast;
  const JpegCrop* crop = nullptr;  // only this part
};

struct JpegInfo {
  int64_t height = 0, width = 0;
  int channels = 0;
};

// Height, width and channels as the file has them. InvalidArgument: "Invalid JPEG data, size {}".
StatusOr<JpegInfo> jpeg_info(std::string_view bytes);

// Decodes a JPEG file, [height, width, channels] of bytes, to where `allocate` says, which is told the size.
// InvalidArgument: "Invalid JPEG data or crop window, data size {}"; or what `allocate` gives.
Status decode_jpeg(std::string_view bytes, const JpegDecodeOptions& options,
                   const std::function<StatusOr<uint8_t*>(const JpegInfo&)>& allocate);

struct JpegEncodeOptions {
  int quality = 95;
  bool progressive = false, optimize_size = false, chroma_downsampling = true, density_in_cm = false;
  int x_density = 300, y_density = 300;
  std::string xmp_metadata;
};

// Pixels, [height, width, channels] of bytes with 1 (gray) or 3 (RGB) channels, as a JPEG file.
// InvalidArgument: "JPEG encoding failed".
StatusOr<std::string> encode_jpeg(const uint8_t* pixels, int64_t height, int64_t width, int channels,
                                  const JpegEncodeOptions& options);

}  // namespace reflow::codec
