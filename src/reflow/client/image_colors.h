#pragma once

// The types, colors, brightness and contrast of images: floats in [0, 1], or integers up to the largest of their type.

#include <cstdint>
#include <optional>
#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow::image {

struct ConvertImageOptions {
  bool saturate = false;  // values outside the new type's range become the nearest in it
  std::string name;
};
// In another type: integers are scaled to the range of their type, floats to [0, 1].
Output convert_image_dtype(const TensorLike& image, DType dtype, const ConvertImageOptions& options = {});

// image + delta.
Output adjust_brightness(const TensorLike& image, const TensorLike& delta);
// So many times as far from the mean of their channel.
Output adjust_contrast(const TensorLike& images, const TensorLike& contrast_factor);
// gain * image ^ gamma. ValueError: "Gamma should be a non-negative real number.".
Output adjust_gamma(const TensorLike& image, const TensorLike& gamma = 1, const TensorLike& gain = 1);
// The hue turned by delta, in [-1, 1].
Output adjust_hue(const TensorLike& image, const TensorLike& delta, const NameOptions& options = {});
Output adjust_saturation(const TensorLike& image, const TensorLike& saturation_factor, const NameOptions& options = {});

struct RandomImageOptions {
  std::optional<int64_t> seed;
};
// The same by a number from [-max_delta, max_delta), or [lower, upper). ValueError: the range is none.
Output random_brightness(const TensorLike& image, double max_delta, const RandomImageOptions& options = {});
Output random_contrast(const TensorLike& image, double lower, double upper, const RandomImageOptions& options = {});
Output random_hue(const TensorLike& image, double max_delta, const RandomImageOptions& options = {});
Output random_saturation(const TensorLike& image, double lower, double upper, const RandomImageOptions& options = {});

// Each image with mean 0 and variance 1.
Output per_image_standardization(const TensorLike& image);

// [.., 3] to [.., 1]: the brightness; and back, as three equal channels.
Output rgb_to_grayscale(const TensorLike& images, const NameOptions& options = {});
Output grayscale_to_rgb(const TensorLike& images, const NameOptions& options = {});
// Colors in [0, 1], the last dimension: three numbers.
Output rgb_to_hsv(const TensorLike& images, const NameOptions& options = {});
Output hsv_to_rgb(const TensorLike& images, const NameOptions& options = {});
// Brightness and the colors of NTSC or PAL, and back.
Output rgb_to_yiq(const TensorLike& images);
Output yiq_to_rgb(const TensorLike& images);
Output rgb_to_yuv(const TensorLike& images);
Output yuv_to_rgb(const TensorLike& images);

}  // namespace reflow::image
