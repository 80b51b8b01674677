#pragma once

#include "bindings.h"

namespace reflow::python {

void bind_hdf5(nb::module_& m);

}  // namespace reflow::python
