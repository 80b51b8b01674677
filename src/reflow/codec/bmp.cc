#include "reflow/codec/bmp.h"

#include <algorithm>
#include <cstring>

namespace reflow::codec {
namespace {

int32_t number_at(std::string_view bytes, size_t offset) {
  int32_t value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);  // little-endian, as the format is
  return value;
}

}  // namespace

StatusOr<BmpInfo> bmp_info(std::string_view bytes, int channels) {
  if (bytes.size() < 32) {
    return invalid_argument("Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, and "
                            "bpp, got {} bytes", bytes.size());
  }
  const int64_t header = number_at(bytes, 10), width = number_at(bytes, 18), height = number_at(bytes, 22);
  const int found = number_at(bytes, 28) / 8;
  if (channels != 0 && channels != found) {
    return invalid_argument("channels attribute {} does not match bits per pixel from file {}", channels, found);
  }
  if (found != 1 && found != 3 && found != 4) return invalid_argument("Number of channels must be 1, 3 or 4, was {}", found);
  if (width <= 0) return invalid_argument("Width must be positive");
  if (height == 0) return invalid_argument("Height must be nonzero");
  if (header < 0) return invalid_argument("header size must be nonnegative");
  BmpInfo info{.height = std::abs(height), .width = width, .channels = found, .top_down = height < 0, .pixels_at = header};
  info.row_bytes = (found * width + 3) / 4 * 4;
  int64_t rows;
  if (__builtin_mul_overflow(info.height - 1, info.row_bytes, &rows) || rows > INT64_MAX / 2) {
    return invalid_argument("A bmp image of {} by {} pixels is too large", info.height, width);
  }
  const int64_t needed = header + rows + width * found;
  if (needed > static_cast<int64_t>(bytes.size())) {
    return invalid_argument("Incomplete bmp content, requires at least {} bytes, got {} bytes", needed, bytes.size());
  }
  return info;
}

void decode_bmp(std::string_view bytes, const BmpInfo& info, uint8_t* out) {
  for (int64_t y = 0; y < info.height; ++y) {
    const int64_t row = info.top_down ? y : info.height - 1 - y;
    const char* pixel = bytes.data() + info.pixels_at + row * info.row_bytes;
    for (int64_t x = 0; x < info.width; ++x, pixel += info.channels, out += info.channels) {
      std::memcpy(out, pixel, static_cast<size_t>(info.channels));
      if (info.channels > 1) std::swap(out[0], out[2]);
    }
  }
}

}  // namespace reflow::codec
