#include <png.h>
#include <zlib.h>

#include <bit>
#include <csetjmp>

#include "reflow/codec/png.h"

namespace reflow::codec {
namespace {

void append(png_structp png, png_bytep data, png_size_t n) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), n);
}
void flush(png_structp) {}
void quiet(png_structp, png_const_charp) {}
void fail(png_structp png, png_const_charp) { longjmp(png_jmpbuf(png), 1); }

// libpng leaves by longjmp, so nothing here has a destructor. False: it refused.
bool write(std::string* out, const char* pixels, int64_t height, int64_t width, int channels, const PngOptions& options) {
  static constexpr int kColourTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                         PNG_COLOR_TYPE_RGB_ALPHA};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, quiet);
  if (!png) return false;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  png_set_write_fn(png, out, append, flush);
  png_set_compression_level(png, options.compression < 0 ? Z_DEFAULT_COMPRESSION : options.compression);
  png_set_compression_mem_level(png, MAX_MEM_LEVEL);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), options.bits,
               kColourTypes[channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (options.bits > 8 && std::endian::native == std::endian::little) png_set_swap(png);
  const int64_t row_bytes = width * channels * (options.bits / 8);
  for (int64_t row = 0; row < height; ++row) {
    png_write_row(png, reinterpret_cast<png_const_bytep>(pixels + row * row_bytes));
  }
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return true;
}

}  // namespace

StatusOr<std::string> encode_png(const void* pixels, int64_t height, int64_t width, int channels,
                                 const PngOptions& options) {
  if (channels < 1 || channels > 4) return invalid_argument("a PNG image has 1 to 4 channels, not {}", channels);
  std::string out;
  if (!write(&out, static_cast<const char*>(pixels), height, width, channels, options)) {
    return invalid_argument("PNG encoding failed for an image of {} by {} pixels", height, width);
  }
  return out;
}

}  // namespace reflow::codec
