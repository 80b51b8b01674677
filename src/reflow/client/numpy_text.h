#pragma once

#include <string>

#include "reflow/tensor/tensor.h"

namespace reflow::client {

// What NumPy prints of an array of these elements: "[1. 2.]", "3.0", "[[-1  2]\n [ 3 40]]". Over 1,000 elements only
// the first and last three of each dimension. TensorFlow's messages quote values so.
std::string numpy_str(const Tensor& tensor);

}  // namespace reflow::client
