#pragma once

// Images in another size: a batch [images, height, width, channels], and where it is said also a single one.

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow::image {

// How pixels of another size are computed.
enum class ResizeMethod { BILINEAR = 0, NEAREST_NEIGHBOR = 1, BICUBIC = 2, AREA = 3 };

struct ResizeImagesOptions {
  ResizeMethod method = ResizeMethod::BILINEAR;
  bool align_corners = false;
  bool preserve_aspect_ratio = false;  // the largest size of the old proportions that fits into the new one
  std::string name;
};
// To `size`, [height, width]; of one image too. ValueError: "'images' must have either 3 or 4 dimensions.", "'size'
// must be a 1-D Tensor of 2 elements: new_height, new_width".
Output resize_images(const TensorLike& images, const TensorLike& size, const ResizeImagesOptions& options = {});
inline Output resize(const TensorLike& images, const TensorLike& size, const ResizeImagesOptions& options = {}) {
  return resize_images(images, size, options);
}

struct ResizeOptions {
  bool align_corners = false;
  std::string name;
  bool half_pixel_centers = false;
};
// A batch by one method.
Output resize_bilinear(const TensorLike& images, const TensorLike& size, const ResizeOptions& options = {});
Output resize_nearest_neighbor(const TensorLike& images, const TensorLike& size, const ResizeOptions& options = {});
Output resize_bicubic(const TensorLike& images, const TensorLike& size, const ResizeOptions& options = {});
struct ResizeAreaOptions {
  bool align_corners = false;
  std::string name;
};
// To `size`, [height, width]: each pixel is the mean of those that it covers.
Output resize_area(const TensorLike& images, const TensorLike& size, const ResizeAreaOptions& options = {});

// Cut, or padded with zeros, on all sides, to the target's size; of one image too. ValueError: "target_width must be >
// 0.".
Output resize_image_with_crop_or_pad(const TensorLike& image, const TensorLike& target_height,
                                     const TensorLike& target_width);
inline Output resize_with_crop_or_pad(const TensorLike& image, const TensorLike& target_height,
                                      const TensorLike& target_width) {
  return resize_image_with_crop_or_pad(image, target_height, target_width);
}
struct ResizeWithPadOptions {
  ResizeMethod method = ResizeMethod::BILINEAR;
  bool align_corners = false;
};
// With its proportions, and zeros where it doesn't fill the target.
Output resize_image_with_pad(const TensorLike& image, const TensorLike& target_height, const TensorLike& target_width,
                             const ResizeWithPadOptions& options = {});

}  // namespace reflow::image
