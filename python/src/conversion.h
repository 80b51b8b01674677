#pragma once

// Python values to and from the arguments of the C++ API: the type casters of nanobind are built on these. All functions
// require the GIL.

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "reflow/client/gradients.h"
#include "reflow/client/initializer.h"
#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"
#include "reflow/client/variable.h"
#include "reflow/graph/attr_value.h"

namespace reflow::python {

namespace nb = nanobind;

// tf.DType objects, NumPy types, names and Python types; None is kInvalid. TypeError: it is none.
DType dtype_from_python(nb::handle object);
DType given_dtype_from_python(nb::handle object);  // TypeError: None, too
nb::object dtype_to_python(DType dtype);  // None for kInvalid

// TensorShape, lists and tuples of ints, Nones and Dimensions, an int; None is a shape of unknown rank.
Shape shape_from_python(nb::handle object);
nb::object shape_to_python(const Shape& shape);

// Whatever a tensor can be made of: tensors, variables, numbers, strings, lists, arrays, and what programs have registered
// conversion functions for.
TensorLike tensor_like_from_python(nb::handle object);
nb::object tensor_like_to_python(const TensorLike& value);
// A Tensor, or what has to be made one in the default graph now. ValueError: None.
Output output_from_python(nb::handle object);
// None: no gradient. IndexedSlices or a tensor.
Gradient gradient_from_python(nb::handle object);
nb::object gradient_to_python(const Gradient& gradient);
GraphElement element_from_python(nb::handle object);
// What waiting for `object` waits for: of a resource variable it is the operation that it names.
GraphElement control_input_from_python(nb::handle object);
Operation operation_from_python(nb::handle object);
nb::object operation_to_python(const Operation& operation);
// AttributeError: the object is no variable; it names an attribute of variables that the object hasn't.
Variable variable_from_python(nb::handle object);
Initializer initializer_from_python(nb::handle object);
Regularizer regularizer_from_python(nb::handle object);

// What `if object:` sees.
bool is_true(nb::handle object);

// str or bytes; None is "". TypeError: it is neither.
std::string string_from_python(nb::handle object);
// The same of a name: "" is graph::kEmptyName, which no operation can be called.
std::string name_from_python(nb::handle object);

// An attribute of kind `type` ("int", "list(type)", ...). TypeError with TensorFlow's text: it isn't of this kind.
graph::AttrValue attr_from_python(nb::handle object, const std::string& type, const std::string& name);
nb::object attr_to_python(const graph::AttrValue& value);

// The attribute `name` of the module `module` of this package, found once.
nb::object package_attribute(const char* module, const char* name);

}  // namespace reflow::python
