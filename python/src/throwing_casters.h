#pragma once

// nanobind's casters of lists and of what may be none end the program where the caster of an element throws. For the types
// that our casters convert, which say what is wrong with an object by an exception, these take their place.

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <type_traits>
#include <vector>

namespace nanobind::detail {

// Is the caster of T one that throws, or made of one? REFLOW_CASTER (casters.h) says it of the types there.
template <typename T>
struct caster_throws : std::false_type {};
template <typename T>
struct caster_throws<std::vector<T>> : caster_throws<T> {};
template <typename T>
struct caster_throws<std::optional<T>> : caster_throws<T> {};
template <typename T>
concept ThrowingCaster = caster_throws<T>::value;

// Of an argument that may be none, which doesn't hold for what is in it.
inline constexpr uint32_t kAcceptsNone = static_cast<uint32_t>(cast_flags::accepts_none);

template <typename List, ThrowingCaster Entry>
struct list_caster<List, Entry> {
  using Caster = make_caster<Entry>;
  NB_TYPE_CASTER(List, io_name("collections.abc.Sequence", "list") + const_name("[") + Caster::Name + const_name("]"))

  bool from_python(handle src, uint32_t flags, cleanup_list* cleanup) {
    value.clear();
    if (PyUnicode_Check(src.ptr()) || PyBytes_Check(src.ptr()) || !PySequence_Check(src.ptr())) return false;
    const object sequence = steal(PySequence_Fast(src.ptr(), ""));
    if (!sequence.is_valid()) throw python_error();
    value.reserve(PySequence_Fast_GET_SIZE(sequence.ptr()));
    // The conversion of an element may run functions of a program, which may change the list.
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence.ptr()); ++i) {
      const object element = borrow(PySequence_Fast_GET_ITEM(sequence.ptr(), i));
      Caster caster;
      if (!caster.from_python(element, flags & ~kAcceptsNone, cleanup)) return false;
      value.push_back(caster.operator cast_t<Entry>());
    }
    return true;
  }

  template <typename T>
  static handle from_cpp(T&& src, rv_policy policy, cleanup_list* cleanup) {
    object list = steal(PyList_New(0));
    for (auto&& element : src) {
      const object item = steal(Caster::from_cpp(forward_like_<T>(element), policy, cleanup));
      if (!item.is_valid() || PyList_Append(list.ptr(), item.ptr()) != 0) return {};
    }
    return list.release();
  }
};

template <typename Optional, ThrowingCaster T>
struct optional_caster<Optional, T> {
  using Caster = make_caster<T>;
  NB_TYPE_CASTER(Optional, optional_name(Caster::Name))

  bool from_python(handle src, uint32_t flags, cleanup_list* cleanup) {
    value.reset();
    if (src.is_none()) return true;
    Caster caster;
    if (!caster.from_python(src, flags & ~kAcceptsNone, cleanup)) return false;
    value.emplace(caster.operator cast_t<T>());
    return true;
  }

  template <typename T_>
  static handle from_cpp(T_&& value, rv_policy policy, cleanup_list* cleanup) {
    if (!value) return none().release();
    return Caster::from_cpp(forward_like_<T_>(*value), policy, cleanup);
  }
};

}  // namespace nanobind::detail
