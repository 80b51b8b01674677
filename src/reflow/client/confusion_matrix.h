#pragma once

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow {

struct ConfusionMatrixOptions {
  TensorLike num_classes;  // default: one more than the largest label or prediction
  DType dtype = int32;
  std::string name;
  TensorLike weights;  // of each prediction; default: 1
};
// How often class i [num_classes] was predicted as class j [num_classes], vectors of class numbers given.
Output confusion_matrix(const TensorLike& labels, const TensorLike& predictions,
                        const ConfusionMatrixOptions& options = {});

}  // namespace reflow
