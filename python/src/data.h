#pragma once

#include "bindings.h"

namespace reflow::python {

void bind_data(nb::module_& m);

}  // namespace reflow::python
