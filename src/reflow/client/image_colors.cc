#include "reflow/client/image_colors.h"

#include <array>
#include <limits>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/contraction_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/image_sizes.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/random_ops.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::image {

using client::apply_op;
using client::convert;

namespace {

int64_t largest(DType type) {
  switch (type) {
    case DType::kInt8:
      return std::numeric_limits<int8_t>::max();
    case DType::kUint8:
      return std::numeric_limits<uint8_t>::max();
    case DType::kInt16:
      return std::numeric_limits<int16_t>::max();
    case DType::kUint16:
      return std::numeric_limits<uint16_t>::max();
    case DType::kInt32:
      return std::numeric_limits<int32_t>::max();
    default:
      return std::numeric_limits<int64_t>::max();
  }
}

// a / (b + 1) of largest numbers: exact, without overflow.
int64_t ratio(int64_t larger, int64_t smaller) { return (larger / 2 + 1) / (smaller / 2 + 1); }

Output as_type(const Output& image, DType dtype, const ConvertImageOptions& options, const std::string& name) {
  return options.saturate ? saturate_cast(image, dtype, {name}) : cast(image, dtype, {name});
}

Output as_float(const Output& image) {
  const DType type = base_type(image.dtype());
  const bool is_float = type == DType::kFloat32 || type == DType::kHalf;
  return is_float ? image : convert_image_dtype(image, float32);
}

}  // namespace

Output convert_image_dtype(const TensorLike& image_like, DType dtype, const ConvertImageOptions& options) {
  const Output image = convert(image_like, DType::kInvalid, "image");
  if (!is_floating(dtype) && !is_integer(dtype)) throw TypeError("dtype must be either floating point or integer");
  const DType from = base_type(image.dtype());
  if (dtype == from) return identity(image, {options.name});
  const name_scope scope(options.name, "convert_image");
  if (is_integer(from) && is_integer(dtype)) {
    const int64_t in = largest(from), out = largest(dtype);
    if (in > out) {  // scaled first: the result is in range then
      return as_type(div(image, ratio(in, out)), dtype, options, scope.name());
    }
    return multiply(as_type(image, dtype, options, ""), ratio(out, in), {scope.name()});
  }
  if (is_floating(from) && is_floating(dtype)) return cast(image, dtype, {scope.name()});
  if (is_integer(from)) {
    return multiply(cast(image, dtype), 1. / static_cast<double>(largest(from)), {scope.name()});
  }
  const Output scaled = multiply(image, static_cast<double>(largest(dtype)) + 0.5);  // the cast rounds down
  return as_type(scaled, dtype, options, scope.name());
}

Output adjust_brightness(const TensorLike& image_like, const TensorLike& delta) {
  const name_scope scope("", "adjust_brightness");
  const Output image = convert(image_like, DType::kInvalid, "image");
  const Output floats = as_float(image);
  const Output adjusted = add(floats, cast(delta, base_type(floats.dtype())), {scope.name()});
  return convert_image_dtype(adjusted, base_type(image.dtype()), {.saturate = true});
}

Output adjust_contrast(const TensorLike& images_like, const TensorLike& contrast_factor) {
  const name_scope scope("", "adjust_contrast");
  const Output images = convert(images_like, DType::kInvalid, "images");
  const Output adjusted = apply_op("AdjustContrastv2", scope.name(), {as_float(images), contrast_factor});
  return convert_image_dtype(adjusted, base_type(images.dtype()), {.saturate = true});
}

Output adjust_gamma(const TensorLike& image_like, const TensorLike& gamma_like, const TensorLike& gain) {
  const name_scope scope("", "adjust_gamma");
  const Output image = convert(image_like, DType::kInvalid, "image");
  const Output floats = as_float(image);
  TensorLike gamma = gamma_like;
  const char* const message = "Gamma should be a non-negative real number.";
  if (client::is_symbolic(gamma)) {
    const Operation check = Assert(client::compare("GreaterEqual", gamma, 0), {message});
    gamma = with_dependencies({check}, gamma);
  } else if (const auto* number = std::get_if<double>(&gamma.value()); number && *number < 0) {
    throw ValueError(message);
  } else if (const auto* whole = std::get_if<int64_t>(&gamma.value()); whole && *whole < 0) {
    throw ValueError(message);
  }
  const Output power = client::binary_operator("Pow", "pow", floats, gamma);
  const Output adjusted = client::binary_operator("Mul", "mul", gain, power);
  return convert_image_dtype(adjusted, base_type(image.dtype()), {.saturate = true});
}

Output adjust_hue(const TensorLike& image_like, const TensorLike& delta, const NameOptions& options) {
  const name_scope scope(options.name, "adjust_hue");
  const Output image = convert(image_like, DType::kInvalid, "image");
  return convert_image_dtype(apply_op("AdjustHue", "", {as_float(image), delta}), base_type(image.dtype()));
}

Output adjust_saturation(const TensorLike& image_like, const TensorLike& saturation_factor,
                         const NameOptions& options) {
  const name_scope scope(options.name, "adjust_saturation");
  const Output image = convert(image_like, DType::kInvalid, "image");
  const Output adjusted = apply_op("AdjustSaturation", "", {as_float(image), saturation_factor});
  return convert_image_dtype(adjusted, base_type(image.dtype()));
}

namespace {

Output random_number(double lower, double upper, const RandomImageOptions& options) {
  return random_uniform(Shape{}, {.minval = lower, .maxval = upper, .seed = options.seed});
}

void check_range(double lower, double upper) {
  if (upper <= lower) throw ValueError("upper must be > lower.");
  if (lower < 0) throw ValueError("lower must be non-negative.");
}

}  // namespace

Output random_brightness(const TensorLike& image, double max_delta, const RandomImageOptions& options) {
  if (max_delta < 0) throw ValueError("max_delta must be non-negative.");
  return adjust_brightness(image, random_number(-max_delta, max_delta, options));
}

Output random_contrast(const TensorLike& image, double lower, double upper, const RandomImageOptions& options) {
  check_range(lower, upper);
  return adjust_contrast(image, random_number(lower, upper, options));
}

Output random_hue(const TensorLike& image, double max_delta, const RandomImageOptions& options) {
  if (max_delta > 0.5) throw ValueError("max_delta must be <= 0.5.");
  if (max_delta < 0) throw ValueError("max_delta must be non-negative.");
  return adjust_hue(image, random_number(-max_delta, max_delta, options));
}

Output random_saturation(const TensorLike& image, double lower, double upper, const RandomImageOptions& options) {
  check_range(lower, upper);
  return adjust_saturation(image, random_number(lower, upper, options));
}

Output per_image_standardization(const TensorLike& image_like) {
  const name_scope scope("", "per_image_standardization");
  Output image = client::checked_image(convert(image_like, DType::kInvalid, "image"));
  const DType original = base_type(image.dtype());
  image = as_float(image);
  const Output pixels = reduce_prod(shape(image)[{Slice(-3, {})}]);
  const Output mean = reduce_mean(image, {-1, -2, -3}, {.keepdims = true});
  const Output stddev = reduce_std(image, {-1, -2, -3}, {.keepdims = true});
  // Images of one color are not blown up.
  const Output least = rsqrt(cast(pixels, base_type(image.dtype())));
  const Output divisor = maximum(stddev, least);
  image = image - mean;
  image = div(image, divisor, {scope.name()});
  return convert_image_dtype(image, original, {.saturate = true});
}

Output rgb_to_grayscale(const TensorLike& images_like, const NameOptions& options) {
  const name_scope scope(options.name, "rgb_to_grayscale");
  const Output images = convert(images_like, DType::kInvalid, "images");
  const Output floats = convert_image_dtype(images, float32);
  const TensorLike weights = {0.2989, 0.5870, 0.1140};
  const Output gray = expand_dims(tensordot(floats, weights, {-1, -1}), -1);
  return convert_image_dtype(gray, base_type(images.dtype()), {.name = scope.name()});
}

namespace {

// `images`, of which the last dimension has size 1.
Output gray(const Output& images) {
  const Shape& known = images.shape();
  if (known.known_rank() && known.rank() < 2) {
    throw ValueError("A grayscale image must be at least two-dimensional.");
  }
  if (known.known_rank() && known.dim(known.rank() - 1) > 1) {
    throw ValueError("Last dimension of a grayscale image should be size 1.");
  }
  if (known.fully_defined()) return with_dependencies({}, images);
  const Output last = shape(images)[-1];
  const Operation size = assert_equal(last, 1, {.message = "Last dimension of a grayscale image should be size 1."});
  const Operation dimensions =
      assert_greater_equal(rank(images), 3, {.message = "A grayscale image must be at least two-dimensional."});
  return with_dependencies({size, dimensions}, images);
}

}  // namespace

Output grayscale_to_rgb(const TensorLike& images_like, const NameOptions& options) {
  const name_scope scope(options.name, "grayscale_to_rgb");
  const Output images = gray(convert(images_like, DType::kInvalid, "images"));
  const Output others = rank(images) - 1;
  const Output leading = ones(expand_dims(others, 0), {.dtype = int32});
  const Output multiples = concat({leading, expand_dims(3, 0)}, 0);
  const Output rgb = tile(images, multiples, {scope.name()});
  Shape result = images.shape();
  if (result.known_rank()) {
    result.set_dim(result.rank() - 1, 3);
    rgb.set_shape(result);
  }
  return rgb;
}

Output rgb_to_hsv(const TensorLike& images, const NameOptions& options) {
  return apply_op("RGBToHSV", options.name, {images});
}

Output hsv_to_rgb(const TensorLike& images, const NameOptions& options) {
  return apply_op("HSVToRGB", options.name, {images});
}

namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

// Columns are red, green and blue in the other system.
constexpr Matrix kRgbToYiq = {
    {{0.299, 0.59590059, 0.2115}, {0.587, -0.27455667, -0.52273617}, {0.114, -0.32134392, 0.31119955}}};
constexpr Matrix kYiqToRgb = {
    {{1, 1, 1}, {0.95598634, -0.27201283, -1.10674021}, {0.6208248, -0.64720424, 1.70423049}}};
constexpr Matrix kRgbToYuv = {
    {{0.299, -0.14714119, 0.61497538}, {0.587, -0.28886916, -0.51496512}, {0.114, 0.43601035, -0.10001026}}};
constexpr Matrix kYuvToRgb = {{{1, 1, 1}, {0, -0.394642334, 2.03206185}, {1.13988303, -0.58062185, 0}}};

Output in_other_colors(const TensorLike& images_like, const Matrix& matrix) {
  const Output images = convert(images_like, DType::kInvalid, "images");
  if (!images.shape().known_rank()) throw ValueError("the rank of 'images' must be known");
  TensorList rows;
  for (const auto& row : matrix) rows.push_back(TensorLike{row[0], row[1], row[2]});
  const Output kernel = convert(TensorLike(rows), base_type(images.dtype()), "kernel");
  return tensordot(images, kernel, {{images.shape().rank() - 1}, {0}});
}

}  // namespace

Output rgb_to_yiq(const TensorLike& images) { return in_other_colors(images, kRgbToYiq); }
Output yiq_to_rgb(const TensorLike& images) { return in_other_colors(images, kYiqToRgb); }
Output rgb_to_yuv(const TensorLike& images) { return in_other_colors(images, kRgbToYuv); }
Output yuv_to_rgb(const TensorLike& images) { return in_other_colors(images, kYuvToRgb); }

}  // namespace reflow::image
