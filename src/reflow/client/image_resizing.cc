#include "reflow/client/image_resizing.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/image_flips.h"
#include "reflow/client/image_sizes.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"

namespace reflow::image {

using client::apply_op;
using client::convert;
using client::ImageBatch;
using client::ImageChecks;
using client::Size;

namespace {

Output resized(const char* type, const TensorLike& images, const TensorLike& size, const ResizeOptions& options) {
  return apply_op(type, options.name, {images, size},
                  {{"align_corners", options.align_corners}, {"half_pixel_centers", options.half_pixel_centers}});
}

Output resized(ResizeMethod method, const Output& images, const Output& size, bool align_corners) {
  switch (method) {
    case ResizeMethod::BILINEAR:
      return resize_bilinear(images, size, {.align_corners = align_corners});
    case ResizeMethod::NEAREST_NEIGHBOR:
      return resize_nearest_neighbor(images, size, {.align_corners = align_corners});
    case ResizeMethod::BICUBIC:
      return resize_bicubic(images, size, {.align_corners = align_corners});
    case ResizeMethod::AREA:
      return resize_area(images, size, {.align_corners = align_corners});
  }
  throw ValueError("Resize method is not implemented.");
}

// The two numbers of a size; -1 where one isn't known.
std::pair<int64_t, int64_t> known_sizes(const Output& size) {
  const Tensor value = constant_value(size);
  if (!value.valid()) return {-1, -1};
  return {value.data<int32_t>()[0], value.data<int32_t>()[1]};
}

// The largest size of the images' proportions that is within the new one.
Output size_within(const Output& images, const std::pair<int64_t, int64_t>& wanted) {
  if (wanted.first < 0 || wanted.second < 0) throw ValueError("preserve_aspect_ratio needs a size that is known");
  const std::vector<Size> sizes = client::image_dimensions(images, 4);
  const auto as_float = [](const Size& size) { return cast(size.argument(), float32); };
  const Output new_height = as_float(wanted.first);
  const Output by_height = new_height / as_float(sizes[1]);
  const Output new_width = as_float(wanted.second);
  const Output by_width = new_width / as_float(sizes[2]);
  const Output scale = minimum(by_height, by_width);
  const Output height = cast(round(scale * as_float(sizes[1])), int32);
  const Output width = cast(round(scale * as_float(sizes[2])), int32);
  return convert({height, width}, int32, "size");
}

}  // namespace

Output resize_bilinear(const TensorLike& images, const TensorLike& size, const ResizeOptions& options) {
  return resized("ResizeBilinear", images, size, options);
}
Output resize_nearest_neighbor(const TensorLike& images, const TensorLike& size, const ResizeOptions& options) {
  return resized("ResizeNearestNeighbor", images, size, options);
}
Output resize_bicubic(const TensorLike& images, const TensorLike& size, const ResizeOptions& options) {
  return resized("ResizeBicubic", images, size, options);
}
Output resize_area(const TensorLike& images, const TensorLike& size, const ResizeAreaOptions& options) {
  return apply_op("ResizeArea", options.name, {images, size}, {{"align_corners", options.align_corners}});
}

Output resize_images(const TensorLike& images_like, const TensorLike& size_like, const ResizeImagesOptions& options) {
  const name_scope scope(options.name, "resize");
  Output images = convert(images_like, DType::kInvalid, "images");
  const int rank = images.shape().rank();
  if (rank < 0) throw ValueError("'images' contains no shape.");
  if (rank != 3 && rank != 4) throw ValueError("'images' must have either 3 or 4 dimensions.");
  if (rank == 3) images = expand_dims(images, 0);
  const int64_t height = images.shape().dim(1), width = images.shape().dim(2);
  Output size = convert(size_like, int32, "size");
  if (!size.shape().compatible_with({2})) {
    throw ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width");
  }
  auto wanted = known_sizes(size);
  if (options.preserve_aspect_ratio) {
    size = size_within(images, wanted);
    wanted = known_sizes(size);
  }
  if (wanted.first < 0 || wanted != std::pair(height, width)) {
    images = resized(options.method, images, size, options.align_corners);
    images.set_shape({-1, wanted.first, wanted.second, -1});
  }
  return rank == 3 ? squeeze(images, std::vector<int>{0}) : images;
}

namespace {

void check_target(const Output& images, const Size& height, const Size& width, ImageChecks& checks) {
  checks.rank_3_or_more(images);
  checks.more_than(width, 0, "target_width must be > 0.");
  checks.more_than(height, 0, "target_height must be > 0.");
}

// `size` after the checks, where it is a tensor.
Size after(const ImageChecks& checks, const Size& size) {
  return size.known() ? size : Size(checks.before(*size.argument().output()));
}

}  // namespace

Output resize_image_with_crop_or_pad(const TensorLike& image, const TensorLike& target_height,
                                     const TensorLike& target_width) {
  const name_scope scope("", "resize_image_with_crop_or_pad");
  const ImageBatch batch(convert(image, DType::kInvalid, "image"));
  Size height(target_height), width(target_width);
  ImageChecks before;
  check_target(batch.images(), height, width, before);
  const Output images = before.before(batch.images());
  height = after(before, height);
  width = after(before, width);
  const std::vector<Size> sizes = client::image_dimensions(images, 4);
  const Size more_width = width - sizes[2];
  const Size left = larger(half_of(-more_width), 0);
  const Size padded_left = larger(half_of(more_width), 0);
  const Size more_height = height - sizes[1];
  const Size top = larger(half_of(-more_height), 0);
  const Size padded_top = larger(half_of(more_height), 0);
  const Size kept_height = smaller(height, sizes[1]);
  const Size kept_width = smaller(width, sizes[2]);
  const Output cropped =
      crop_to_bounding_box(images, top.argument(), left.argument(), kept_height.argument(), kept_width.argument());
  const Output padded =
      pad_to_bounding_box(cropped, padded_top.argument(), padded_left.argument(), height.argument(), width.argument());
  const std::vector<Size> result = client::image_dimensions(padded, 4);
  ImageChecks checks;
  checks.equal(result[1], height, "resized height is not correct.");
  checks.equal(result[2], width, "resized width is not correct.");
  return batch.unbatched(checks.before(padded));
}

Output resize_image_with_pad(const TensorLike& image, const TensorLike& target_height, const TensorLike& target_width,
                             const ResizeWithPadOptions& options) {
  const name_scope scope("", "resize_image_with_pad");
  const ImageBatch batch(convert(image, DType::kInvalid, "image"));
  const Size height(target_height), width(target_width);
  ImageChecks checks;
  check_target(batch.images(), height, width, checks);
  const Output images = checks.before(batch.images());
  const std::vector<Size> sizes = client::image_dimensions(images, 4);
  const auto as_double = [](const Size& size) { return cast(size.argument(), float64); };
  const Output old_height = as_double(sizes[1]), old_width = as_double(sizes[2]);
  const Output wanted_height = as_double(height), wanted_width = as_double(width);
  const Output by_width = old_width / wanted_width;
  const Output ratio = maximum(by_width, old_height / wanted_height);
  const Output new_height = old_height / ratio, new_width = old_width / ratio;
  const Output rows = cast(floor(new_height), int32), columns = cast(floor(new_width), int32);
  const Output half_height = (wanted_height - new_height) / 2, half_width = (wanted_width - new_width) / 2;
  const Output above = floor(half_height), before = floor(half_width);
  const Output top = maximum(0, cast(above, int32)), left = maximum(0, cast(before, int32));
  const Output smaller_images =
      resize_images(images, {rows, columns}, {.method = options.method, .align_corners = options.align_corners});
  const Output padded = pad_to_bounding_box(smaller_images, top, left, height.argument(), width.argument());
  client::image_dimensions(padded, 4);
  return batch.unbatched(padded);
}

}  // namespace reflow::image
