#pragma once

// Images mirrored, turned, cut and padded: [height, width, channels], or a batch of them where nothing else is said.

#include <cstdint>
#include <optional>

#include "reflow/client/tensor_like.h"

namespace reflow::image {

// Mirrored; upside down. ValueError: "'image' must have either 3 or 4 dimensions.", and below for all of these.
Output flip_left_right(const TensorLike& image);
Output flip_up_down(const TensorLike& image);
struct RandomFlipOptions {
  std::optional<int64_t> seed;
};
// The same in one of two cases, for each image.
Output random_flip_left_right(const TensorLike& image, const RandomFlipOptions& options = {});
Output random_flip_up_down(const TensorLike& image, const RandomFlipOptions& options = {});
// Rows and columns exchanged.
Output transpose(const TensorLike& image, const NameOptions& options = {});
inline Output transpose_image(const TensorLike& image, const NameOptions& options = {}) {
  return transpose(image, options);
}
// Turned counter-clockwise by `k` right angles.
Output rot90(const TensorLike& image, const TensorLike& k = 1, const NameOptions& options = {});

// The middle: this fraction of height and width. ValueError: "central_fraction must be within (0, 1]".
Output central_crop(const TensorLike& image, double central_fraction);
// From the offsets on, of the target's size. Sizes are numbers or scalars. ValueError: it lies outside.
Output crop_to_bounding_box(const TensorLike& image, const TensorLike& offset_height, const TensorLike& offset_width,
                            const TensorLike& target_height, const TensorLike& target_width);
// With zeros around it: it begins at the offsets of an image of the target's size.
Output pad_to_bounding_box(const TensorLike& image, const TensorLike& offset_height, const TensorLike& offset_width,
                           const TensorLike& target_height, const TensorLike& target_width);

}  // namespace reflow::image
