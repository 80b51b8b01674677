#pragma once

// Images as files: JPEG, PNG, GIF and BMP.

#include <cstdint>
#include <optional>
#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow::image {

struct DecodeJpegOptions {
  int64_t channels = 0;
  int64_t ratio = 1;
  bool fancy_upscaling = true;
  bool try_recover_truncated = false;
  double acceptable_fraction = 1.0;
  std::string dct_method;
  std::string name;
};
// An image [height, width, channels], uint8. channels: 0 takes the file's.
Output decode_jpeg(const TensorLike& contents, const DecodeJpegOptions& options = {});
struct DecodeAndCropJpegOptions {
  int64_t channels = 0;
  int64_t ratio = 1;
  bool fancy_upscaling = true;
  bool try_recover_truncated = false;
  double acceptable_fraction = 1.0;
  std::string dct_method;
  std::string name;
};
// The part that crop_window, (y, x, height, width), says.
Output decode_and_crop_jpeg(const TensorLike& contents, const TensorLike& crop_window,
                            const DecodeAndCropJpegOptions& options = {});
struct DecodePngOptions {
  int64_t channels = 0;
  DType dtype = uint8;
  std::string name;
};
Output decode_png(const TensorLike& contents, const DecodePngOptions& options = {});
struct DecodeBmpOptions {
  int64_t channels = 0;
  std::string name;
};
Output decode_bmp(const TensorLike& contents, const DecodeBmpOptions& options = {});
// All frames: [frames, height, width, 3].
Output decode_gif(const TensorLike& contents, const NameOptions& options = {});
struct EncodeJpegOptions {
  std::string format;
  int64_t quality = 95;
  bool progressive = false;
  bool optimize_size = false;
  bool chroma_downsampling = true;
  std::string density_unit = "in";
  int64_t x_density = 300;
  int64_t y_density = 300;
  std::string xmp_metadata;
  std::string name;
};
// An image of uint8 as the bytes of a file.
Output encode_jpeg(const TensorLike& image, const EncodeJpegOptions& options = {});
struct EncodePngOptions {
  int64_t compression = -1;
  std::string name;
};
Output encode_png(const TensorLike& image, const EncodePngOptions& options = {});
struct ExtractJpegShapeOptions {
  DType output_type = int32;
  std::string name;
};
// Height, width and channels, without decoding.
Output extract_jpeg_shape(const TensorLike& contents, const ExtractJpegShapeOptions& options = {});
struct DecodeImageOptions {
  std::optional<int64_t> channels;  // 1, 3 or 4; default: the file's
  DType dtype = uint8;
  std::string name;
  bool expand_animations = true;  // false: only the first frame of a GIF file
};
// [height, width, channels]; of a GIF file [frames, height, width, 3]. ValueError: "channels must be in (None, 0, 1, 3,
// 4)".
Output decode_image(const TensorLike& contents, const DecodeImageOptions& options = {});
// A bool: whether the contents of a file begin as those of a JPEG file.
Output is_jpeg(const TensorLike& contents, const NameOptions& options = {});
// As JPEG with a quality from 0 to 100 leaves it.
Output adjust_jpeg_quality(const TensorLike& image, const TensorLike& jpeg_quality, const NameOptions& options = {});
struct RandomQualityOptions {
  std::optional<int64_t> seed;
};
// ValueError: "jpeg encoding range must be between 0 and 100.", "`min_jpeg_quality` must be less than ...".
Output random_jpeg_quality(const TensorLike& image, int64_t min_jpeg_quality, int64_t max_jpeg_quality,
                           const RandomQualityOptions& options = {});

}  // namespace reflow::image
