#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/graph/shape_context.h"
#include "reflow/op/kernel.h"
#include "reflow/op/resource_manager.h"

namespace reflow::op {

// What the ops that read and update variables share. Of a reference the memory is the variable: it is written in place
// whatever shares it. Of a resource variable the memory is a value: a writer makes its own copy where others share it.

// The ref variable that comes in as input i. FailedPrecondition: "Attempting to use uninitialized value {name}".
StatusOr<Variable*> initialized_ref(KernelContext& c, int i);
Status uninitialized_ref_error(const Node& node, int i);

// What is known statically of the variable behind the handle at input i of the node: found at its VarHandleOp, through
// ops that pass handles on. Unknown shape and kInvalid when nothing is known.
struct HandleData {
  Shape shape = Shape::unknown();
  DType dtype = DType::kInvalid;
};
HandleData handle_data(const Node& node, int i);
inline HandleData handle_data(const ShapeContext& c, int i) { return handle_data(c.node(), i); }
// The same, where the op takes the variable for a `dtype`.
// InvalidArgument: "Trying to read variable with wrong dtype. Expected float got int32".
Status handle_shape(const ShapeContext& c, int i, DType dtype, Shape* shape);

// The resource variable whose handle is input i, initialised or not; it stays valid for the call.
// NotFound: there is none of the name.
StatusOr<Variable*> resource_variable(KernelContext& c, int i);
// The same, where it has to have a value. NotFound in TensorFlow's words: "Container localhost does not exist. (Could not
// find resource: localhost/v)" or "Resource localhost/v/N10tensorflow3VarE does not exist.".
StatusOr<Variable*> initialized_resource_variable(KernelContext& c, int i);
Status variable_not_found_error(KernelContext& c, int i);
// To be called when a resource variable gets its first value: from then on its container exists, as error texts tell it.
void note_first_value(KernelContext& c, int i);

// Makes the value of a resource variable writable: copies it where others share it. REQUIRES: `mutex` is held, the
// variable has a value.
void make_writable(Variable& variable);

}  // namespace reflow::op
