#pragma once

// The Python objects of control-flow contexts: CondContext and WhileContext. They keep their graph's C++ state alive, not
// its Python object. All functions require the GIL.

#include <nanobind/nanobind.h>

#include "reflow/client/graph.h"

namespace reflow::graph {
class ControlFlowContext;
}

namespace reflow::python {

namespace nb = nanobind;

// A new object for `context`, which belongs to `graph`; None: there is no context.
nb::object context_object(graph::ControlFlowContext* context, const Graph& graph);
// What the object stands for; null: it is no context.
graph::ControlFlowContext* as_context(nb::handle object);

// Registers the two classes.
void bind_context_objects(nb::module_& m);

}  // namespace reflow::python
