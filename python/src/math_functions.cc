// The functions of ops/math_ops.py and ops/clip_ops.py.

#include "reflow/client/math_ops.h"

#include <nanobind/stl/optional.h>

#include "bindings.h"
#include "functions.h"
#include "reflow/client/clip_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/reduction_ops.h"

namespace reflow::python {
namespace {

using Reduction = Output (*)(const TensorLike&, const ReduceOptions&);

void def_reduction(nb::module_& m, const char* name, Reduction function) {
  m.def(name, [function](TensorLike x, TensorLike axis, bool keepdims, nb::handle op_name) {
    return function(x, {.axis = axis, .keepdims = keepdims, .name = name_from_python(op_name)});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none());
}

void bind_elementwise(nb::module_& m) {
  def(m, "abs", static_cast<Unary>(abs));
  def(m, "negative", static_cast<Unary>(negative));
  def(m, "sign", static_cast<Unary>(sign));
  def(m, "round", static_cast<Unary>(round));
  def(m, "log_sigmoid", static_cast<Unary>(log_sigmoid));
  def(m, "real", static_cast<Unary>(real));
  def(m, "imag", static_cast<Unary>(imag));
  def(m, "conj", static_cast<Unary>(conj));
  def(m, "complex", static_cast<Binary>(complex));
  def(m, "div", static_cast<Binary>(div));
  def(m, "truediv", static_cast<Binary>(truediv));
  def(m, "divide", static_cast<Binary>(divide));
  def(m, "floordiv", static_cast<Binary>(floordiv));
  def(m, "div_no_nan", static_cast<Binary>(div_no_nan));
  def(m, "logical_xor", static_cast<Binary>(logical_xor), "LogicalXor");
  def(m, "scalar_mul", static_cast<Binary>(scalar_mul));
  m.def("cast", [](TensorLike x, DType dtype, nb::handle name) { return cast(x, dtype, named(name)); }, nb::arg(),
        nb::arg(), nb::arg().none());
  m.def("saturate_cast", [](TensorLike x, DType dtype, nb::handle name) { return saturate_cast(x, dtype, named(name)); },
        nb::arg(), nb::arg(), nb::arg().none());
}

void bind_reductions(nb::module_& m) {
  def_reduction(m, "reduce_sum", reduce_sum);
  def_reduction(m, "reduce_mean", reduce_mean);
  def_reduction(m, "reduce_max", reduce_max);
  def_reduction(m, "reduce_min", reduce_min);
  def_reduction(m, "reduce_prod", reduce_prod);
  def_reduction(m, "reduce_all", reduce_all);
  def_reduction(m, "reduce_any", reduce_any);
  def_reduction(m, "reduce_logsumexp", reduce_logsumexp);
  def_reduction(m, "reduce_variance", reduce_variance);
  def_reduction(m, "reduce_std", reduce_std);
  m.def("argmax", [](TensorLike input, TensorLike axis, nb::handle name, DType output_type) {
    return argmax(input, {.axis = axis, .name = name_from_python(name), .output_type = output_type});
  }, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg());
  m.def("argmin", [](TensorLike input, TensorLike axis, nb::handle name, DType output_type) {
    return argmin(input, {.axis = axis, .name = name_from_python(name), .output_type = output_type});
  }, nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg());
  m.def("count_nonzero", [](TensorLike input, TensorLike axis, bool keepdims, DType dtype, nb::handle name) {
    return count_nonzero(input, {.axis = axis, .keepdims = keepdims, .dtype = dtype, .name = name_from_python(name)});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("norm", [](TensorLike tensor, TensorLike ord, TensorLike axis, bool keepdims, nb::handle name) {
    return norm(tensor, {.ord = ord, .axis = axis, .keepdims = keepdims, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none());
}

void bind_clipping(nb::module_& m) {
  def(m, "clip_by_value", static_cast<Ternary>(clip_by_value));
  m.def("clip_by_norm", [](TensorLike t, TensorLike clip_norm, TensorLike axes, nb::handle name) {
    return clip_by_norm(t, clip_norm, {.axes = axes, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg().none());
  def(m, "clip_by_average_norm", static_cast<Binary>(clip_by_average_norm));
}

}  // namespace

void bind_math_functions(nb::module_& m) {
  bind_elementwise(m);
  bind_reductions(m);
  bind_clipping(m);
  m.def("matmul", [](TensorLike a, TensorLike b, bool transpose_a, bool transpose_b, bool adjoint_a, bool adjoint_b,
                     nb::handle name) {
    return matmul(a, b, {.transpose_a = transpose_a, .transpose_b = transpose_b, .adjoint_a = adjoint_a,
                         .adjoint_b = adjoint_b, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("add_n", [](nb::handle inputs, nb::handle name) { return add_n(list_from_python(inputs), named(name)); },
        nb::arg(), nb::arg().none());
  m.def("accumulate_n", [](nb::handle inputs, nb::handle name) {
    return accumulate_n(list_from_python(inputs), named(name));
  }, nb::arg(), nb::arg().none());
  m.def("range", [](TensorLike start, TensorLike limit, TensorLike delta, DType dtype, nb::handle name) {
    return range(start, limit, delta, {.dtype = dtype, .name = named(name, "Range").name});
  }, nb::arg(), nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("cumsum", [](TensorLike x, TensorLike axis, bool exclusive, bool reverse, nb::handle name) {
    return cumsum(x, {.axis = axis, .exclusive = exclusive, .reverse = reverse, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  m.def("cumprod", [](TensorLike x, TensorLike axis, bool exclusive, bool reverse, nb::handle name) {
    return cumprod(x, {.axis = axis, .exclusive = exclusive, .reverse = reverse, .name = name_from_python(name)});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none());
  def(m, "trace", static_cast<Unary>(trace));
}

}  // namespace reflow::python
