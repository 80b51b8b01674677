#pragma once

// Registers C++ functions of tensors and a name, of which there are many.

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "casters.h"
#include "reflow/client/errors.h"

namespace reflow::python {

inline NameOptions named(nb::handle name, const char* otherwise = "") {
  return {name.is_none() ? std::string(otherwise) : name_from_python(name)};
}

using Unary = Output (*)(const TensorLike&, const NameOptions&);
using Binary = Output (*)(const TensorLike&, const TensorLike&, const NameOptions&);
using Ternary = Output (*)(const TensorLike&, const TensorLike&, const TensorLike&, const NameOptions&);

// The argument of each is called by position; None for the name is the function's default.
inline void def(nb::module_& m, const char* name, Unary function, const char* op_name = "") {
  m.def(name, [function, op_name](TensorLike x, nb::handle n) { return function(x, named(n, op_name)); },
        nb::arg().none(), nb::arg().none());
}
inline void def(nb::module_& m, const char* name, Binary function, const char* op_name = "") {
  m.def(name, [function, op_name](TensorLike x, TensorLike y, nb::handle n) { return function(x, y, named(n, op_name)); },
        nb::arg().none(), nb::arg().none(), nb::arg().none());
}
inline void def(nb::module_& m, const char* name, Ternary function, const char* op_name = "") {
  m.def(name,
        [function, op_name](TensorLike x, TensorLike y, TensorLike z, nb::handle n) {
          return function(x, y, z, named(n, op_name));
        },
        nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
}

// The argument of a function to which nothing means something, which None doesn't in Python. ValueError: it is None.
inline const TensorLike& given(const TensorLike& value) {
  if (value.is_none()) throw ValueError("None values not supported.");
  return value;
}

// A list of what tensors are made of.
inline TensorList list_from_python(nb::handle values) {
  TensorList list;
  for (nb::handle value : values) list.push_back(tensor_like_from_python(value));
  return list;
}

}  // namespace reflow::python
