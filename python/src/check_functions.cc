// The functions of ops/check_ops.py.

#include "reflow/client/check_ops.h"

#include <nanobind/stl/optional.h>

#include "bindings.h"
#include "functions.h"

namespace reflow::python {
namespace {

CheckOptions check_options(nb::handle data, std::optional<int> summarize, nb::handle message, nb::handle name) {
  CheckOptions options{.summarize = summarize, .name = name_from_python(name)};
  if (!data.is_none()) options.data = list_from_python(data);
  if (!message.is_none()) options.message = string_from_python(message);
  return options;
}

using Check = Operation (*)(const TensorLike&, const CheckOptions&);
using PairCheck = Operation (*)(const TensorLike&, const TensorLike&, const CheckOptions&);

void def_check(nb::module_& m, const char* name, Check check) {
  m.def(name, [check](TensorLike x, nb::handle data, std::optional<int> summarize, nb::handle message, nb::handle n) {
    return check(x, check_options(data, summarize, message, n));
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
}

void def_check(nb::module_& m, const char* name, PairCheck check) {
  m.def(name, [check](TensorLike x, TensorLike y, nb::handle data, std::optional<int> summarize, nb::handle message,
                      nb::handle n) {
    return check(x, y, check_options(data, summarize, message, n));
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
}

void bind_comparisons(nb::module_& m) {
  def_check(m, "assert_equal", assert_equal);
  def_check(m, "assert_none_equal", assert_none_equal);
  def_check(m, "assert_less", assert_less);
  def_check(m, "assert_less_equal", assert_less_equal);
  def_check(m, "assert_greater", assert_greater);
  def_check(m, "assert_greater_equal", assert_greater_equal);
  def_check(m, "assert_negative", assert_negative);
  def_check(m, "assert_positive", assert_positive);
  def_check(m, "assert_non_negative", assert_non_negative);
  def_check(m, "assert_non_positive", assert_non_positive);
  m.def("assert_near", [](TensorLike x, TensorLike y, TensorLike rtol, TensorLike atol, nb::handle data,
                          std::optional<int> summarize, nb::handle message, nb::handle name) {
    CheckOptions options = check_options(data, summarize, message, name);
    return assert_near(x, y, {.rtol = rtol, .atol = atol, .data = options.data, .summarize = summarize,
                              .message = options.message, .name = options.name});
  }, nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none(),
     nb::arg().none(), nb::arg().none());
}

}  // namespace

void bind_check_functions(nb::module_& m) {
  bind_comparisons(m);
  def_check(m, "assert_rank", assert_rank);
  def_check(m, "assert_rank_at_least", assert_rank_at_least);
  m.def("assert_rank_in", [](TensorLike x, nb::handle ranks, nb::handle data, std::optional<int> summarize,
                             nb::handle message, nb::handle name) {
    return assert_rank_in(x, list_from_python(ranks), check_options(data, summarize, message, name));
  }, nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none(), nb::arg().none(), nb::arg().none());
  m.def("assert_scalar", [](TensorLike x, nb::handle name) { return assert_scalar(x, named(name)); }, nb::arg().none(),
        nb::arg().none());
  m.def("assert_integer", [](TensorLike x, nb::handle message, nb::handle name) {
    return assert_integer(x, {.message = string_from_python(message), .name = name_from_python(name)});
  }, nb::arg().none(), nb::arg().none(), nb::arg().none());
  m.def("assert_type", [](TensorLike x, DType type, nb::handle message, nb::handle name) {
    return assert_type(x, type, {.message = string_from_python(message), .name = name_from_python(name)});
  }, nb::arg().none(), nb::arg(), nb::arg().none(), nb::arg().none());
  m.def("assert_same_float_dtype", [](const std::vector<Output>& tensors, DType dtype) {
    return assert_same_float_dtype(tensors, dtype);
  }, nb::arg(), nb::arg().none());
  m.def("is_numeric_tensor", [](TensorLike tensor) { return is_numeric_tensor(tensor); }, nb::arg().none());
  def(m, "is_non_decreasing", static_cast<Unary>(is_non_decreasing));
  def(m, "is_strictly_increasing", static_cast<Unary>(is_strictly_increasing));
  m.def("verify_tensor_all_finite", [](TensorLike x, nb::handle message, nb::handle name) {
    return verify_tensor_all_finite(x, string_from_python(message), named(name));
  }, nb::arg(), nb::arg().none(), nb::arg().none());
}

}  // namespace reflow::python
