#include "reflow/client/image_quality.h"

#include <algorithm>
#include <cmath>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/image_colors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/operators.h"
#include "reflow/client/python_text.h"
#include "reflow/client/reduction_ops.h"
#include "reflow/client/scopes.h"

namespace reflow::image {

using client::convert;

namespace {

// Operations that check what isn't known of the shapes. ValueError: they don't fit.
std::vector<GraphElement> check_same_shape(const Output& a, const Output& b) {
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
  return {has_three, Assert(same, {shapes[0], shapes[1]}, {.summarize = 10})};
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
  const control_dependencies after(check_same_shape(a, b));
  return identity(result);
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
