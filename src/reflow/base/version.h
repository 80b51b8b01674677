#pragma once

#include <string_view>

namespace reflow {

// Of Reflow: "0.1.0".
std::string_view version();
// Of TensorFlow, whose behaviour this is: "1.15.5".
std::string_view tensorflow_version();

}  // namespace reflow
