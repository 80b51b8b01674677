#pragma once

// Arguments that making a variable and entering a variable scope share.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "conversion.h"

namespace reflow::python {

std::function<Output(const Output&)> constraint_from_python(nb::handle function);
std::optional<std::vector<std::string>> collections_from_python(nb::handle keys);

}  // namespace reflow::python
