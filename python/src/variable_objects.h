#pragma once

// The Python objects of variables: one for each variable that Python knows. All functions require the GIL.

#include <nanobind/nanobind.h>

#include "reflow/client/variable.h"

namespace reflow::python {

namespace nb = nanobind;

struct VariableObject {
  ~VariableObject();
  Variable variable;
  PyObject* graph;  // owned
  bool is_unread = false;  // it stands for the value after a change, and its Python class says how that is read
};

// Registers the base class; set_variable_types(ref, resource, partitioned) says which of its subclasses new objects are of.
void bind_variable_objects(nb::module_& m);

// A new reference to the object that stands for `variable`; None where it isn't valid.
nb::object variable_object(const Variable& variable);
// What the object stands for; null: it is no variable.
const Variable* as_variable(PyObject* object);
// Whether it is a variable that its Python class makes a tensor of.
bool is_unread_variable(PyObject* object);

}  // namespace reflow::python
