#include "graph_objects.h"

#include <any>
#include <stdexcept>

#include "context_objects.h"
#include "reference.h"
#include "reflow/client/graph_state.h"
#include "reflow/graph/graph.h"
#include "variable_objects.h"

namespace reflow::python {
namespace {

PyTypeObject* graph_type = nullptr;
PyTypeObject* operation_type = nullptr;
PyTypeObject* tensor_type = nullptr;
PyTypeObject* eager_tensor_type = nullptr;

int visit_instance(PyObject* self, visitproc visit, void* arg) {
  if (PyObject** dict = _PyObject_GetDictPtr(self)) Py_VISIT(*dict);
  Py_VISIT(Py_TYPE(self));
  return 0;
}

void clear_instance(PyObject* self) {
  if (PyObject** dict = _PyObject_GetDictPtr(self)) Py_CLEAR(*dict);
}

int visit_all(const std::vector<NodeObjects>& nodes, visitproc visit, void* arg) {
  for (const NodeObjects& node : nodes) {
    Py_VISIT(node.operation);
    Py_VISIT(node.first_output);
    for (PyObject* output : node.other_outputs) Py_VISIT(output);
  }
  return 0;
}

void clear_all(std::vector<NodeObjects>& nodes) {
  std::vector<NodeObjects> old;
  old.swap(nodes);
  for (const NodeObjects& node : old) {
    Py_XDECREF(node.operation);
    Py_XDECREF(node.first_output);
    for (PyObject* output : node.other_outputs) Py_XDECREF(output);
  }
}

template <typename T>
T* ready(PyObject* self) {
  return nb::inst_ready(self) ? nb::inst_ptr<T>(self) : nullptr;
}

int traverse_graph(PyObject* self, visitproc visit, void* arg) {
  if (const int result = visit_instance(self, visit, arg)) return result;
  GraphObject* graph = ready<GraphObject>(self);
  if (!graph) return 0;
  Py_VISIT(graph->collections);
  return visit_all(graph->nodes, visit, arg);
}
int clear_graph(PyObject* self) {
  clear_instance(self);
  if (GraphObject* graph = ready<GraphObject>(self)) {
    if (!graph->shares_collections) PyDict_Clear(graph->collections);
    clear_all(graph->nodes);
  }
  return 0;
}

int traverse_operation(PyObject* self, visitproc visit, void* arg) {
  if (const int result = visit_instance(self, visit, arg)) return result;
  if (OperationObject* operation = ready<OperationObject>(self)) Py_VISIT(operation->graph);
  return 0;
}
int clear_operation(PyObject* self) {
  clear_instance(self);
  if (OperationObject* operation = ready<OperationObject>(self)) Py_CLEAR(operation->graph);
  return 0;
}

int traverse_tensor(PyObject* self, visitproc visit, void* arg) {
  if (const int result = visit_instance(self, visit, arg)) return result;
  if (TensorObject* tensor = ready<TensorObject>(self)) Py_VISIT(tensor->graph);
  return 0;
}
int clear_tensor(PyObject* self) {
  clear_instance(self);
  if (TensorObject* tensor = ready<TensorObject>(self)) Py_CLEAR(tensor->graph);
  return 0;
}

PyType_Slot graph_slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(traverse_graph)},
                             {Py_tp_clear, reinterpret_cast<void*>(clear_graph)},
                             {0, nullptr}};
PyType_Slot operation_slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(traverse_operation)},
                                 {Py_tp_clear, reinterpret_cast<void*>(clear_operation)},
                                 {0, nullptr}};
PyType_Slot tensor_slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(traverse_tensor)},
                              {Py_tp_clear, reinterpret_cast<void*>(clear_tensor)},
                              {0, nullptr}};

// The collections of a graph that has a Python object: lists in a dict, which Python's get_collection_ref hands out.
class PythonCollections : public client::CollectionStore {
 public:
  PythonCollections(PyObject* dict, client::GraphState& state) : dict_(dict), state_(state) {}
  void forget() { dict_ = nullptr; }

  void add(std::string_view name, std::any item) override {
    const nb::gil_scoped_acquire gil;
    if (!dict_) return;
    const auto* context = std::any_cast<graph::ControlFlowContext*>(&item);
    nb::borrow<nb::list>(list(name)).append(context ? context_object(*context, Graph(state_.shared_from_this()))
                                                    : item_object(item));
  }
  std::vector<std::any> items(std::string_view name) const override {
    const nb::gil_scoped_acquire gil;
    std::vector<std::any> items;
    if (!dict_) return items;
    PyObject* found = PyDict_GetItem(dict_, key(name).ptr());
    if (!found) return items;
    for (nb::handle item : nb::borrow<nb::list>(found)) items.push_back(item_of(item));
    return items;
  }
  void clear(std::string_view name) override {
    const nb::gil_scoped_acquire gil;
    if (dict_ && PyDict_DelItem(dict_, key(name).ptr()) != 0) PyErr_Clear();
  }
  std::vector<std::string> names() const override {
    const nb::gil_scoped_acquire gil;
    std::vector<std::string> names;
    if (!dict_) return names;
    for (auto [name, list] : nb::borrow<nb::dict>(dict_)) {
      if (nb::isinstance<nb::str>(name)) names.push_back(nb::borrow<nb::str>(name).c_str());
    }
    return names;
  }

 private:
  static nb::str key(std::string_view name) { return nb::str(name.data(), name.size()); }
  PyObject* list(std::string_view name) {
    const nb::str k = key(name);
    if (PyObject* found = PyDict_GetItem(dict_, k.ptr())) return found;
    const nb::list made;
    PyDict_SetItem(dict_, k.ptr(), made.ptr());
    return PyDict_GetItem(dict_, k.ptr());
  }
  PyObject* dict_;  // of the graph's object
  client::GraphState& state_;
};

template <typename T, typename... Args>
nb::object make_instance(PyTypeObject* type, Args&&... args) {
  nb::object object = nb::inst_alloc(reinterpret_cast<PyObject*>(type));
  new (nb::inst_ptr<T>(object)) T{std::forward<Args>(args)...};
  nb::inst_mark_ready(object);
  return object;
}

nb::object object_of_graph(const graph::Node& node) {
  client::GraphState& state = client::state_of(node);
  return state.binding ? nb::borrow(static_cast<PyObject*>(state.binding)) : graph_object(client::graph_of(node));
}

// Its references hold until the next object is made.
NodeObjects& objects_of(const graph::Node& node, nb::handle graph) {
  std::vector<NodeObjects>& nodes = nb::inst_ptr<GraphObject>(graph)->nodes;
  const size_t id = static_cast<size_t>(node.id());
  if (nodes.size() <= id) nodes.resize(std::max(id + 1, nodes.size() + nodes.size() / 2));
  return nodes[id];
}

// Keeps the object of the graph that the thread builds in by default as long as that graph is the default one.
void keep_for_thread(const client::GraphState& state, PyObject* object) {
  if (!client::is_bottom_state(state)) return;
  if (PyObject* dict = PyThreadState_GetDict()) PyDict_SetItemString(dict, "reflow.default_graph", object);
}

}  // namespace

PyObject*& NodeObjects::output(int index) {
  if (index == 0) return first_output;
  if (other_outputs.size() < static_cast<size_t>(index)) other_outputs.resize(index);
  return other_outputs[index - 1];
}

GraphObject::GraphObject(const Graph& g) : graph(g), collections(PyDict_New()) {
  client::GraphState& state = graph.state();
  auto store = std::make_unique<PythonCollections>(collections, state);
  for (const std::string& name : state.collections->names()) {
    for (std::any& item : state.collections->items(name)) store->add(name, std::move(item));
  }
  state.collections = std::move(store);
}

void GraphObject::share_collections(GraphObject& around) {
  Py_INCREF(around.collections);
  Py_SETREF(collections, around.collections);
  shares_collections = true;
  client::GraphState& state = graph.state();
  state.collections = std::make_unique<PythonCollections>(collections, state);
}

GraphObject::~GraphObject() {
  client::GraphState& state = graph.state();
  state.binding = nullptr;
  static_cast<PythonCollections&>(*state.collections).forget();
  clear_all(nodes);
  Py_CLEAR(collections);
}

nb::object graph_object(const Graph& graph) {
  client::GraphState& state = graph.state();
  if (state.binding) return nb::borrow(static_cast<PyObject*>(state.binding));
  nb::object object = nb::inst_alloc(reinterpret_cast<PyObject*>(graph_type));
  state.binding = object.ptr();
  new (nb::inst_ptr<GraphObject>(object)) GraphObject(graph);
  nb::inst_mark_ready(object);
  keep_for_thread(state, object.ptr());
  return object;
}

nb::object operation_object(graph::Node* node) {
  if (!node || graph::is_immediate(node->graph())) return nb::none();
  const nb::object graph = object_of_graph(*node);
  if (PyObject* known = objects_of(*node, graph).operation) return nb::borrow(known);
  nb::object object = make_instance<OperationObject>(operation_type, Operation(node), Py_NewRef(graph.ptr()));
  objects_of(*node, graph).operation = Py_NewRef(object.ptr());
  return object;
}

nb::object tensor_object(const Output& output) {
  if (!output.valid()) return nb::none();
  if (graph::is_immediate(output.node()->graph())) {
    static int64_t next_id = 0;
    return make_instance<EagerTensorObject>(eager_tensor_type, TensorObject{output, nullptr},
                                            graph::NodeRef(output.node()), next_id++);
  }
  const nb::object graph = object_of_graph(*output.node());
  if (PyObject* known = objects_of(*output.node(), graph).output(output.index())) return nb::borrow(known);
  nb::object object = make_instance<TensorObject>(tensor_type, output, Py_NewRef(graph.ptr()));
  objects_of(*output.node(), graph).output(output.index()) = Py_NewRef(object.ptr());
  return object;
}

nb::object element_object(const GraphElement& element) {
  return element.is_operation() ? operation_object(element.node()) : tensor_object(element.output());
}

const Output* as_output(PyObject* object) {
  const PyTypeObject* type = Py_TYPE(object);
  return type == tensor_type || type == eager_tensor_type ? &nb::inst_ptr<TensorObject>(object)->output : nullptr;
}
const Operation* as_operation(PyObject* object) {
  return Py_TYPE(object) == operation_type ? &nb::inst_ptr<OperationObject>(object)->operation : nullptr;
}
GraphObject* as_graph(PyObject* object) {
  return PyObject_TypeCheck(object, graph_type) ? ready<GraphObject>(object) : nullptr;
}

nb::object item_object(const std::any& item) {
  if (const auto* reference = std::any_cast<Reference>(&item)) return nb::borrow(reference->get());
  if (const auto* variable = std::any_cast<Variable>(&item)) return variable_object(*variable);
  if (const auto* output = std::any_cast<Output>(&item)) return tensor_object(*output);
  if (const auto* operation = std::any_cast<Operation>(&item)) return operation_object(operation->node());
  if (const auto* element = std::any_cast<GraphElement>(&item)) return element_object(*element);
  if (const auto* text = std::any_cast<std::string>(&item)) return nb::str(text->data(), text->size());
  return nb::capsule(new std::any(item), [](void* p) noexcept { delete static_cast<std::any*>(p); });
}

std::any item_of(nb::handle object) {
  if (const Output* output = as_output(object.ptr())) return *output;
  if (const Operation* operation = as_operation(object.ptr())) return *operation;
  if (const Variable* variable = as_variable(object.ptr())) return *variable;
  if (graph::ControlFlowContext* context = as_context(object)) return context;
  if (nb::isinstance<nb::str>(object)) return std::string(nb::borrow<nb::str>(object).c_str());
  if (PyCapsule_CheckExact(object.ptr())) return *static_cast<std::any*>(PyCapsule_GetPointer(object.ptr(), nullptr));
  return Reference(object.ptr());
}

void bind_graph_objects(nb::module_& m) {
  auto graph = nb::class_<GraphObject>(m, "Graph", nb::dynamic_attr(), nb::is_weak_referenceable(),
                                       nb::type_slots(graph_slots));
  graph.def("__init__", [](nb::handle self) {
    const Graph made;
    made.state().binding = self.ptr();
    new (nb::inst_ptr<GraphObject>(self)) GraphObject(made);
    nb::inst_mark_ready(self);
  });
  graph_type = reinterpret_cast<PyTypeObject*>(graph.ptr());
  auto operation = nb::class_<OperationObject>(m, "Operation", nb::dynamic_attr(), nb::is_weak_referenceable(),
                                               nb::type_slots(operation_slots));
  operation_type = reinterpret_cast<PyTypeObject*>(operation.ptr());
  auto tensor = nb::class_<TensorObject>(m, "Tensor", nb::dynamic_attr(), nb::is_weak_referenceable(),
                                         nb::type_slots(tensor_slots));
  tensor_type = reinterpret_cast<PyTypeObject*>(tensor.ptr());
  auto eager_tensor = nb::class_<EagerTensorObject, TensorObject>(m, "EagerTensor", nb::dynamic_attr(),
                                                                  nb::is_weak_referenceable(),
                                                                  nb::type_slots(tensor_slots));
  eager_tensor_type = reinterpret_cast<PyTypeObject*>(eager_tensor.ptr());
}

}  // namespace reflow::python
