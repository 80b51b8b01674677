#pragma once

#include <string>

#include "reflow/tensor/shape.h"

namespace reflow::graph {

// "(2,)", "(?, 3)", "()", "<unknown>": str() of Python's TensorShape, which messages about building graphs have.
std::string shape_text(const Shape& shape);

}  // namespace reflow::graph
