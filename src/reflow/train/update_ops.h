#pragma once

// The few ops that several optimizers share. Not for users.

#include "reflow/client/apply_op.h"
#include "reflow/client/gradients.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// tf.cast: `value` itself when it has the type.
TensorLike cast_to(const TensorLike& value, DType type);
// The ref or handle of a variable, as training ops want it.
inline Output target(const Variable& variable) { return variable.ref(); }

// An assignment to a variable: what has to be waited for, and the value after it.
struct Assignment {
  Operation op;
  Output value;
};
// state_ops.assign, assign_add, assign_sub. `type` is one of these: "Assign", "AssignAdd", "AssignSub".
Assignment assign_op(const Variable& variable, std::string_view type, const TensorLike& value, bool use_locking,
                     std::string_view name = "");
// scatter_add, of a resource variable followed by a read.
Assignment scatter_add(const Variable& variable, const Output& indices, const Output& updates, bool use_locking);

// The rows with each index once, those of the same index summed.
struct UniqueSlices {
  Output values, indices;
};
UniqueSlices deduplicate(const Output& values, const Output& indices);

}  // namespace reflow::train
