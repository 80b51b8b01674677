#include "eager_calls.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "mistaken_calls.h"
#include "reflow/graph/immediate.h"
#include "reflow/graph/immediate_scope.h"

namespace reflow::python {
namespace {

// Functions of an extension are called through the pointer that Python's vectorcall protocol has in each function object
// (PEP 590). Ours are called through one that opens a scope first, so that no binding has to think of it. nanobind has a
// handful of different pointers; each gets a wrapper of its own, which knows it without looking it up.
constexpr size_t kMaxEntries = 16;
std::array<vectorcallfunc, kMaxEntries> entries{};

template <size_t kIndex>
PyObject* call_in_scope(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  PyObject* result;
  if (!graph::immediate_internal::graph.load(std::memory_order_relaxed)) {
    result = entries[kIndex](callable, args, nargsf, names);
  } else {
    const graph::ImmediateScope scope;
    result = entries[kIndex](callable, args, nargsf, names);
  }
  if (!result) [[unlikely]] name_mistake(callable, args, nargsf, names);
  return result;
}

template <size_t... kIndices>
constexpr std::array<vectorcallfunc, sizeof...(kIndices)> make_wrappers(std::index_sequence<kIndices...>) {
  return {call_in_scope<kIndices>...};
}
constexpr auto wrappers = make_wrappers(std::make_index_sequence<kMaxEntries>());

void wrap(PyObject* callable) {
  const PyTypeObject* type = Py_TYPE(callable);
  if (!(type->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL) || type->tp_vectorcall_offset <= 0) return;
  auto& pointer = *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(callable) + type->tp_vectorcall_offset);
  if (pointer == nullptr) return;
  for (size_t i = 0; i < kMaxEntries; ++i) {
    if (pointer == wrappers[i]) return;
    if (entries[i] == nullptr) entries[i] = pointer;
    if (entries[i] != pointer) continue;
    pointer = wrappers[i];
    return;
  }
}

bool is_ours(PyObject* object) {
  const char* name = Py_TYPE(object)->tp_name;
  return std::string_view(name).starts_with("nanobind.nb_");
}

void wrap_member(PyObject* member) {
  if (is_ours(member) && !PyType_Check(member)) return wrap(member);
  if (!PyObject_TypeCheck(member, &PyProperty_Type)) return;
  for (const char* accessor : {"fget", "fset"}) {
    const nb::object function = nb::getattr(nb::handle(member), accessor);
    if (is_ours(function.ptr())) wrap(function.ptr());
  }
}

void wrap_members(nb::handle dict) {
  const nb::list members = nb::steal<nb::list>(PyMapping_Values(dict.ptr()));
  for (nb::handle member : members) wrap_member(member.ptr());
}

}  // namespace

nb::object held_by_call(nb::object function) {
  wrap(function.ptr());
  return function;
}

void hold_results_of_calls(nb::module_& m) {
  const nb::object dict = m.attr("__dict__");
  wrap_members(dict);
  const nb::list members = nb::steal<nb::list>(PyMapping_Values(dict.ptr()));
  const std::string inner = std::string(nb::cast<nb::str>(m.attr("__name__")).c_str()) + ".";
  for (nb::handle member : members) {
    if (PyType_Check(member.ptr())) wrap_members(member.attr("__dict__"));
    if (!PyModule_Check(member.ptr())) continue;
    nb::module_ module = nb::borrow<nb::module_>(member);
    if (std::string_view(nb::cast<nb::str>(module.attr("__name__")).c_str()).starts_with(inner)) hold_results_of_calls(module);
  }
}

}  // namespace reflow::python
