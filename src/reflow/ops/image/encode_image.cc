// Pixels as image files.

#include <cstdint>
#include <limits>
#include <string>

#include "reflow/codec/jpeg.h"
#include "reflow/codec/png.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status encoded_shape(ShapeContext& c) {
  Shape image;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 3, &image));
  return scalar_shape(c);
}

Status check_image(const Tensor& image) {
  if (image.rank() != 3) return invalid_argument("image must be 3-dimensional{}", image.shape().str());
  if (image.num_elements() > std::numeric_limits<int32_t>::max()) {
    return invalid_argument("image cannot have >= int32 max elements");
  }
  return OkStatus();
}

class EncodePng : public Kernel {
 public:
  explicit EncodePng(KernelInit& c)
      : options_{.bits = c.attr<DType>("T") == DType::kUint8 ? 8 : 16,
                 .compression = static_cast<int>(c.attr<int64_t>("compression"))} {
    if (options_.compression < -1 || options_.compression > 9) {
      c.fail(invalid_argument("compression should be in [-1,9], got {}", options_.compression));
    }
  }
  Status compute(KernelContext& c) override {
    const Tensor& image = c.input(0);
    RETURN_IF_ERROR(check_image(image));
    const int64_t channels = image.dim(2);
    if (channels < 1 || channels > 4) return invalid_argument("image must have 1, 2, 3, or 4 channels, got {}", channels);
    auto png = codec::encode_png(image.raw_data(), image.dim(0), image.dim(1), static_cast<int>(channels), options_);
    if (!png.ok()) return internal_error("PNG encoding failed");
    *c.output(0).data<std::string>() = *std::move(png);
    return OkStatus();
  }

 private:
  codec::PngOptions options_;
};

REFLOW_OP("EncodePng")
    .input("image: T")
    .output("contents: string")
    .attr("compression: int = -1")
    .attr("T: {uint8, uint16} = DT_UINT8")
    .doc("Pixels, [height, width, channels] with 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA) channels, as a PNG file.")
    .shape(encoded_shape)
    .kernel<EncodePng>(kCpu);

class EncodeJpeg : public Kernel {
 public:
  explicit EncodeJpeg(KernelInit& c) : format_(c.attr<std::string>("format")) {
    options_ = {.quality = static_cast<int>(c.attr<int64_t>("quality")),
                .progressive = c.attr<bool>("progressive"),
                .optimize_size = c.attr<bool>("optimize_size"),
                .chroma_downsampling = c.attr<bool>("chroma_downsampling"),
                .density_in_cm = c.attr<std::string>("density_unit") == "cm",
                .x_density = static_cast<int>(c.attr<int64_t>("x_density")),
                .y_density = static_cast<int>(c.attr<int64_t>("y_density")),
                .xmp_metadata = c.attr<std::string>("xmp_metadata")};
    if (options_.quality < 0 || options_.quality > 100) {
      c.fail(invalid_argument("quality must be in [0,100], got {}", options_.quality));
    }
  }
  Status compute(KernelContext& c) override {
    const Tensor& image = c.input(0);
    RETURN_IF_ERROR(check_image(image));
    const int64_t channels = image.dim(2), wanted = format_ == "rgb" ? 3 : 1;
    if (!format_.empty() && channels != wanted) {
      return invalid_argument("format {} expects {} channels, got {}", format_, wanted, image.shape().str());
    }
    if (channels != 1 && channels != 3) {
      return invalid_argument("image must have 1 or 3 channels, got {}", image.shape().str());
    }
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(),
                     codec::encode_jpeg(image.data<uint8_t>(), image.dim(0), image.dim(1), static_cast<int>(channels), options_));
    return OkStatus();
  }

 private:
  std::string format_;
  codec::JpegEncodeOptions options_;
};

REFLOW_OP("EncodeJpeg")
    .input("image: uint8")
    .output("contents: string")
    .attr("format: {'', 'grayscale', 'rgb'} = ''")
    .attr("quality: int = 95")
    .attr("progressive: bool = false")
    .attr("optimize_size: bool = false")
    .attr("chroma_downsampling: bool = true")
    .attr("density_unit: {'in', 'cm'} = 'in'")
    .attr("x_density: int = 300")
    .attr("y_density: int = 300")
    .attr("xmp_metadata: string = ''")
    .doc("Pixels, [height, width, channels] with 1 (gray) or 3 (RGB) channels, as a JPEG file.")
    .shape(encoded_shape)
    .kernel<EncodeJpeg>(kCpu);

class EncodeJpegVariableQuality : public Kernel {
 public:
  explicit EncodeJpegVariableQuality(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &image = c.input(0), &quality = c.input(1);
    RETURN_IF_ERROR(check_image(image));
    if (quality.rank() != 0) return invalid_argument("quality must be scalar: {}", quality.shape().str());
    const int64_t channels = image.dim(2);
    if (channels != 1 && channels != 3) {
      return invalid_argument("image must have 1 or 3 channels, got {}", image.shape().str());
    }
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(),
                     codec::encode_jpeg(image.data<uint8_t>(), image.dim(0), image.dim(1), static_cast<int>(channels),
                                        {.quality = quality.item<int32_t>()}));
    return OkStatus();
  }
};

REFLOW_OP("EncodeJpegVariableQuality")
    .input("images: uint8")
    .input("quality: int32")
    .output("contents: string")
    .doc("EncodeJpeg with a quality that is a tensor; below 1 it counts as 1, above 100 as 100.")
    .shape(encoded_shape)
    .kernel<EncodeJpegVariableQuality>(kCpu);

}  // namespace
}  // namespace reflow::ops
