#pragma once

#include <nanobind/nanobind.h>

namespace reflow::python {

// Functions that tf.function has traced. bind_defun adds them to the module.
void bind_concrete_functions(nanobind::module_& m);

}  // namespace reflow::python
