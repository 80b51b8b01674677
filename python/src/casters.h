#pragma once

// nanobind's type casters for the arguments and results of the C++ API (conversion.h says what they take).

#include "conversion.h"
#include "graph_objects.h"
#include "throwing_casters.h"
#include "variable_objects.h"

namespace nanobind::detail {

// An argument that may be none (nb::arg().none()) is NONE then; anywhere else None is what FROM says of it.
#define REFLOW_CASTER(Type, NAME, NONE, FROM, TO)                                               \
  template <>                                                                                   \
  struct caster_throws<Type> : std::true_type {};                                               \
  template <>                                                                                   \
  struct type_caster<Type> {                                                                    \
    NB_TYPE_CASTER(Type, const_name(NAME))                                                      \
    bool from_python(handle src, uint32_t flags, cleanup_list*) {                               \
      value = src.is_none() && (flags & kAcceptsNone) ? NONE : FROM(src);                       \
      return true;                                                                              \
    }                                                                                           \
    static handle from_cpp(const Type& v, rv_policy, cleanup_list*) { return TO(v).release(); } \
  };
REFLOW_CASTER(reflow::DType, "DType", reflow::DType::kInvalid, reflow::python::given_dtype_from_python,
              reflow::python::dtype_to_python)
REFLOW_CASTER(reflow::Shape, "TensorShape", reflow::Shape::unknown(), reflow::python::shape_from_python,
              reflow::python::shape_to_python)
REFLOW_CASTER(reflow::Output, "Tensor", reflow::Output(), reflow::python::output_from_python,
              reflow::python::tensor_object)
REFLOW_CASTER(reflow::Gradient, "Gradient", reflow::Gradient(), reflow::python::gradient_from_python,
              reflow::python::gradient_to_python)
REFLOW_CASTER(reflow::Operation, "Operation", reflow::Operation(), reflow::python::operation_from_python,
              reflow::python::operation_to_python)
REFLOW_CASTER(reflow::Variable, "Variable", reflow::Variable(), reflow::python::variable_from_python,
              reflow::python::variable_object)
#undef REFLOW_CASTER

// None is a value of it: what makes it a tensor says that it can't be one.
template <>
struct has_arg_defaults<reflow::TensorLike> : std::true_type {};
template <>
struct caster_throws<reflow::TensorLike> : std::true_type {};
template <>
struct type_caster<reflow::TensorLike> {
  NB_TYPE_CASTER(reflow::TensorLike, const_name("object"))
  bool from_python(handle src, uint32_t, cleanup_list*) {
    value = reflow::python::tensor_like_from_python(src);
    return true;
  }
  static handle from_cpp(const reflow::TensorLike&, rv_policy, cleanup_list*) = delete;
};

template <>
struct caster_throws<reflow::GraphElement> : std::true_type {};
template <>
struct type_caster<reflow::GraphElement> {
  static constexpr auto Name = const_name("GraphElement");
  using Value = reflow::GraphElement;
  template <typename T> using Cast = Value;
  template <typename T> static constexpr bool can_cast() { return true; }
  bool from_python(handle src, uint32_t, cleanup_list*) {
    value = reflow::python::element_from_python(src);
    return true;
  }
  static handle from_cpp(const Value& v, rv_policy, cleanup_list*) {
    return reflow::python::element_object(v).release();
  }
  explicit operator Value() { return value; }
  Value value = reflow::GraphElement(reflow::Operation());
};

#define REFLOW_ARGUMENT_CASTER(Type, NAME, FROM)             \
  template <>                                                \
  struct type_caster<Type> {                                 \
    NB_TYPE_CASTER(Type, const_name(NAME))                   \
    bool from_python(handle src, uint32_t, cleanup_list*) {  \
      value = FROM(src);                                     \
      return true;                                           \
    }                                                        \
    static handle from_cpp(const Type&, rv_policy, cleanup_list*) = delete; \
  };
REFLOW_ARGUMENT_CASTER(reflow::Initializer, "Initializer", reflow::python::initializer_from_python)
#undef REFLOW_ARGUMENT_CASTER

}  // namespace nanobind::detail
