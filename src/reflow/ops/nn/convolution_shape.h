#pragma once

// The attributes and shapes of Conv2D, Conv3D, DepthwiseConv2dNative and their backward ops.

#include <string>
#include <vector>

#include "convolution.h"

namespace reflow::ops {

// The attributes, as a kernel reads them once and a shape function each time.
struct ConvolutionAttrs {
  int rank = 2;
  bool channels_first = false;
  std::string data_format;
  op::Padding padding = op::Padding::kValid;
  std::vector<int64_t> strides, dilations, paddings;  // for all dimensions; paddings before and after

  // Reads and checks what a kernel needs, errors in the words of TensorFlow's kernels.
  static ConvolutionAttrs of(op::KernelInit& c, int rank);
  op::ImageFormat format() const { return {channels_first, rank + 2}; }
  // Strides, dilations and explicit paddings of spatial dimension i.
  void set(int i, op::WindowDim* d) const;
};

// The sizes of y = convolution(x, filter) and of its backward ops, for known shapes. `op` begins messages of the backward
// ops; empty for the forward op. `dy` null: forward.
StatusOr<Convolution> convolution_sizes(const ConvolutionAttrs& attrs, const Shape& x, const Shape& filter,
                                        const Shape* dy, const std::string& op);

// Shape functions.
Status conv2d_shape(op::ShapeContext& c);
Status conv3d_shape(op::ShapeContext& c);
Status depthwise_conv2d_shape(op::ShapeContext& c);
// The output has the shape that is the value of input `i`, of `rank` dimensions.
template <int i, int rank>
Status shape_from_input(op::ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.value_as_shape(i, &shape));
  RETURN_IF_ERROR(c.with_rank(shape, rank, &shape));
  c.set_output(0, shape);
  return OkStatus();
}

}  // namespace reflow::ops
