#pragma once

#include <cmath>
#include <type_traits>

#include "reflow/tensor/dtype.h"

namespace reflow::op {

// The type in which kernels compute with elements of type T: half and bfloat16 are only stored, and computed as float.
template <typename T>
using ComputeType = std::conditional_t<std::is_same_v<T, Half> || std::is_same_v<T, Bfloat16>, float, T>;

}  // namespace reflow::op
