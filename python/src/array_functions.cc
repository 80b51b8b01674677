// The functions of ops/array_ops.py.

#include "reflow/client/array_ops.h"

#include <nanobind/stl/optional.h>

#include "bindings.h"
#include "functions.h"
#include "reflow/client/selection_ops.h"

namespace reflow::python {
namespace {

void bind_making(nb::module_& m) {
  m.def("placeholder", [](DType dtype, nb::handle shape, nb::handle name) {
    if (shape.is_none()) return placeholder(dtype, named(name));
    return placeholder(dtype, std::get<Shape>(attr_from_python(shape, "shape", "shape").variant()), named(name));
  }, nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("placeholder_with_default", [](TensorLike input, Shape shape, nb::handle name) {
    return placeholder_with_default(input, shape, named(name));
  }, nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("shape", [](TensorLike input, nb::handle name, DType out_type, bool optimize) {
    return shape(input, {.name = name_from_python(name), .out_type = out_type, .optimize = optimize});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  m.def("size", [](TensorLike input, nb::handle name, DType out_type, bool optimize) {
    return size(input, {.name = name_from_python(name), .out_type = out_type, .optimize = optimize});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg());
  def(m, "rank", static_cast<Unary>(rank));
  m.def("zeros", [](TensorLike shape, DType dtype, nb::handle name) {
    return zeros(given(shape), {.dtype = dtype, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("ones", [](TensorLike shape, DType dtype, nb::handle name) {
    return ones(given(shape), {.dtype = dtype, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("zeros_like", [](TensorLike tensor, DType dtype, nb::handle name, bool optimize) {
    return zeros_like(tensor, {.dtype = dtype, .name = name_from_python(name), .optimize = optimize});
  }, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg());
  m.def("ones_like", [](TensorLike tensor, DType dtype, nb::handle name, bool optimize) {
    return ones_like(tensor, {.dtype = dtype, .name = name_from_python(name), .optimize = optimize});
  }, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg());
}

void bind_shaping(nb::module_& m) {
  def(m, "squeeze", static_cast<Unary>(squeeze));
  def(m, "squeeze_axes", static_cast<Binary>(squeeze_axes));
  m.def("transpose", [](TensorLike a, TensorLike perm, nb::handle name, bool conjugate) {
    return transpose(a, {.perm = perm, .name = named(name, "transpose").name, .conjugate = conjugate});
  }, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg());
  def(m, "matrix_transpose", static_cast<Unary>(matrix_transpose), "matrix_transpose");
  m.def("concat", [](nb::handle values, TensorLike axis, nb::handle name) {
    return concat(list_from_python(values), axis, named(name));
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("stack", [](nb::handle values, int axis, nb::handle name) {
    return stack(list_from_python(values), {.axis = axis, .name = named(name, "stack").name});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("unstack", [](TensorLike value, std::optional<int> num, int axis, nb::handle name) {
    return unstack(value, {.num = num, .axis = axis, .name = named(name, "Unpack").name});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none());
  m.def("split", [](TensorLike value, TensorLike num_or_size_splits, TensorLike axis, std::optional<int> num,
                    nb::handle name) {
    return split(value, num_or_size_splits, {.axis = axis, .num = num, .name = named(name, "split").name});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("pad", [](TensorLike tensor, TensorLike paddings, const std::string& mode, nb::handle name,
                  TensorLike constant_values) {
    return pad(tensor, paddings, {.mode = mode, .name = name_from_python(name), .constant_values = constant_values});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
}

void bind_choosing(nb::module_& m) {
  m.def("gather", [](TensorLike params, TensorLike indices, nb::handle name, TensorLike axis) {
    return gather(params, indices, {.name = name_from_python(name), .axis = axis});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  def(m, "gather_nd", static_cast<Binary>(gather_nd));
  def(m, "where", static_cast<Unary>(where));
  def(m, "select", static_cast<Ternary>(where));
  m.def("boolean_mask", [](TensorLike tensor, TensorLike mask, nb::handle name, int axis) {
    return boolean_mask(tensor, mask, {.name = named(name, "boolean_mask").name, .axis = axis});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("one_hot", [](TensorLike indices, TensorLike depth, TensorLike on_value, TensorLike off_value, int axis,
                      DType dtype, nb::handle name) {
    return one_hot(indices, depth, {.on_value = on_value, .off_value = off_value, .axis = axis, .dtype = dtype,
                                    .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("sequence_mask", [](TensorLike lengths, TensorLike maxlen, DType dtype, nb::handle name) {
    return sequence_mask(lengths, {.maxlen = maxlen, .dtype = dtype, .name = name_from_python(name)});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none());
}

}  // namespace

void bind_array_functions(nb::module_& m) {
  bind_making(m);
  bind_shaping(m);
  bind_choosing(m);
}

}  // namespace reflow::python
