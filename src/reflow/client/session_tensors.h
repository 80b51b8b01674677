#pragma once

// Tensors that stay in a session between its runs, named by handles: tf.get_session_handle and its kin.

#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow {

// Keeps `data` in the session; the value of this op, a string, is the handle that the functions below are fed with.
Output get_session_handle(const TensorLike& data, const NameOptions& options = {});

// A placeholder to be fed with a handle, and what is made of it.
struct SessionTensor {
  Output holder, tensor;
};
// The tensor of a handle, of type `dtype`, on the device where it is kept.
SessionTensor get_session_tensor(const std::string& handle, DType dtype, const NameOptions& options = {});
struct SessionTensorDeletion {
  Output holder;
  Operation deleter;
};
// Forgets it.
SessionTensorDeletion delete_session_tensor(const std::string& handle, const NameOptions& options = {});

}  // namespace reflow
