#pragma once

// Identity matrices whose sizes may be tensors, and batches of them.

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow::linalg {

struct BatchEyeOptions {
  TensorLike num_columns;  // default: num_rows
  TensorLike batch_shape;  // default: none, one matrix
  DType dtype = float32;
  std::string name;
};
// ValueError: "num_rows and num_columns must be positive integer values.".
Output eye(const TensorLike& num_rows, const BatchEyeOptions& options = {});

}  // namespace reflow::linalg
