// Decodes hostile image and sound files; the first byte says which format.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "reflow/codec/bmp.h"
#include "reflow/codec/gif.h"
#include "reflow/codec/jpeg.h"
#include "reflow/codec/png.h"
#include "reflow/codec/wav.h"

namespace {

constexpr int64_t kMostBytes = 1 << 24;  // filling memory is no way to find bugs

using reflow::StatusOr;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow::codec;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::vector<uint8_t> pixels;
  const auto allocated = [&](int64_t n) -> StatusOr<uint8_t*> {
    if (n > kMostBytes) return reflow::resource_exhausted("{} bytes", n);
    pixels.resize(static_cast<size_t>(n));
    return pixels.data();
  };
  switch (data[0] % 6) {
    case 0: {
      PngDecoder decoder;
      const auto info = decoder.open(bytes, data[0] / 6 % 5, data[0] & 64 ? 16 : 8);
      if (!info.ok() || info->height * info->width > kMostBytes / 8) break;
      pixels.resize(static_cast<size_t>(info->height * info->width * info->channels * 2));
      (void)decoder.decode(pixels.data());
      break;
    }
    case 1:
    case 2: {
      const JpegCrop crop{1, 1, 2, 2};
      const JpegDecodeOptions options{.channels = data[0] & 64 ? 1 : 0, .ratio = data[0] & 32 ? 8 : 1,
                                      .try_recover_truncated = data[0] % 6 == 2, .crop = data[0] & 128 ? &crop : nullptr};
      (void)jpeg_info(bytes);
      (void)decode_jpeg(bytes, options, [&](const JpegInfo& i) { return allocated(i.height * i.width * i.channels); });
      break;
    }
    case 3:
      (void)decode_gif(bytes, [&](int64_t n, int64_t height, int64_t width) { return allocated(n * height * width * 3); });
      break;
    case 4: {
      const auto info = bmp_info(bytes, 0);
      if (info.ok() && info->height * info->row_bytes <= kMostBytes) {
        pixels.resize(static_cast<size_t>(info->height * info->width * info->channels));
        decode_bmp(bytes, *info, pixels.data());
      }
      break;
    }
    default: (void)decode_wav(bytes);
  }
  return 0;
}
