#pragma once

#include "reflow/op/op.h"

namespace reflow::ops {

// What the ops that save and restore checkpoints have in common: inputs 0 to 2 are a prefix or filename, the names of
// tensors, and what is meant of each ("": all of it). Saving ops have the tensors after them.
constexpr int kCheckpointInputs = 3;

// A scalar, and two vectors of the same length.
Status checkpoint_names_shape(graph::ShapeContext& c);

// InvalidArgument in TensorFlow's words: numbers of elements that don't fit together.
Status check_checkpoint_inputs(op::KernelContext& c, bool saves);

}  // namespace reflow::ops
