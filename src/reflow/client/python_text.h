#pragma once

// Values as Python prints them: TensorFlow's messages quote them so.

#include <cstdint>
#include <string>
#include <string_view>

#include "reflow/tensor/dtype.h"
#include "reflow/tensor/shape.h"

namespace reflow {
class Output;
}

namespace reflow::client {

// 'text', with escapes.
std::string python_repr(std::string_view text);
// 1.5, 1e-05, inf: the shortest digits that give `value` back.
std::string python_repr(double value);
// "(2,)", "(?, 3)", "()", "<unknown>": str() of a TensorShape.
std::string python_shape(const Shape& shape);
// "[2, 3]": a shape as a list.
std::string python_list(const Shape& shape);
// "<dtype: 'float32'>": str() of a DType.
std::string python_dtype(DType type);
// 'Tensor("x:0", shape=(2,), dtype=float32)'.
std::string python_tensor(const Output& tensor);

}  // namespace reflow::client
