#include <png.h>

#include <bit>
#include <csetjmp>
#include <cstring>
#include <memory>
#include <vector>

#include "reflow/codec/png.h"

namespace reflow::codec {
namespace {

void quiet(png_structp, png_const_charp) {}
void fail(png_structp png, png_const_charp) { longjmp(png_jmpbuf(png), 1); }

}  // namespace

struct PngDecoder::Impl {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string_view bytes;
  size_t position = 0;
  int channels = 0, bits = 8, passes = 1;
  bool widen = false;  // samples of at most 8 bits are wanted as 16
  png_uint_32 width = 0, height = 0;

  static void read(png_structp png, png_bytep out, png_size_t n) {
    Impl& self = *static_cast<Impl*>(png_get_io_ptr(png));
    if (n > self.bytes.size() - self.position) png_error(png, "the data ends too early");
    std::memcpy(out, self.bytes.data() + self.position, n);
    self.position += n;
  }

  // libpng leaves by longjmp, so nothing in these two has a destructor. False: it refused.
  bool read_header(int wanted_channels, int wanted_bits);
  bool read_pixels(png_bytep pixels, size_t row_bytes);
  void convert_colours(int bit_depth, int colour_type, bool has_transparency);
};

void PngDecoder::Impl::convert_colours(int bit_depth, int colour_type, bool has_transparency) {
  if (bit_depth > 8 && bits == 8) png_set_strip_16(png);
  widen = bit_depth <= 8 && bits == 16;
  png_set_packing(png);
  passes = png_set_interlace_handling(png);
  if (bits > 8 && std::endian::native == std::endian::little) png_set_swap(png);
  if (colour_type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  const bool is_gray = !(colour_type & PNG_COLOR_MASK_COLOR), want_gray = channels < 3;
  if (is_gray && bit_depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (want_gray && !is_gray) png_set_rgb_to_gray(png, 1, 0.299, 0.587);
  if (!want_gray && is_gray) png_set_gray_to_rgb(png);
  const bool has_alpha = colour_type & PNG_COLOR_MASK_ALPHA, want_alpha = channels % 2 == 0;
  if (want_alpha && !has_alpha) {
    if (has_transparency) {
      png_set_tRNS_to_alpha(png);
    } else {
      png_set_add_alpha(png, (1u << bit_depth) - 1, PNG_FILLER_AFTER);
    }
  }
  if (!want_alpha && (has_alpha || has_transparency)) png_set_strip_alpha(png);
  png_read_update_info(png, info);
}

bool PngDecoder::Impl::read_header(int wanted_channels, int wanted_bits) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_read_info(png, info);
  int bit_depth, colour_type;
  png_get_IHDR(png, info, &width, &height, &bit_depth, &colour_type, nullptr, nullptr, nullptr);
  if (width == 0 || height == 0) return false;
  const bool has_transparency = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  bits = wanted_bits;
  channels = wanted_channels != 0                     ? wanted_channels
             : colour_type == PNG_COLOR_TYPE_PALETTE ? (has_transparency ? 4 : 3)
                                                      : png_get_channels(png, info);
  convert_colours(bit_depth, colour_type, has_transparency);
  return true;
}

bool PngDecoder::Impl::read_pixels(png_bytep pixels, size_t row_bytes) {
  if (setjmp(png_jmpbuf(png))) return false;
  if (png_get_rowbytes(png, info) > row_bytes) return false;  // more would be written than there is room for
  for (int pass = 0; pass < passes; ++pass) {
    for (png_uint_32 row = 0; row < height; ++row) png_read_row(png, pixels + row * row_bytes, nullptr);
  }
  png_read_end(png, nullptr);
  return true;
}

PngDecoder::PngDecoder() : impl_(new Impl) {}

PngDecoder::~PngDecoder() {
  if (impl_->png) png_destroy_read_struct(&impl_->png, &impl_->info, nullptr);
  delete impl_;
}

StatusOr<PngInfo> PngDecoder::open(std::string_view bytes, int channels, int bits) {
  impl_->bytes = bytes;
  impl_->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, quiet);
  if (impl_->png) impl_->info = png_create_info_struct(impl_->png);
  if (!impl_->info) return resource_exhausted("libpng can't be started");
  png_set_read_fn(impl_->png, impl_, Impl::read);
  if (!impl_->read_header(channels, bits)) return invalid_argument("Invalid PNG header, data size {}", bytes.size());
  // What libpng allows is more than memory is meant to hold.
  constexpr int64_t kMostPixels = int64_t{1} << 29;
  if (int64_t{impl_->width} * impl_->height >= kMostPixels) {
    return invalid_argument("PNG size too large for int: {} by {}", impl_->width, impl_->height);
  }
  return PngInfo{.height = impl_->height, .width = impl_->width, .channels = impl_->channels};
}

Status PngDecoder::decode(void* pixels) {
  const size_t samples = size_t{impl_->width} * static_cast<size_t>(impl_->channels);
  const auto invalid = [&] { return invalid_argument("Invalid PNG data, size {}", impl_->bytes.size()); };
  if (!impl_->widen) {
    return impl_->read_pixels(static_cast<png_bytep>(pixels), samples * static_cast<size_t>(impl_->bits / 8)) ? OkStatus()
                                                                                                              : invalid();
  }
  std::vector<png_byte> narrow(samples * impl_->height);
  if (!impl_->read_pixels(narrow.data(), samples)) return invalid();
  auto* out = static_cast<uint16_t*>(pixels);
  for (const png_byte sample : narrow) *out++ = static_cast<uint16_t>(sample * 257);
  return OkStatus();
}

}  // namespace reflow::codec
