#pragma once

#include <nanobind/nanobind.h>

namespace reflow::python {

namespace nb = nanobind;

// Has each call of the module's functions, of the methods and properties of its classes, and of those of modules within it
// hold what ops compute in it until its result is a Python object (graph::ImmediateScope). To be called when all are
// registered.
void hold_results_of_calls(nb::module_& m);
// The same of one function that is made later.
nb::object held_by_call(nb::object function);

}  // namespace reflow::python
