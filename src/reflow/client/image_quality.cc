#include "reflow/client/image_quality.h"

#include <algorithm>
#include <cmath>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/conv_ops.h"
#include "reflow/client/convolution.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/image_colors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/math_ops.h"
#include "reflow/client/nn_ops.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::image {

using client::convert;

namespace {

// The shapes of both, and operations that check what isn't known of them. ValueError: they don't fit.
struct SameShape {
  std::vector<Output> shapes;
  std::vector<GraphElement> checks;
};
SameShape check_same_shape(const Output& a, const Output& b) {
  const Shape &x = a.shape(), &y = b.shape();
  for (const Shape* shape : {&x, &y}) {
    if (shape->known_rank() && shape->rank() < 3) {
      throw ValueError("Shape " + client::python_shape(*shape) + " must have rank at least 3");
    }
  }
  if (x.known_rank() && y.known_rank()) {
    for (int i = 1; i <= std::min(x.rank(), y.rank()); ++i) {
      const int64_t p = x.dim(x.rank() - i), q = y.dim(y.rank() - i);
      if (p == q || p < 0 || q < 0 || (i > 3 && (p == 1 || q == 1))) continue;
      throw ValueError("Two images are not compatible: " + client::python_shape(x) + " and " + client::python_shape(y));
    }
  }
  const std::vector<Output> shapes = shape_n({a, b});
  const Output enough = greater_equal(size(shapes[0]), 3);
  const Operation has_three = Assert(enough, {shapes[0], shapes[1]}, {.summarize = 10});
  const Output last = shapes[0][{Slice(-3, {})}];
  const Output same = reduce_all(equal(last, shapes[1][{Slice(-3, {})}]));
  return {shapes, {has_three, Assert(same, {shapes[0], shapes[1]}, {.summarize = 10})}};
}

// A Gaussian kernel [size, size, 1, 1] whose elements add up to 1.
Output gaussian(const Output& size, const Output& sigma) {
  const Output indices = cast(range(size), base_type(sigma.dtype()));
  const Output last = size - 1;
  const Output middle = cast(last, base_type(sigma.dtype())) / 2.0;
  const Output squares = square(indices - middle);
  const Output factor = -0.5 / square(sigma);
  const Output exponents = squares * factor;
  const Output row = reshape(exponents, {1, -1});
  const Output sum = row + reshape(exponents, {-1, 1});
  const Output kernel = nn::softmax(reshape(sum, {1, -1}));
  return reshape(kernel, {size, size, 1, 1});
}

struct Similarity {
  Output all, contrast;  // of each channel; without luminance
};

Similarity similarity_of(Output a, const Output& b, const Output& max_val, const SsimOptions& options) {
  const Output size = constant(options.filter_size, {.dtype = int32});
  const Output sigma = constant(options.filter_sigma, {.dtype = base_type(a.dtype())});
  const std::vector<Output> shapes = shape_n({a, b});
  std::vector<GraphElement> checks;
  for (const Output& dims : shapes) {
    const Output enough = greater_equal(dims[{Slice(-3, -1)}], size);
    checks.push_back(Assert(reduce_all(enough), {dims, size}, {.summarize = 8}));
  }
  {
    const control_dependencies after(checks);
    a = identity(a);
  }
  const Output window = gaussian(size, sigma);
  const Output kernel = tile(window, {1, 1, shapes[0][-1], 1});
  const auto local_mean = [&](const Output& x) {
    const Output dims = shape(x);
    const Output flat = reshape(x, concat({{-1}, dims[{Slice(-3, {})}]}, 0));
    const Output y = nn::depthwise_conv2d(flat, kernel, {1, 1, 1, 1}, "VALID");
    const Output head = dims[{Slice({}, -3)}];
    const Output tail = shape(y)[{Slice(1, {})}];
    return reshape(y, concat({head, tail}, 0));
  };
  const Output scaled1 = options.k1 * max_val;
  const Output c1 = client::binary_operator("Pow", "pow", scaled1, 2);
  const Output scaled2 = options.k2 * max_val;
  Output c2 = client::binary_operator("Pow", "pow", scaled2, 2);
  const Output mean_a = local_mean(a);
  const Output mean_b = local_mean(b);
  const Output product_of_means = mean_a * mean_b;
  const Output means = product_of_means * 2.0;
  const Output square_a = square(mean_a);
  const Output squares = square_a + square(mean_b);
  const Output bounded = means + c1;
  const Output luminance = bounded / (squares + c1);
  const Output products = local_mean(a * b) * 2.0;
  const Output a_squared = square(a);
  const Output sums = local_mean(a_squared + square(b));
  c2 = c2 * 1.0;  // TensorFlow's factor for windows that don't add up to 1
  const Output covariance = products - means;
  const Output above = covariance + c2;
  const Output variance = sums - squares;
  const Output structure = above / (variance + c2);
  const Output axes = constant({-3, -2}, {.dtype = int32});
  const Output all = reduce_mean(luminance * structure, {.axis = axes});
  return {all, reduce_mean(structure, {.axis = axes})};
}

// Images averaged over 2 x 2 pixels, odd sizes repeat their last one; `heads` and `tails` are the shapes of both: of their
// batches, and of an image, which becomes that of the smaller one.
std::vector<Output> half_as_large(const std::vector<Output>& images, const std::vector<Output>& heads,
                                  std::vector<Output>* tails, const Output& halving) {
  std::vector<Output> flat, smaller;
  for (size_t i = 0; i < images.size(); ++i) flat.push_back(reshape(images[i], concat({{-1}, (*tails)[i]}, 0)));
  const Output remainder = (*tails)[0] % halving;
  const auto padded = [&] {
    const Output padding = pad(expand_dims(remainder, -1), {{1, 0}, {1, 0}});
    std::vector<Output> results;
    for (const Output& x : flat) results.push_back(pad(x, padding, {.mode = "SYMMETRIC"}));
    return results;
  };
  const Output is_odd = reduce_any(not_equal(remainder, 0));
  for (const Output& x : cond(is_odd, padded, [&] { return flat; })) {
    smaller.push_back(nn::avg_pool(x, {1, 2, 2, 1}, {1, 2, 2, 1}, "VALID"));
  }
  const std::vector<Output> shapes = shape_n(TensorList(smaller));
  for (size_t i = 0; i < smaller.size(); ++i) (*tails)[i] = shapes[i][{Slice(1, {})}];
  for (size_t i = 0; i < smaller.size(); ++i) smaller[i] = reshape(smaller[i], concat({heads[i], (*tails)[i]}, 0));
  return smaller;
}

// Both images and the largest value as floats, after a check that the images are of one shape.
struct Compared {
  Output a, b, max_val;
  std::vector<Output> shapes;
};
Compared compared(const TensorLike& a_like, const TensorLike& b_like, const TensorLike& max_val) {
  Output a = convert(a_like, DType::kInvalid, ""), b = convert(b_like, DType::kInvalid, "");
  const SameShape same = check_same_shape(a, b);
  {
    const control_dependencies after(same.checks);
    a = identity(a);
  }
  const Output largest = convert_image_dtype(cast(max_val, base_type(a.dtype())), float32);
  a = convert_image_dtype(a, float32);
  b = convert_image_dtype(b, float32);
  return {a, b, largest, same.shapes};
}

}  // namespace

Output psnr(const TensorLike& a_like, const TensorLike& b_like, const TensorLike& max_val, const NameOptions& options) {
  const name_scope scope(options.name, "PSNR");
  Output a = convert(a_like, DType::kInvalid, "");
  const Output largest = convert_image_dtype(cast(max_val, base_type(a.dtype())), float32);
  a = convert_image_dtype(a, float32);
  const Output b = convert_image_dtype(b_like, float32);
  const Output error = reduce_mean(squared_difference(a, b), {-3, -2, -1});
  const Output scaled = 20 * log(largest);
  const Output peak = scaled / log(10.0);
  const Output noise = static_cast<float>(10 / std::log(10.0)) * log(error);
  const Output result = subtract(peak, noise, {"psnr"});
  const control_dependencies after(check_same_shape(a, b).checks);
  return identity(result);
}

Output ssim(const TensorLike& img1, const TensorLike& img2, const TensorLike& max_val, const SsimOptions& options) {
  const Compared images = compared(img1, img2, max_val);
  return reduce_mean(similarity_of(images.a, images.b, images.max_val, options).all, {-1});
}

Output ssim_multiscale(const TensorLike& img1, const TensorLike& img2, const TensorLike& max_val,
                       const SsimMultiscaleOptions& options) {
  const name_scope scope("", "MS-SSIM");
  const Compared both = compared(img1, img2, max_val);
  std::vector<Output> images = {both.a, both.b}, heads, tails;
  for (const Output& dims : both.shapes) heads.push_back(dims[{Slice({}, -3)}]);
  for (const Output& dims : both.shapes) tails.push_back(dims[{Slice(-3, {})}]);
  const Output halving = constant({2, 2, 1}, {.dtype = int32});
  const SsimOptions each = {options.filter_size, options.filter_sigma, options.k1, options.k2};
  std::vector<Output> contrasts;
  Similarity similarity;
  for (size_t scale = 0; scale < options.power_factors.size(); ++scale) {
    const name_scope of_scale("", "Scale" + std::to_string(scale));
    if (scale > 0) images = half_as_large(images, heads, &tails, halving);
    similarity = similarity_of(images[0], images[1], both.max_val, each);
    contrasts.push_back(nn::relu(similarity.contrast));
  }
  contrasts.back() = nn::relu(similarity.all);  // luminance counts at the last scale only
  const TensorList powers(options.power_factors);
  const Output stacked = stack(TensorList(contrasts), {.axis = -1});
  const Output product = reduce_prod(pow(stacked, TensorLike(powers)), {-1});
  return reduce_mean(product, {-1});
}

Output sobel_edges(const TensorLike& image_like) {
  const Output image = convert(image_like, DType::kInvalid, "");
  Shape static_shape = image.shape();
  const Output dims = shape(image);
  Output kernels = constant({-1, -1, -2, 0, -1, 1, 0, -2, 0, 0, 0, 2, 1, -1, 2, 0, 1, 1},
                            {.dtype = base_type(image.dtype()), .shape = Shape{3, 3, 1, 2}});
  kernels = tile(kernels, {1, 1, dims[-1], 1}, {"sobel_filters"});
  const Output padded = pad(image, {{0, 0}, {1, 1}, {1, 1}, {0, 0}}, {.mode = "REFLECT"});
  Output edges = nn::depthwise_conv2d(padded, kernels, {1, 1, 1, 1}, "VALID");
  edges = reshape(edges, concat({dims, {2}}, 0));
  if (static_shape.known_rank()) {
    static_shape.add_dim(2);
    edges.set_shape(static_shape);
  }
  return edges;
}

Output total_variation(const TensorLike& images_like, const NameOptions& options) {
  const name_scope scope(options.name, "total_variation");
  const Output images = convert(images_like, DType::kInvalid, "");
  const int rank = images.shape().rank();
  if (rank != 3 && rank != 4) throw ValueError("'images' must be either 3 or 4-dimensional.");
  const Slice all, later(1, {}), earlier({}, -1);
  const auto differences = [&](bool vertical) {
    const Output next = vertical ? (rank == 3 ? images[{later, all, all}] : images[{all, later, all, all}])
                                 : (rank == 3 ? images[{all, later, all}] : images[{all, all, later, all}]);
    const Output before = vertical ? (rank == 3 ? images[{earlier, all, all}] : images[{all, earlier, all, all}])
                                   : (rank == 3 ? images[{all, earlier, all}] : images[{all, all, earlier, all}]);
    return next - before;
  };
  const Output vertical = differences(true), horizontal = differences(false);
  const TensorLike axis = rank == 3 ? TensorLike() : TensorLike{1, 2, 3};
  const Output down = reduce_sum(abs(vertical), {.axis = axis});
  return down + reduce_sum(abs(horizontal), {.axis = axis});
}

ImageGradients image_gradients(const TensorLike& image_like) {
  const Output image = convert(image_like, DType::kInvalid, "");
  if (image.shape().rank() != 4) {
    throw ValueError("image_gradients expects a 4D tensor [batch_size, h, w, d], not " +
                     client::python_shape(image.shape()) + ".");
  }
  const Output dims = shape(image);
  const std::vector<Output> sizes = unstack(dims);
  const DType type = base_type(image.dtype());
  const Slice all, later(1, {}), earlier({}, -1);
  const Output below = image[{all, later, all, all}];
  Output dy = below - image[{all, earlier, all, all}];
  const Output right = image[{all, all, later, all}];
  Output dx = right - image[{all, all, earlier, all}];
  const Output row = zeros(stack({sizes[0], 1, sizes[2], sizes[3]}), {.dtype = type});
  dy = reshape(concat({dy, row}, 1), dims);
  const Output column = zeros(stack({sizes[0], sizes[1], 1, sizes[3]}), {.dtype = type});
  dx = reshape(concat({dx, column}, 2), dims);
  return {dy, dx};
}

}  // namespace reflow::image
