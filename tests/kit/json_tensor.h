#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reflow/tensor/tensor.h"

namespace reflow::testing {

// The tensor that {"dtype": "float32", "shape": [2], "values": [1.5, "nan"]} is, as in tests/data/checkpoints: values
// nested as the shape says, complex numbers as [re, im], strings as base64, what is no number as "nan", "inf", "-inf".
// Throws std::runtime_error for anything else.
Tensor tensor_from_json(const nlohmann::json& value);

}  // namespace reflow::testing
