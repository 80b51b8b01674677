// Summaries of images, as PNG files.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "reflow/codec/png.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/op/op.h"
#include "reflow/ops/summary/summary_writer.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// One image as bytes: where there are negative values, 0 becomes 128 and the largest absolute value 1 or 255; else the
// largest value becomes 255. Pixels that aren't finite get `bad_colour`.
template <typename T>
void to_bytes(const T* pixels, int64_t num_pixels, int64_t depth, const uint8_t* bad_colour, uint8_t* out) {
  const auto is_finite = [&](const T* pixel) {
    return std::all_of(pixel, pixel + depth, [](T v) { return std::isfinite(static_cast<double>(v)); });
  };
  float smallest = std::numeric_limits<float>::infinity(), largest = -smallest;
  for (int64_t i = 0; i < num_pixels; ++i) {
    const T* pixel = pixels + i * depth;
    if (!is_finite(pixel)) continue;
    for (int64_t j = 0; j < depth; ++j) {
      smallest = std::min(smallest, static_cast<float>(pixel[j]));
      largest = std::max(largest, static_cast<float>(pixel[j]));
    }
  }
  constexpr float kAlmostZero = 1e-6f;
  const bool is_signed = smallest < 0;
  const float range = is_signed ? std::max(std::abs(smallest), std::abs(largest)) : largest;
  const T scale(range < kAlmostZero ? 0.0f : (is_signed ? 127.0f : 255.0f) / range), offset(is_signed ? 128.0f : 0.0f);
  for (int64_t i = 0; i < num_pixels; ++i) {
    const T* pixel = pixels + i * depth;
    const bool finite = is_finite(pixel);
    for (int64_t j = 0; j < depth; ++j) {
      *out++ = finite ? static_cast<uint8_t>(static_cast<float>(pixel[j] * scale + offset)) : bad_colour[j];
    }
  }
}

// A Summary with the first `max_images` of `images` as PNG files.
template <typename T>
StatusOr<std::string> image_summary(const std::string& tag, const Tensor& images, int64_t max_images,
                                    const Tensor& bad_colour) {
  const Shape& shape = images.shape();
  if (shape.rank() != 4 || (shape.dim(3) != 1 && shape.dim(3) != 3 && shape.dim(3) != 4)) {
    return invalid_argument("Tensor must be 4-D with last dim 1, 3, or 4, not {}", shape.str());
  }
  const int64_t height = shape.dim(1), width = shape.dim(2), depth = shape.dim(3);
  if (shape.dim(0) > 0 && (height == 0 || width == 0)) {
    return invalid_argument("input tensor must have non-zero dims. Found: [{}, {}, {}, {}].", shape.dim(0), height, width,
                            depth);
  }
  if (height > INT32_MAX || width > INT32_MAX || height * width > INT32_MAX / depth) {
    return invalid_argument("Tensor too large for summary {}", shape.str());
  }
  if (!std::is_same_v<T, uint8_t> && bad_colour.num_elements() < depth) {
    return invalid_argument("expected depth <= bad_color.size, got depth = {}, bad_color.size = {}", depth,
                            bad_colour.num_elements());
  }
  formats::SummaryBytes summary;
  std::vector<uint8_t> bytes(static_cast<size_t>(height * width * depth));
  const int64_t n = std::min(max_images, shape.dim(0));
  for (int64_t i = 0; i < n; ++i) {
    const T* pixels = images.data<T>() + i * height * width * depth;
    if constexpr (std::is_same_v<T, uint8_t>) {
      std::copy_n(pixels, bytes.size(), bytes.data());
    } else {
      to_bytes(pixels, height * width, depth, bad_colour.data<uint8_t>(), bytes.data());
    }
    ASSIGN_OR_RETURN(const std::string png, codec::encode_png(bytes.data(), height, width, static_cast<int>(depth)));
    const std::string name = tag + "/image";
    summary.add_image(max_images > 1 ? fmt::format("{}/{}", name, i) : name, height, width, depth, png);
  }
  return std::move(summary).bytes();
}

template <typename T>
class ImageSummary : public Kernel {
 public:
  explicit ImageSummary(KernelInit& c) : max_images_(c.attr<int64_t>("max_images")), bad_colour_(c.attr<Tensor>("bad_color")) {
    if (bad_colour_.dtype() != DType::kUint8) {
      c.fail(invalid_argument("bad_color must be uint8, got {}", dtype_spec_name(bad_colour_.dtype())));
    } else if (bad_colour_.rank() != 1) {
      c.fail(invalid_argument("bad_color must be a vector, got shape {}", bad_colour_.shape().str()));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& tag = c.input(0);
    if (tag.rank() != 0) return invalid_argument("Tags must be a scalar");
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(),
                     image_summary<T>(tag.item<std::string>(), c.input(1), max_images_, bad_colour_));
    return OkStatus();
  }

 private:
  int64_t max_images_;
  Tensor bad_colour_;
};

REFLOW_OP("ImageSummary")
    .input("tag: string")
    .input("tensor: T")
    .output("summary: string")
    .attr("max_images: int >= 1 = 3")
    .attr("T: {uint8, float, half, double} = DT_FLOAT")
    .attr("bad_color: tensor = { dtype: DT_UINT8 tensor_shape: [4] int_val: 255 int_val: 0 int_val: 0 int_val: 255 }")
    .doc("A summary of images, [batch, height, width, channels] with 1 (gray), 3 (RGB) or 4 (RGBA) channels: the first "
         "`max_images` as PNG files. Numbers that aren't bytes are scaled, each image by itself; pixels that aren't finite "
         "get `bad_color`.")
    .shape(scalar_shape)
    .kernel<ImageSummary>(kCpu, Types<uint8_t, float, Half, double>{})
    .not_differentiable();

template <typename T>
class WriteImageSummary : public Kernel {
 public:
  explicit WriteImageSummary(KernelInit& c) : max_images_(c.attr<int64_t>("max_images")) {}
  Status compute(KernelContext& c) override {
    const Tensor& bad_colour = c.input(4);
    if (bad_colour.rank() != 1) {
      return invalid_argument("bad_color must be a vector, got shape {}", bad_colour.shape().str());
    }
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c, 2));
    ASSIGN_OR_RETURN(const std::string summary, image_summary<T>(target.tag, c.input(3), max_images_, bad_colour));
    return target.write(formats::EventField::kSummary, summary);
  }

 private:
  int64_t max_images_;
};

REFLOW_OP("WriteImageSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tag: string")
    .input("tensor: T")
    .input("bad_color: uint8")
    .attr("max_images: int >= 1 = 3")
    .attr("T: {uint8, float, half} = DT_FLOAT")
    .stateful()
    .doc("Writes the first `max_images` images of a batch; see ImageSummary.")
    .shape(no_outputs)
    .kernel<WriteImageSummary>(kCpu, Types<uint8_t, float, Half>{});

}  // namespace
}  // namespace reflow::ops
