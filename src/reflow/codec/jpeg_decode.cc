#include <algorithm>
#include <csetjmp>
#include <cstdio>  // before jpeglib.h, which wants FILE
#include <cstring>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>  // after jpeglib.h

#include "reflow/codec/jpeg.h"

namespace reflow::codec {
namespace {

struct Errors {
  jpeg_error_mgr manager;
  jmp_buf place;
  bool truncated;  // the data has ended too early
};

[[noreturn]] void fail(j_common_ptr info) { longjmp(reinterpret_cast<Errors*>(info->err)->place, 1); }
void quiet(j_common_ptr) {}
// As in TensorFlow the only warning that matters is the one of an end that comes too early.
void note(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) reinterpret_cast<Errors*>(info->err)->truncated = true;
}

// A decompressor of `bytes`. libjpeg leaves by longjmp to errors.place: who calls its functions has set it, and has
// nothing with a destructor on the way.
class Decompressor {
 public:
  explicit Decompressor(std::string_view bytes) : bytes_(bytes) {
    info.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = fail;
    errors.manager.output_message = quiet;
    errors.manager.emit_message = note;
    jpeg_create_decompress(&info);
  }
  ~Decompressor() { jpeg_destroy_decompress(&info); }
  Decompressor(const Decompressor&) = delete;

  bool read_header() {
    if (setjmp(errors.place)) return false;
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());  // fails where there are none
    return jpeg_read_header(&info, TRUE) == JPEG_HEADER_OK;
  }
  bool start() {
    if (setjmp(errors.place)) return false;
    jpeg_calc_output_dimensions(&info);
    return jpeg_start_decompress(&info);
  }
  // Lines from now on have the columns from `x` to `x + width` only, and those before that belong to the same blocks. The
  // colours at their ends are made without the neighbours beyond, as TensorFlow's crops are. *first: where lines begin.
  bool crop_lines(int64_t x, int64_t width, int64_t* first) {
    if (setjmp(errors.place)) return false;
    JDIMENSION offset = static_cast<JDIMENSION>(x), columns = static_cast<JDIMENSION>(width);
    jpeg_crop_scanline(&info, &offset, &columns);
    *first = offset;
    return true;
  }
  // Reads a line; false: it can't be read.
  bool read_line(uint8_t* line) {
    if (setjmp(errors.place)) return false;
    JSAMPROW rows[] = {line};
    return jpeg_read_scanlines(&info, rows, 1) == 1;
  }
  bool finish() {
    if (setjmp(errors.place)) return false;
    jpeg_finish_decompress(&info);
    return true;
  }

  jpeg_decompress_struct info{};
  Errors errors{};

 private:
  const std::string_view bytes_;
};

void cmyk_to_rgb(const uint8_t* cmyk, int64_t width, bool inverted, uint8_t* rgb) {
  for (int64_t i = 0; i < width; ++i, cmyk += 4, rgb += 3) {
    const int c = cmyk[0], m = cmyk[1], y = cmyk[2], k = cmyk[3];
    const int values[] = {c, m, y};
    for (int j = 0; j < 3; ++j) {
      rgb[j] = static_cast<uint8_t>(inverted ? k * values[j] / 255 : (255 - k) * (255 - values[j]) / 255);
    }
  }
}

}  // namespace

StatusOr<JpegInfo> jpeg_info(std::string_view bytes) {
  Decompressor d(bytes);
  if (bytes.empty() || !d.read_header()) return invalid_argument("Invalid JPEG data, size {}", bytes.size());
  return JpegInfo{.height = d.info.image_height, .width = d.info.image_width, .channels = d.info.num_components};
}

Status decode_jpeg(std::string_view bytes, const JpegDecodeOptions& options,
                   const std::function<StatusOr<uint8_t*>(const JpegInfo&)>& allocate) {
  const auto invalid = [&] { return invalid_argument("Invalid JPEG data or crop window, data size {}", bytes.size()); };
  Decompressor d(bytes);
  if (bytes.empty() || !d.read_header()) return invalid();
  jpeg_decompress_struct& info = d.info;
  int channels = options.channels != 0 ? options.channels : std::min(info.num_components, 4);
  const bool is_cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  if (channels == 4 || (is_cmyk && channels == 3)) channels = 3;
  info.out_color_space = is_cmyk && channels == 3 ? JCS_CMYK : channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  info.do_fancy_upsampling = options.fancy_upscaling;
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned>(options.ratio);
  info.dct_method = options.dct == JpegDct::kAccurate ? JDCT_ISLOW : JDCT_IFAST;
  if (!d.start()) return invalid();

  const int64_t height = info.output_height, width = info.output_width;
  constexpr int64_t kMostPixels = int64_t{1} << 29;
  if (height <= 0 || width <= 0 || height * width >= kMostPixels) return invalid();
  JpegCrop crop{0, 0, height, width};
  if (options.crop) crop = *options.crop;
  if (crop.y < 0 || crop.x < 0 || crop.height <= 0 || crop.width <= 0 || crop.y + crop.height > height ||
      crop.x + crop.width > width) {
    return invalid();
  }
  ASSIGN_OR_RETURN(uint8_t* const out, allocate({.height = crop.height, .width = crop.width, .channels = channels}));
  const int64_t row_bytes = crop.width * channels;
  int64_t first = 0;
  if (options.crop && !d.crop_lines(crop.x, crop.width, &first)) return invalid();
  std::vector<uint8_t> line(static_cast<size_t>(width * std::max(info.output_components, 4)));
  std::vector<uint8_t> rgb(is_cmyk ? static_cast<size_t>(width * 3) : 0);
  int64_t read = 0;  // lines
  for (int64_t y = 0; y < crop.y + crop.height; ++y) {
    if (read == y && d.read_line(line.data())) read = y + 1;
    if (!options.try_recover_truncated && (read == y || d.errors.truncated)) return invalid();
    if (y < crop.y) continue;
    uint8_t* const row = out + (y - crop.y) * row_bytes;
    if (read == y) {
      std::memset(row, 0, static_cast<size_t>(row_bytes));
      continue;
    }
    const uint8_t* source = line.data();
    if (info.out_color_space == JCS_CMYK) {
      cmyk_to_rgb(line.data(), info.output_width, info.saw_Adobe_marker, rgb.data());
      source = rgb.data();
    }
    std::memcpy(row, source + (crop.x - first) * channels, static_cast<size_t>(row_bytes));
  }
  if (static_cast<float>(read) < options.acceptable_fraction * static_cast<float>(crop.y + crop.height)) return invalid();
  if (options.try_recover_truncated || read < height) return OkStatus();
  return d.finish() && !d.errors.truncated ? OkStatus() : invalid();
}

}  // namespace reflow::codec
