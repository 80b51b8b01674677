#include "reflow/client/image_codecs.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/image_colors.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/selection_ops.h"
#include "reflow/client/string_ops.h"

namespace reflow::image {

using client::apply_op;
using client::convert;

Output decode_jpeg(const TensorLike& contents, const DecodeJpegOptions& options) {
  return apply_op("DecodeJpeg", options.name, {contents},
                  {{"channels", options.channels},
                   {"ratio", options.ratio},
                   {"fancy_upscaling", options.fancy_upscaling},
                   {"try_recover_truncated", options.try_recover_truncated},
                   {"acceptable_fraction", options.acceptable_fraction},
                   {"dct_method", options.dct_method}});
}

Output decode_and_crop_jpeg(const TensorLike& contents, const TensorLike& crop_window,
                            const DecodeAndCropJpegOptions& options) {
  return apply_op("DecodeAndCropJpeg", options.name, {contents, crop_window},
                  {{"channels", options.channels},
                   {"ratio", options.ratio},
                   {"fancy_upscaling", options.fancy_upscaling},
                   {"try_recover_truncated", options.try_recover_truncated},
                   {"acceptable_fraction", options.acceptable_fraction},
                   {"dct_method", options.dct_method}});
}

Output decode_png(const TensorLike& contents, const DecodePngOptions& options) {
  return apply_op("DecodePng", options.name, {contents}, {{"channels", options.channels}, {"dtype", options.dtype}});
}

Output decode_bmp(const TensorLike& contents, const DecodeBmpOptions& options) {
  return apply_op("DecodeBmp", options.name, {contents}, {{"channels", options.channels}});
}

Output decode_gif(const TensorLike& contents, const NameOptions& options) {
  return apply_op("DecodeGif", options.name, {contents});
}

Output encode_jpeg(const TensorLike& image, const EncodeJpegOptions& options) {
  return apply_op("EncodeJpeg", options.name, {image},
                  {{"format", options.format},
                   {"quality", options.quality},
                   {"progressive", options.progressive},
                   {"optimize_size", options.optimize_size},
                   {"chroma_downsampling", options.chroma_downsampling},
                   {"density_unit", options.density_unit},
                   {"x_density", options.x_density},
                   {"y_density", options.y_density},
                   {"xmp_metadata", options.xmp_metadata}});
}

Output encode_png(const TensorLike& image, const EncodePngOptions& options) {
  return apply_op("EncodePng", options.name, {image}, {{"compression", options.compression}});
}

Output extract_jpeg_shape(const TensorLike& contents, const ExtractJpegShapeOptions& options) {
  return apply_op("ExtractJpegShape", options.name, {contents}, {{"output_type", options.output_type}});
}

Output is_jpeg(const TensorLike& contents, const NameOptions& options) {
  const name_scope scope(options.name, "is_jpeg");
  return equal(substr(contents, 0, 3), "\xff\xd8\xff", options);
}

Output adjust_jpeg_quality(const TensorLike& image_like, const TensorLike& jpeg_quality, const NameOptions& options) {
  const name_scope scope(options.name, "adjust_jpeg_quality");
  const Output image = convert(image_like, DType::kInvalid, "image");
  const Output bytes = convert_image_dtype(image, uint8);
  const Output quality = jpeg_quality.output() ? *jpeg_quality.output() : convert(jpeg_quality, int32, "");
  const Output file = apply_op("EncodeJpegVariableQuality", "", {bytes, quality});
  return convert_image_dtype(decode_jpeg(file), base_type(image.dtype()));
}

Output random_jpeg_quality(const TensorLike& image, int64_t min_jpeg_quality, int64_t max_jpeg_quality,
                           const RandomQualityOptions& options) {
  if (min_jpeg_quality < 0 || max_jpeg_quality < 0 || min_jpeg_quality > 100 || max_jpeg_quality > 100) {
    throw ValueError("jpeg encoding range must be between 0 and 100.");
  }
  if (min_jpeg_quality >= max_jpeg_quality) {
    throw ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.");
  }
  const Output quality = random_uniform(
      Shape{}, {.minval = min_jpeg_quality, .maxval = max_jpeg_quality, .dtype = int32, .seed = options.seed});
  return adjust_jpeg_quality(image, quality);
}

namespace {

struct WrongChannels {
  int64_t number;
  const char* name;  // of the op that compares
};

// Fails the run where `channels` is one that this kind of file can't give.
Operation assert_channels(int64_t channels, const std::vector<WrongChannels>& wrong, const std::string& allowed,
                          const std::string& kind) {
  Output good = not_equal(channels, wrong[0].number, {wrong[0].name});
  if (wrong.size() > 1) {
    const Output second = not_equal(channels, wrong[1].number, {wrong[1].name});
    good = logical_and(good, second);
  }
  return Assert(good, {"Channels must be in (None, " + allowed + ") when decoding " + kind + " images"});
}

class ImageDecoder {
 public:
  ImageDecoder(const TensorLike& contents, const DecodeImageOptions& options)
      : contents_(contents),
        options_(options),
        channels_(options.channels.value_or(0)),
        start_(substr(contents, 0, 3)) {}

  Output decode() const {
    const Output condition = is_jpeg(contents_);
    return cond(
        condition, [this] { return jpeg(); }, [this] { return png_or_other(); }, {.name = "cond_jpeg"});
  }

 private:
  Output converted(const Output& image) const { return convert_image_dtype(image, options_.dtype); }

  Output jpeg() const {
    const control_dependencies after({assert_channels(channels_, {{4, "check_jpeg_channels"}}, "0, 1, 3", "JPEG")});
    return converted(decode_jpeg(contents_, {.channels = channels_}));
  }

  Output png_or_other() const {
    Output is_png;
    {
      const name_scope scope("", "is_png");
      is_png = equal(substr(contents_, 0, 3), "\x89PN");
    }
    return cond(
        is_png, [this] { return png(); }, [this] { return gif_or_bmp(); }, {.name = "cond_png"});
  }

  Output png() const {
    return converted(decode_png(contents_, {.channels = channels_, .dtype = options_.dtype == uint8 ? uint8 : uint16}));
  }

  Output gif_or_bmp() const {
    const Output is_gif = equal(start_, "GIF", {"is_gif"});
    return cond(
        is_gif, [this] { return gif(); }, [this] { return bmp(); }, {.name = "cond_gif"});
  }

  Output gif() const {
    const control_dependencies after(
        {assert_channels(channels_, {{1, "check_gif_channels"}, {4, "check_gif_channels"}}, "0, 3", "GIF")});
    const Output frames = converted(decode_gif(contents_));
    return options_.expand_animations ? frames : gather(frames, 0);
  }

  Output bmp() const {
    const Output is_bmp = equal(substr(contents_, 0, 2), "BM", {"is_bmp"});
    const Operation known = Assert(is_bmp, {"Unable to decode bytes as JPEG, PNG, GIF, or BMP"});
    const control_dependencies after({known, assert_channels(channels_, {{1, "check_channels"}}, "0, 3", "BMP")});
    return converted(decode_bmp(contents_));
  }

  const TensorLike contents_;
  const DecodeImageOptions options_;
  const int64_t channels_;
  const Output start_;
};

}  // namespace

Output decode_image(const TensorLike& contents, const DecodeImageOptions& options) {
  const name_scope scope(options.name, "decode_image");
  const int64_t channels = options.channels.value_or(0);
  if (channels != 0 && channels != 1 && channels != 3 && channels != 4) {
    throw ValueError("channels must be in (None, 0, 1, 3, 4)");
  }
  return ImageDecoder(contents, options).decode();
}

}  // namespace reflow::image
