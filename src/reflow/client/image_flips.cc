#include "reflow/client/image_flips.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/image_sizes.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::image {

using client::checked_image;
using client::convert;
using client::ImageBatch;
using client::ImageChecks;
using client::of_image_rank;
using client::Size;

namespace {

Output image_tensor(const TensorLike& image) { return convert(image, DType::kInvalid, "image"); }

// `result` with the shape of the image that it was made of.
Output as_shaped(const Output& image, const Output& result) {
  result.set_shape(image.shape().known_rank() ? image.shape() : Shape{-1, -1, -1});
  return result;
}

Output flip(const TensorLike& image_like, int dimension, const char* name) {
  const name_scope scope("", name);
  const Output image = checked_image(image_tensor(image_like));
  return of_image_rank(
      image, [&] { return as_shaped(image, reverse(image, std::vector<int>{dimension})); },
      [&] { return reverse(image, std::vector<int>{dimension + 1}); });
}

Output random_flip(const TensorLike& image_like, int dimension, const std::optional<int64_t>& seed, const char* name) {
  const name_scope scope("", name);
  const Output image = checked_image(image_tensor(image_like));
  const auto one = [&] {
    const Output uniform = random_uniform(Shape{}, {.minval = 0, .maxval = 1.0, .seed = seed});
    const Output mirrored = less(uniform, .5);
    const Output result = cond(
        mirrored, [&] { return reverse(image, std::vector<int>{dimension}); }, [&] { return image; },
        {.name = scope.name()});
    return as_shaped(image, result);
  };
  const auto many = [&] {
    const Output batch = shape(image)[0];
    const Output uniform = random_uniform(TensorLike{batch}, {.minval = 0, .maxval = 1.0, .seed = seed});
    const Output rounded = round(reshape(uniform, TensorLike{batch, 1, 1, 1}));
    const Output flips = cast(rounded, base_type(image.dtype()));
    const Output flipped = reverse(image, std::vector<int>{dimension + 1});
    const Output mirrored = flips * flipped;
    const Output others = 1 - flips;
    return mirrored + others * image;
  };
  return of_image_rank(image, one, many);
}

// `image` turned, whose rows are along the dimension `first`.
Output turned(const Output& image, const Output& k, int first, const std::string& name) {
  const std::vector<int> exchanged = first == 0 ? std::vector<int>{1, 0, 2} : std::vector<int>{0, 2, 1, 3};
  const std::vector<int> columns = {first + 1}, both = {first, first + 1};
  std::vector<std::pair<Output, CaseFn>> cases;
  cases.emplace_back(equal(k, 1), [=] { return reflow::transpose(reverse(image, columns), exchanged); });
  cases.emplace_back(equal(k, 2), [=] { return reverse(image, both); });
  cases.emplace_back(equal(k, 3), [=] { return reverse(reflow::transpose(image, exchanged), columns); });
  const Output result = case_(cases, [=] { return image; }, {.exclusive = true, .name = name});
  const Shape& known = image.shape();
  if (first == 0) {
    result.set_shape({-1, -1, known.known_rank() ? known.dim(2) : -1});
  } else {
    result.set_shape({known.dim(0), -1, -1, known.dim(3)});
  }
  return result;
}

}  // namespace

Output flip_left_right(const TensorLike& image) { return flip(image, 1, "flip_left_right"); }
Output flip_up_down(const TensorLike& image) { return flip(image, 0, "flip_up_down"); }

Output random_flip_left_right(const TensorLike& image, const RandomFlipOptions& options) {
  return random_flip(image, 1, options.seed, "random_flip_left_right");
}
Output random_flip_up_down(const TensorLike& image, const RandomFlipOptions& options) {
  return random_flip(image, 0, options.seed, "random_flip_up_down");
}

Output transpose(const TensorLike& image_like, const NameOptions& options) {
  const name_scope scope(options.name, "transpose");
  const Output image = checked_image(image_tensor(image_like));
  const std::string name = options.name.empty() ? "transpose" : options.name;
  return of_image_rank(
      image,
      [&] {
        return reflow::transpose(image, std::vector<int>{1, 0, 2}, {.name = name});
      },
      [&] {
        return reflow::transpose(image, std::vector<int>{0, 2, 1, 3}, {.name = name});
      });
}

Output rot90(const TensorLike& image_like, const TensorLike& k, const NameOptions& options) {
  const name_scope scope(options.name, "rot90");
  const Output image = checked_image(image_tensor(image_like));
  const Output angles = convert(k, int32, "k");
  if (angles.shape().rank() > 0) throw ValueError("Shape " + angles.shape().str() + " must have rank 0");
  const Output quarter = mod(angles, 4);
  return of_image_rank(
      image, [&] { return turned(image, quarter, 0, scope.name()); },
      [&] { return turned(image, quarter, 1, scope.name()); });
}

namespace {

// What central_crop leaves out at each side.
Size margin(const Size& size, double fraction) {
  if (size.known()) {
    const double length = static_cast<double>(size.number());
    return static_cast<int64_t>((length - length * fraction) / 2);
  }
  const Output length = cast(size.argument(), float64);
  const Output kept = length * fraction;
  const Output both = length - kept;
  return cast(both / 2, int32);
}

Size twice(const Size& size) {
  return size.known() ? Size(size.number() * 2) : Size(client::binary_operator("Mul", "mul", size.argument(), 2));
}

}  // namespace

Output central_crop(const TensorLike& image_like, double central_fraction) {
  const name_scope scope("", "central_crop");
  const Output image = image_tensor(image_like);
  if (!(central_fraction > 0.0 && central_fraction <= 1.0)) {
    throw ValueError("central_fraction must be within (0, 1]");
  }
  if (central_fraction == 1.0) return image;
  checked_image(image);
  const Shape& known = image.shape();
  const int rank = known.rank();
  if (rank != 3 && rank != 4) {
    throw ValueError("`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = " +
                     (rank < 0 ? "None" : std::to_string(rank)) + ".");
  }
  const auto size_of = [&](int i) { return known.dim(i) >= 0 ? Size(known.dim(i)) : Size(shape(image)[i]); };
  const Size height = size_of(rank - 3), width = size_of(rank - 2);
  const Size top = margin(height, central_fraction), left = margin(width, central_fraction);
  const Size kept_height = height - twice(top), kept_width = width - twice(left);
  TensorList begin = {top.argument(), left.argument(), 0};
  TensorList size = {kept_height.argument(), kept_width.argument(), -1};
  if (rank == 4) {
    begin.insert(begin.begin(), 0);
    size.insert(size.begin(), -1);
  }
  const Output from = stack(begin);
  const Output cropped = slice(image, from, stack(size));
  Shape result = known;
  result.set_dim(rank - 3, kept_height.static_size());
  result.set_dim(rank - 2, kept_width.static_size());
  cropped.set_shape(result);
  return cropped;
}

Output crop_to_bounding_box(const TensorLike& image_like, const TensorLike& offset_height,
                            const TensorLike& offset_width, const TensorLike& target_height,
                            const TensorLike& target_width) {
  const name_scope scope("", "crop_to_bounding_box");
  const ImageBatch batch(image_tensor(image_like));
  ImageChecks checks;
  checks.rank_3_or_more(batch.images());
  const std::vector<Size> sizes = client::image_dimensions(batch.images(), 4);
  const Size top(offset_height), left(offset_width), height(target_height), width(target_width);
  checks.at_least(left, 0, "offset_width must be >= 0.");
  checks.at_least(top, 0, "offset_height must be >= 0.");
  checks.more_than(width, 0, "target_width must be > 0.");
  checks.more_than(height, 0, "target_height must be > 0.");
  checks.at_least(sizes[2], width + left, "width must be >= target + offset.");
  checks.at_least(sizes[1], height + top, "height must be >= target + offset.");
  const Output images = checks.before(batch.images());
  const Output begin = stack({0, top.argument(), left.argument(), 0});
  const Output cropped = slice(images, begin, stack({-1, height.argument(), width.argument(), -1}));
  cropped.set_shape({sizes[0].static_size(), height.static_size(), width.static_size(), sizes[3].static_size()});
  return batch.unbatched(cropped);
}

Output pad_to_bounding_box(const TensorLike& image_like, const TensorLike& offset_height,
                           const TensorLike& offset_width, const TensorLike& target_height,
                           const TensorLike& target_width) {
  const name_scope scope("", "pad_to_bounding_box");
  const ImageBatch batch(image_tensor(image_like));
  ImageChecks checks;
  checks.rank_3_or_more(batch.images());
  const std::vector<Size> sizes = client::image_dimensions(batch.images(), 4);
  const Size top(offset_height), left(offset_width), height(target_height), width(target_width);
  const Size right = width - left - sizes[2];
  const Size bottom = height - top - sizes[1];
  checks.at_least(top, 0, "offset_height must be >= 0");
  checks.at_least(left, 0, "offset_width must be >= 0");
  checks.at_least(right, 0, "width must be <= target - offset");
  checks.at_least(bottom, 0, "height must be <= target - offset");
  const Output images = checks.before(batch.images());
  const Output flat = stack({0, 0, top.argument(), bottom.argument(), left.argument(), right.argument(), 0, 0});
  const Output padded = pad(images, reshape(flat, {4, 2}));
  padded.set_shape({sizes[0].static_size(), height.static_size(), width.static_size(), sizes[3].static_size()});
  return batch.unbatched(padded);
}

}  // namespace reflow::image
