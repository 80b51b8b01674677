#pragma once

#include <cstdint>

#include "reflow/base/status.h"
#include "reflow/graph/shape_context.h"
#include "reflow/op/kernel.h"
#include "reflow/op/strided_copy.h"
#include "reflow/tensor/shape.h"

namespace reflow::ops {

// The five masks of StridedSlice and its kin. Bit i speaks of entry i of begin, end and strides: begin and end are to be
// ignored there, the entry stands for as many dimensions as are needed ("..."), for a new one (newaxis), for a single
// index that takes the dimension away.
struct SliceMasks {
  int64_t begin = 0, end = 0, ellipsis = 0, new_axis = 0, shrink_axis = 0;
};
SliceMasks slice_masks(op::KernelInit& c);
SliceMasks slice_masks(const graph::Node& node);

// What x[begin:end:strides] is.
struct SlicePlan {
  Shape result;          // with new axes, without those taken away; unknown dims where values aren't known
  Shape processing;      // one dimension for each of x
  op::StridedView view;  // where the elements of the result lie in x; set when everything is known
};

// `begin` and `end` may be null: not known; then `view` isn't made. `in` may be partial but has a rank.
// InvalidArgument in TensorFlow's words: "slice index 5 of dimension 0 out of bounds.", "strides[0] must be non-zero", ...
Status plan_slice(const Shape& in, const Tensor* begin, const Tensor* end, const Tensor& strides,
                  const SliceMasks& masks, SlicePlan* plan);

// The shape of slicing `in`, which is the shape of input 0, by inputs 1 to 3 of the node.
Status infer_slice_shape(graph::ShapeContext& c, const Shape& in, int first_input, Shape* out);

}  // namespace reflow::ops
