// Image files as pixels. The ops for JPEG, PNG and GIF read each of the three.

#include <cctype>
#include <limits>
#include <string>
#include <string_view>

#include "reflow/codec/bmp.h"
#include "reflow/codec/gif.h"
#include "reflow/codec/jpeg.h"
#include "reflow/codec/png.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

enum class Format { kUnknown, kJpeg, kPng, kGif };

Format format_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xff\xd8\xff"sv)) return Format::kJpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return Format::kPng;
  if (bytes.starts_with("GIF8"sv)) return Format::kGif;
  return Format::kUnknown;
}

std::string_view name_of(Format format) {
  return format == Format::kJpeg ? "JPEG" : format == Format::kPng ? "PNG" : "GIF";
}

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c == '\'' || c == '"' || c == '\\') text += {'\\', c};
    else if (c == '\n') text += "\\n";
    else if (c == '\r') text += "\\r";
    else if (c == '\t') text += "\\t";
    else if (std::isprint(static_cast<unsigned char>(c))) text += c;
    else text += fmt::format("\\{:03o}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return text;
}

StatusOr<const std::string*> scalar_contents(KernelContext& c) {
  const Tensor& contents = c.input(0);
  if (contents.rank() != 0) return invalid_argument("contents must be scalar, got shape {}", contents.shape().str());
  return &contents.item<std::string>();
}

// `kOp` is the op's own format.
template <Format kOp, bool kCrops = false>
class DecodeImage : public Kernel {
 public:
  explicit DecodeImage(KernelInit& c) {
    if constexpr (kOp == Format::kGif) {
      channels_ = 3;
      return;
    }
    channels_ = static_cast<int>(c.attr<int64_t>("channels"));
    if (channels_ != 0 && channels_ != 1 && channels_ != 3 && channels_ != 4) {
      c.fail(invalid_argument("channels must be 0, 1, 3, or 4, got {}", channels_));
    }
    if constexpr (kOp == Format::kPng) bits_ = c.attr<DType>("dtype") == DType::kUint8 ? 8 : 16;
    if constexpr (kOp == Format::kJpeg) {
      jpeg_.ratio = static_cast<int>(c.attr<int64_t>("ratio"));
      if (jpeg_.ratio != 1 && jpeg_.ratio != 2 && jpeg_.ratio != 4 && jpeg_.ratio != 8) {
        c.fail(invalid_argument("ratio must be 1, 2, 4, or 8, got {}", jpeg_.ratio));
      }
      jpeg_.fancy_upscaling = c.attr<bool>("fancy_upscaling");
      jpeg_.try_recover_truncated = c.attr<bool>("try_recover_truncated");
      jpeg_.acceptable_fraction = c.attr<float>("acceptable_fraction");
      const auto dct = c.attr<std::string>("dct_method");
      if (dct == "INTEGER_ACCURATE") jpeg_.dct = codec::JpegDct::kAccurate;
      else if (!dct.empty() && dct != "INTEGER_FAST") c.fail(invalid_argument("dct_method must be one of {{'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}}"));
    }
  }

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string* const bytes, scalar_contents(c));
    if (bytes->empty()) return invalid_argument("Expected image (JPEG, PNG, or GIF), got empty file");
    const Format format = format_of(*bytes);
    if (format == Format::kUnknown) {
      return invalid_argument("Expected image (JPEG, PNG, or GIF), got unknown format starting with '{}'",
                              escaped(std::string_view(*bytes).substr(0, 16)));
    }
    if (bytes->size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
      return invalid_argument("{} contents are too large for int: {}", name_of(format), bytes->size());
    }
    if (format != Format::kPng && bits_ != 8) return invalid_argument("{} does not support uint16 output", name_of(format));
    switch (format) {
      case Format::kJpeg: return decode_jpeg(c, *bytes);
      case Format::kPng: return decode_png(c, *bytes);
      default: return decode_gif(c, *bytes);
    }
  }

 private:
  // DecodeGif gives frames.
  Status allocate(KernelContext& c, int64_t height, int64_t width, int64_t channels) {
    Shape shape{height, width, channels};
    if (kOp == Format::kGif) shape.insert_dim(0, 1);
    return c.allocate_output(0, shape);
  }

  Status decode_jpeg(KernelContext& c, const std::string& bytes) {
    if (channels_ == 4) return invalid_argument("channels must be 0, 1, or 3 for JPEG, got {}", channels_);
    codec::JpegDecodeOptions options = jpeg_;
    options.channels = channels_;
    codec::JpegCrop crop;
    if constexpr (kCrops) {
      const Tensor& window = c.input(1);
      if (window.rank() != 1) return invalid_argument("crop_window must be 1-D, got {}", window.shape().str());
      if (window.num_elements() != 4) return invalid_argument("crop_size must have four elements {}", window.shape().str());
      const int32_t* w = window.data<int32_t>();
      crop = {w[0], w[1], w[2], w[3]};
      options.crop = &crop;
    }
    return codec::decode_jpeg(bytes, options, [&](const codec::JpegInfo& info) -> StatusOr<uint8_t*> {
      RETURN_IF_ERROR(allocate(c, info.height, info.width, info.channels));
      return c.output(0).data<uint8_t>();
    });
  }

  Status decode_png(KernelContext& c, const std::string& bytes) {
    codec::PngDecoder decoder;
    ASSIGN_OR_RETURN(const codec::PngInfo info, decoder.open(bytes, channels_, bits_));
    RETURN_IF_ERROR(allocate(c, info.height, info.width, info.channels));
    return decoder.decode(c.output(0).raw_data());
  }

  Status decode_gif(KernelContext& c, const std::string& bytes) {
    if (channels_ != 0 && channels_ != 3) return invalid_argument("channels must be 0 or 3 for GIF, got {}", channels_);
    return codec::decode_gif(bytes, [&](int64_t frames, int64_t height, int64_t width) -> StatusOr<uint8_t*> {
      if (kOp == Format::kGif) {
        RETURN_IF_ERROR(c.allocate_output(0, {frames, height, width, 3}));
      } else if (frames != 1) {
        return invalid_argument("Got {} frames, but animated gifs can only be decoded by tf.image.decode_gif or "
                                "tf.image.decode_image", frames);
      } else {
        RETURN_IF_ERROR(c.allocate_output(0, {height, width, 3}));
      }
      return c.output(0).data<uint8_t>();
    });
  }

  int channels_ = 0, bits_ = 8;
  codec::JpegDecodeOptions jpeg_;
};

Status image_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  const int64_t channels = c.attr_or("channels", int64_t{0});
  if (channels < 0) return invalid_argument("channels must be non-negative, got {}", channels);
  c.set_output(0, {Shape::kUnknown, Shape::kUnknown, channels == 0 ? Shape::kUnknown : channels});
  return OkStatus();
}

Status cropped_shape(ShapeContext& c) {
  RETURN_IF_ERROR(image_shape(c));
  if (c.concrete()) return OkStatus();
  Shape window, image = c.output(0);
  int64_t four;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &window));
  RETURN_IF_ERROR(c.with_value(window.dim(0), 4, &four));
  if (const Tensor* value = c.value(1)) {
    image.set_dim(0, value->data<int32_t>()[2]);
    image.set_dim(1, value->data<int32_t>()[3]);
  }
  c.set_output(0, std::move(image));
  return OkStatus();
}

Status frames_shape(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  c.set_output(0, {Shape::kUnknown, Shape::kUnknown, Shape::kUnknown, 3});
  return OkStatus();
}

REFLOW_OP("DecodeJpeg")
    .input("contents: string")
    .output("image: uint8")
    .attr("channels: int = 0")
    .attr("ratio: int = 1")
    .attr("fancy_upscaling: bool = true")
    .attr("try_recover_truncated: bool = false")
    .attr("acceptable_fraction: float = 1.0")
    .attr("dct_method: string = ''")
    .doc("A JPEG file as [height, width, channels]; `ratio` 2, 4 or 8 gives an image so much smaller.")
    .shape(image_shape)
    .kernel<DecodeImage<Format::kJpeg>>(kCpu);

REFLOW_OP("DecodeAndCropJpeg")
    .input("contents: string")
    .input("crop_window: int32")
    .output("image: uint8")
    .attr("channels: int = 0")
    .attr("ratio: int = 1")
    .attr("fancy_upscaling: bool = true")
    .attr("try_recover_truncated: bool = false")
    .attr("acceptable_fraction: float = 1.0")
    .attr("dct_method: string = ''")
    .doc("A part of a JPEG file, `crop_window` being y, x, height and width, as [height, width, channels].")
    .shape(cropped_shape)
    .kernel<DecodeImage<Format::kJpeg, true>>(kCpu);

REFLOW_OP("DecodePng")
    .input("contents: string")
    .output("image: dtype")
    .attr("channels: int = 0")
    .attr("dtype: {uint8, uint16} = DT_UINT8")
    .doc("A PNG file as [height, width, channels].")
    .shape(image_shape)
    .kernel<DecodeImage<Format::kPng>>(kCpu);

REFLOW_OP("DecodeGif")
    .input("contents: string")
    .output("image: uint8")
    .doc("The frames of a GIF file as [frames, height, width, 3].")
    .shape(frames_shape)
    .kernel<DecodeImage<Format::kGif>>(kCpu);

class DecodeBmp : public Kernel {
 public:
  explicit DecodeBmp(KernelInit& c) : channels_(static_cast<int>(c.attr<int64_t>("channels"))) {
    if (channels_ != 0 && channels_ != 1 && channels_ != 3 && channels_ != 4) {
      c.fail(invalid_argument("channels must be 0, 1, 3 or 4, got {}", channels_));
    }
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string* const bytes, scalar_contents(c));
    ASSIGN_OR_RETURN(const codec::BmpInfo info, codec::bmp_info(*bytes, channels_));
    RETURN_IF_ERROR(c.allocate_output(0, {info.height, info.width, info.channels}));
    codec::decode_bmp(*bytes, info, c.output(0).data<uint8_t>());
    return OkStatus();
  }

 private:
  int channels_;
};

REFLOW_OP("DecodeBmp")
    .input("contents: string")
    .output("image: uint8")
    .attr("channels: int = 0")
    .doc("A BMP file without compression as [height, width, channels].")
    .shape(image_shape)
    .kernel<DecodeBmp>(kCpu);

template <typename T>
class ExtractJpegShape : public Kernel {
 public:
  explicit ExtractJpegShape(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string* const bytes, scalar_contents(c));
    ASSIGN_OR_RETURN(const codec::JpegInfo info, codec::jpeg_info(*bytes));
    T* out = c.output(0).data<T>();
    out[0] = static_cast<T>(info.height);
    out[1] = static_cast<T>(info.width);
    out[2] = static_cast<T>(info.channels);
    return OkStatus();
  }
};

Status jpeg_shape_shape(ShapeContext& c) {
  Shape scalar;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  c.set_output(0, {3});
  return OkStatus();
}

REFLOW_OP("ExtractJpegShape")
    .input("contents: string")
    .output("image_shape: output_type")
    .attr("output_type: {int32, int64} = DT_INT32")
    .doc("Height, width and channels of a JPEG file, without decoding it.")
    .shape(jpeg_shape_shape)
    .kernel<ExtractJpegShape>(kCpu, Types<int32_t, int64_t>{}, "output_type");

}  // namespace
}  // namespace reflow::ops
