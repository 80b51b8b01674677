#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/tensor/tensor.h"

namespace reflow::testing {

// One line of OpCase::shapes, taken apart. Functions throw std::runtime_error for what they can't read.
struct ShapeLine {
  struct Input {
    Shape shape;
    Tensor constant;  // valid: the input is this constant
  };
  std::vector<Input> inputs;
  std::vector<std::string> outputs;
  std::string error;  // the expected message; "": outputs are expected
};
ShapeLine parse_shape_line(std::string_view line);

// The shape that `text` of the right side stands for.
Shape expected_shape(std::string_view text, const std::vector<ShapeLine::Input>& inputs);

}  // namespace reflow::testing
