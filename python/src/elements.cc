// The operations and tensors that Python objects stand for.

#include <fmt/format.h>

#include "conversion.h"
#include "graph_objects.h"
#include "reflow/client/eager.h"
#include "reflow/client/errors.h"
#include "reflow/graph/immediate_scope.h"
#include "variable_objects.h"

namespace reflow::python {

GraphElement element_from_python(nb::handle object) {
  if (const Output* output = as_output(object.ptr())) return *output;
  if (const Operation* operation = as_operation(object.ptr())) return *operation;
  // Operations that have run, and what would stand for one.
  if (executing_eagerly()) return Operation();
  if (const Variable* variable = as_variable(object.ptr())) {
    if (!variable->is_partitioned() && graph::is_immediate(variable->ref().node()->graph())) {
      throw RuntimeError("Attempting to capture an EagerTensor without building a function.");
    }
    return *variable;
  }
  if (nb::hasattr(object, "_as_graph_element")) {
    const nb::object element = object.attr("_as_graph_element")();
    if (!element.is_none()) return element_from_python(element);
  }
  if (nb::hasattr(object, "op")) return element_from_python(nb::object(object.attr("op")));
  throw TypeError(fmt::format("Can not convert a {} into a Tensor or Operation.", Py_TYPE(object.ptr())->tp_name));
}

GraphElement control_input_from_python(nb::handle object) {
  const Variable* variable = as_variable(object.ptr());
  const bool has_op = variable && variable->is_resource() && !variable->is_partitioned() && !executing_eagerly() &&
                      (is_unread_variable(object.ptr()) || !graph::is_immediate(variable->ref().node()->graph()));
  return element_from_python(has_op ? nb::object(object.attr("op")) : nb::borrow(object));
}

Operation operation_from_python(nb::handle object) { return Operation(element_from_python(object).node()); }
nb::object operation_to_python(const Operation& operation) { return operation_object(operation.node()); }

}  // namespace reflow::python
