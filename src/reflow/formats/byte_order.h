#pragma once

#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Turns the bytes of each number of a tensor of plain elements round. REQUIRES: nobody else has its buffer.
void swap_bytes(Tensor& tensor);

}  // namespace reflow::formats
