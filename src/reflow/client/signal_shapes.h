#pragma once

// What functions of signals check. Not for users.

#include <string>

#include "reflow/client/errors.h"
#include "reflow/client/output.h"
#include "reflow/client/python_text.h"

namespace reflow::signal {

inline void check_scalar(const Output& tensor) {
  if (tensor.shape().known_rank() && tensor.shape().rank() != 0) {
    throw ValueError("Shape " + client::python_shape(tensor.shape()) + " must have rank 0");
  }
}

inline void check_rank_at_least(const Output& tensor, int rank) {
  if (tensor.shape().known_rank() && tensor.shape().rank() < rank) {
    throw ValueError("Shape " + client::python_shape(tensor.shape()) + " must have rank at least " +
                     std::to_string(rank));
  }
}

}  // namespace reflow::signal
