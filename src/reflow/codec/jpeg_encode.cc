#include <csetjmp>
#include <cstdio>  // before jpeglib.h, which wants FILE
#include <cstdlib>
#include <memory>

#include <jpeglib.h>

#include "reflow/codec/jpeg.h"

namespace reflow::codec {
namespace {

struct Errors {
  jpeg_error_mgr manager;
  jmp_buf place;
};

[[noreturn]] void fail(j_common_ptr info) { longjmp(reinterpret_cast<Errors*>(info->err)->place, 1); }
void quiet(j_common_ptr) {}

constexpr char kXmpNamespace[] = "http://ns.adobe.com/xap/1.0/";  // with the NUL behind it

// libjpeg leaves by longjmp, so nothing here has a destructor. False: it refused.
bool write(const uint8_t* pixels, int64_t height, int64_t width, int channels, const JpegEncodeOptions& options,
           const unsigned char* xmp, unsigned xmp_size, unsigned char** out, unsigned long* out_size) {
  jpeg_compress_struct info;
  Errors errors;
  info.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = fail;
  errors.manager.output_message = quiet;
  if (setjmp(errors.place)) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, out, out_size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = channels;
  info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  if (options.optimize_size) info.optimize_coding = TRUE;
  info.density_unit = options.density_in_cm ? 2 : 1;
  info.X_density = static_cast<UINT16>(options.x_density);
  info.Y_density = static_cast<UINT16>(options.y_density);
  jpeg_set_quality(&info, options.quality, TRUE);
  if (options.progressive) jpeg_simple_progression(&info);
  if (!options.chroma_downsampling) {
    for (int i = 0; i < info.num_components; ++i) info.comp_info[i].h_samp_factor = info.comp_info[i].v_samp_factor = 1;
  }
  jpeg_start_compress(&info, TRUE);
  if (xmp_size > 0) jpeg_write_marker(&info, JPEG_APP0 + 1, xmp, xmp_size);
  while (info.next_scanline < info.image_height) {
    JSAMPROW rows[] = {const_cast<JSAMPROW>(pixels + info.next_scanline * width * channels)};
    jpeg_write_scanlines(&info, rows, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

StatusOr<std::string> encode_jpeg(const uint8_t* pixels, int64_t height, int64_t width, int channels,
                                  const JpegEncodeOptions& options) {
  std::string xmp;
  if (!options.xmp_metadata.empty()) xmp = std::string(kXmpNamespace, sizeof kXmpNamespace) + options.xmp_metadata;
  if (xmp.size() > 65533) return invalid_argument("XMP metadata of {} bytes are more than a JPEG file can hold", xmp.size());
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const bool ok = write(pixels, height, width, channels, options, reinterpret_cast<const unsigned char*>(xmp.data()),
                        static_cast<unsigned>(xmp.size()), &buffer, &size);
  const std::unique_ptr<unsigned char, void (*)(void*)> owner(buffer, std::free);
  if (!ok) return invalid_argument("JPEG encoding failed");
  return std::string(reinterpret_cast<const char*>(buffer), size);
}

}  // namespace reflow::codec
