#include "variable_objects.h"

#include "graph_objects.h"
#include "reflow/client/variable_state.h"

namespace reflow::python {
namespace {

PyTypeObject* variable_type = nullptr;
PyObject* ref_type = nullptr;
PyObject* resource_type = nullptr;
PyObject* partitioned_type = nullptr;

PyObject* type_of(const Variable& variable) {
  if (variable.is_partitioned()) return partitioned_type;
  return variable.is_resource() ? resource_type : ref_type;
}

VariableObject* ready(PyObject* self) {
  return nb::inst_ready(self) ? nb::inst_ptr<VariableObject>(self) : nullptr;
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  if (PyObject** dict = _PyObject_GetDictPtr(self)) Py_VISIT(*dict);
  Py_VISIT(Py_TYPE(self));
  if (VariableObject* object = ready(self)) Py_VISIT(object->graph);
  return 0;
}

int clear(PyObject* self) {
  if (PyObject** dict = _PyObject_GetDictPtr(self)) Py_CLEAR(*dict);
  if (VariableObject* object = ready(self)) Py_CLEAR(object->graph);
  return 0;
}

PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(traverse)},
                       {Py_tp_clear, reinterpret_cast<void*>(clear)},
                       {0, nullptr}};

}  // namespace

VariableObject::~VariableObject() {
  if (variable.valid()) variable.state()->binding = nullptr;
  Py_XDECREF(graph);
}

nb::object variable_object(const Variable& variable) {
  if (!variable.valid()) return nb::none();
  if (void* object = variable.state()->binding) return nb::borrow(static_cast<PyObject*>(object));
  PyObject* type = type_of(variable);
  nb::object object = nb::inst_alloc(type ? type : reinterpret_cast<PyObject*>(variable_type));
  new (nb::inst_ptr<VariableObject>(object)) VariableObject{variable, graph_object(variable.graph()).release().ptr()};
  nb::inst_mark_ready(object);
  variable.state()->binding = object.ptr();
  return object;
}

const Variable* as_variable(PyObject* object) {
  if (!PyObject_TypeCheck(object, variable_type)) return nullptr;
  VariableObject* variable = ready(object);
  return variable ? &variable->variable : nullptr;
}

bool is_unread_variable(PyObject* object) {
  return as_variable(object) && nb::inst_ptr<VariableObject>(object)->is_unread;
}

void bind_variable_objects(nb::module_& m) {
  auto type = nb::class_<VariableObject>(m, "Variable", nb::dynamic_attr(), nb::is_weak_referenceable(),
                                         nb::type_slots(slots));
  variable_type = reinterpret_cast<PyTypeObject*>(type.ptr());
  m.def("set_variable_types", [](nb::type_object ref, nb::type_object resource, nb::type_object partitioned) {
    ref_type = ref.release().ptr();
    resource_type = resource.release().ptr();
    partitioned_type = partitioned.release().ptr();
  });
}

}  // namespace reflow::python
