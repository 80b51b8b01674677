#pragma once

#include "bindings.h"

namespace reflow::python {

void bind_server(nb::module_& m);

}  // namespace reflow::python
