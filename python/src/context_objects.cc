#include "context_objects.h"

#include <nanobind/stl/string.h>

#include <mutex>

#include "casters.h"
#include "reflow/client/graph_state.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/control_flow_proto.h"
#include "reflow/graph/while_context.h"

namespace reflow::python {
namespace {

template <typename T>
struct ContextObject {
  T* context;
  Graph graph;
};
using CondObject = ContextObject<graph::CondContext>;
using WhileObject = ContextObject<graph::WhileContext>;

template <typename T>
Output to_output(const ContextObject<T>&, graph::Endpoint endpoint) {
  return Output(endpoint.node, endpoint.index);
}

// CondContextDef or WhileContextDef; None: the context isn't below the scope.
template <typename T>
nb::object serialize(const ContextObject<T>& object, const std::string& export_scope) {
  const std::lock_guard lock(object.graph.impl().mutex());
  const std::optional<std::string> bytes = graph::serialize_context(*object.context, export_scope);
  if (!bytes) return nb::none();
  return nb::bytes(bytes->data(), bytes->size());
}

template <typename T>
nb::class_<ContextObject<T>> bind_class(nb::module_& m, const char* name) {
  nb::class_<ContextObject<T>> type(m, name, nb::dynamic_attr(), nb::is_weak_referenceable());
  type.def_prop_ro("name", [](const ContextObject<T>& c) { return c.context->name(); });
  type.def_prop_ro("outer_context", [](const ContextObject<T>& c) { return context_object(c.context->outer(), c.graph); });
  type.def("_serialize", serialize<T>);
  type.def("__eq__", [](const ContextObject<T>& c, nb::handle other) { return as_context(other) == c.context; },
           nb::arg("other").none());
  type.def("__hash__", [](const ContextObject<T>& c) { return reinterpret_cast<intptr_t>(c.context) >> 4; });
  return type;
}

nb::object parse(StatusOr<graph::ControlFlowContext*> (*parse)(graph::Graph&, std::string_view, std::string_view),
                 nb::bytes bytes, const std::string& import_scope) {
  const Graph graph = get_default_graph();
  return context_object(check_building(parse(graph.impl(), {bytes.c_str(), bytes.size()}, import_scope)), graph);
}

}  // namespace

nb::object context_object(graph::ControlFlowContext* context, const Graph& graph) {
  if (context == nullptr) return nb::none();
  if (context->is_while()) return nb::cast(WhileObject{static_cast<graph::WhileContext*>(context), graph});
  return nb::cast(CondObject{static_cast<graph::CondContext*>(context), graph});
}

graph::ControlFlowContext* as_context(nb::handle object) {
  if (nb::isinstance<CondObject>(object)) return nb::cast<CondObject&>(object).context;
  if (nb::isinstance<WhileObject>(object)) return nb::cast<WhileObject&>(object).context;
  return nullptr;
}

void bind_context_objects(nb::module_& m) {
  bind_class<graph::CondContext>(m, "CondContext")
      .def_prop_ro("pred", [](const CondObject& c) { return to_output(c, c.context->pred()); })
      .def_prop_ro("pivot", [](const CondObject& c) { return Output(c.context->pivot(), 0); })
      .def_prop_ro("branch", [](const CondObject& c) { return c.context->branch(); });
  bind_class<graph::WhileContext>(m, "WhileContext")
      .def_prop_ro("pivot", [](const WhileObject& c) { return to_output(c, c.context->condition); })
      .def_prop_ro("maximum_iterations", [](const WhileObject& c) {
        return to_output(c, c.context->options().maximum_iterations);
      })
      .def_prop_ro("parallel_iterations", [](const WhileObject& c) { return c.context->options().parallel_iterations; })
      .def_prop_ro("back_prop", [](const WhileObject& c) { return c.context->options().back_prop; })
      .def_prop_ro("swap_memory", [](const WhileObject& c) { return c.context->options().swap_memory; })
      .def_prop_ro("loop_enters", [](const WhileObject& c) {
        nb::list list;
        for (const graph::Endpoint& e : c.context->loop_enters) list.append(tensor_object(to_output(c, e)));
        return list;
      })
      .def_prop_ro("loop_exits", [](const WhileObject& c) {
        nb::list list;
        for (const graph::Endpoint& e : c.context->loop_exits) list.append(tensor_object(to_output(c, e)));
        return list;
      });
  m.def("parse_cond_context", [](nb::bytes bytes, const std::string& import_scope) {
    return parse(graph::parse_cond_context, bytes, import_scope);
  });
  m.def("parse_while_context", [](nb::bytes bytes, const std::string& import_scope) {
    return parse(graph::parse_while_context, bytes, import_scope);
  });
  m.def("context_of", [](Operation op) { return context_object(op.node()->context(), op.graph()); });
  m.def("current_context", [](nb::handle graph_handle) {
    const Graph& graph = as_graph(graph_handle.ptr())->graph;
    const std::lock_guard lock(graph.impl().mutex());
    return context_object(graph.impl().scope().context, graph);
  });
}

}  // namespace reflow::python
