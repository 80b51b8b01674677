#pragma once

#include <string>

#include "reflow/client/initializer.h"
#include "reflow/client/variable.h"

namespace reflow::train {

// Variables that belong to another one and are named after it: slot "Adam" of `w` is `w/Adam`, the next `w/Adam_1`. They
// are not trained, and placed with the primary.

// With the value of a tensor at initialisation.
Variable create_slot(const Variable& primary, const Output& val, const std::string& name);
Variable create_slot_with_initializer(const Variable& primary, const Initializer& initializer, const Shape& shape,
                                      DType dtype, const std::string& name);
// Zeros of the primary's shape and type.
Variable create_zeros_slot(const Variable& primary, const std::string& name);
// The same for a tensor instead of a variable; `colocate` places it with the tensor.
Variable create_zeros_slot(const Output& primary, const std::string& name, bool colocate);

}  // namespace reflow::train
