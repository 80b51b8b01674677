#pragma once

#include "reflow/op/op.h"

namespace reflow::ops {

// What the shape functions and gradients of the ops on TensorArrays share.

// Input 0 is a handle, as TensorFlow describes one: two elements. (At run time it has one.)
Status check_array_handle(op::ShapeContext& c);
// What the TensorArray behind input 0 was said to hold, as far as it's known statically.
Shape array_element_shape(const op::ShapeContext& c, DType dtype);

// The beginning of an op on the TensorArray at input 0, in one of three versions: handles were references to strings, then
// strings, and are resources. `shape` is that of the last two.
op::OpBuilder array_op(std::string name, int version, Status (*shape)(op::ShapeContext&));

// The gradient of the TensorArray of an op, as its gradient function sees it.
struct GradArray {
  op::Endpoint handle, flow;
};
// Makes it, for the call of gradients() that made `dy`. InvalidArgument: "Expected op/tensor name to start with gradients
// (excluding scope), got: {}. ...": `dy` isn't named below a scope of that name.
GradArray gradient_array(op::GradContext& g, op::Endpoint handle, op::Endpoint flow, op::Endpoint dy);

}  // namespace reflow::ops
