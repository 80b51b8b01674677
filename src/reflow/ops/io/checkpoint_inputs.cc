#include "reflow/ops/io/checkpoint_inputs.h"

namespace reflow::ops {

Status checkpoint_names_shape(graph::ShapeContext& c) {
  Shape names, slices;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &names));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &names));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &slices));
  return c.merge(names, slices, &names);
}

Status check_checkpoint_inputs(op::KernelContext& c, bool saves) {
  const Tensor &prefix = c.input(0), &names = c.input(1), &slices = c.input(2);
  if (prefix.num_elements() != 1) {
    return invalid_argument("Input prefix should have a single element, got {} instead.", prefix.num_elements());
  }
  if (names.rank() != 1 || slices.rank() != 1) {
    return invalid_argument("Input tensor_names and shape_and_slices should be an 1-D tensors, got {} and {} instead.",
                            names.shape().str(), slices.shape().str());
  }
  if (names.num_elements() != slices.num_elements()) {
    return invalid_argument("tensor_names and shape_and_slices have different number of elements: {} vs. {}",
                            names.num_elements(), slices.num_elements());
  }
  const int64_t tensors = saves ? c.num_inputs() - kCheckpointInputs : c.num_outputs();
  if (names.num_elements() != tensors) {
    return invalid_argument("Got {} tensor names but {} tensors.", names.num_elements(), tensors);
  }
  return OkStatus();
}

}  // namespace reflow::ops
