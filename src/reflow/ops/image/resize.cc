#include "resize.h"

namespace reflow::ops {

using namespace op;

Status resized_shape(ShapeContext& c) {
  const Shape &images = c.input(0), &size = c.input(1);
  if (c.concrete()) {
    if (images.rank() != 4) return invalid_argument("input must be 4-dimensional{}", images.str());
    if (size.rank() != 1) return invalid_argument("shape_t must be 1-dimensional{}", size.str());
    if (size.dim(0) != 2) return invalid_argument("shape_t must have two elements{}", size.str());
  }
  Shape x, vector;
  RETURN_IF_ERROR(c.with_rank(images, 4, &x));
  RETURN_IF_ERROR(c.with_rank(size, 1, &vector));
  int64_t two;
  RETURN_IF_ERROR(c.with_value(vector.dim(0), 2, &two));
  const Tensor* value = c.value(1);
  x.set_dim(1, value != nullptr ? value->data<int32_t>()[0] : Shape::kUnknown);
  x.set_dim(2, value != nullptr ? value->data<int32_t>()[1] : Shape::kUnknown);
  if (c.concrete() && value != nullptr) {
    if (x.dim(1) <= 0 || x.dim(2) <= 0) return invalid_argument("output dimensions must be positive");
    if (images.dim(3) == 0) return invalid_argument("image must have at least one channel");
    if (images.dim(1) == 0 || images.dim(2) == 0) return invalid_argument("input image must be of non-zero size");
  }
  for (int i : {1, 2}) {
    if (x.dim(i) < -1) return invalid_argument("Dimension {} must be >= -1", x.dim(i));
  }
  c.set_output(0, x);
  return OkStatus();
}

Status resize_gradient_shape(ShapeContext& c) {
  const Shape &grads = c.input(0), &image = c.input(1);
  if (c.concrete()) {
    if (grads.rank() != 4) return invalid_argument("input_grad must be 4-dimensional{}", grads.str());
    if (image.rank() != 4) return invalid_argument("original_image must be 4-dimensional{}", image.str());
    if (grads.dim(0) != image.dim(0) || grads.dim(3) != image.dim(3)) {
      return invalid_argument("input_grad {} and original_image {} must have equal batches and channels", grads.str(), image.str());
    }
    if ((image.dim(1) == 0 || image.dim(2) == 0) && grads.num_elements() != 0) {
      return invalid_argument("original_image must be of non-zero size");
    }
  }
  c.set_output(0, image);
  return OkStatus();
}

}  // namespace reflow::ops
